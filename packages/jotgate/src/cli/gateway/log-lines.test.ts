import { expect, it } from 'vitest'
import { linesOf } from './log-lines.ts'

async function read(...chunks: (string | Uint8Array)[]): Promise<string[]> {
  async function* source() {
    yield* chunks
  }
  const lines: string[] = []
  for await (const line of linesOf(source())) lines.push(line)
  return lines
}

it('reads lines across chunks, also within a character', async () => {
  const bytes = new TextEncoder().encode('a\u00df\nb')
  expect(await read('x\ny', 'z\n', bytes.slice(0, 2), bytes.slice(2))).toEqual([
    'x',
    'yz',
    'a\u00df',
    'b',
  ])
})

it('skips what is too long to be a line of the gateway, and goes on', async () => {
  const long = 'x'.repeat(40_000)
  expect(await read(`a\n${long}`, long, `${long}\nb\n`, long, long)).toEqual(['a', 'b'])
})
