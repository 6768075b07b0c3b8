import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../values/index.ts'
import { chunkSizes, cut, frameOf, frames, readByWs } from './frames.fixture.ts'
import { createNotificationFilter } from './notification-filter.ts'

const text = (value: unknown) => frameOf(1, JSON.stringify(value))
const told = (logoutUri: string) =>
  text({ jsonrpc: '2.0', method: 'OnAuth', params: { userId: 'ada', logoutUri } })

/** Rewrites every `logoutUri`. */
function filter(chunks: readonly Buffer[], by = 'https://here.example/') {
  const passed: Buffer[] = []
  const seen: string[] = []
  const { read, end } = createNotificationFilter({
    rewrite({ method, params }): JsonObject | undefined {
      seen.push(method)
      return params.logoutUri === undefined ? undefined : { ...params, logoutUri: by }
    },
    pass: (bytes) => passed.push(bytes),
  })
  for (const chunk of chunks) read(Buffer.from(chunk))
  const before = Buffer.concat(passed)
  end()
  return { seen, before, bytes: Buffer.concat(passed) }
}

describe('the notifications in what Qlik sends', () => {
  it('are rewritten, and every other byte is passed on, wherever chunks are cut', async () => {
    await fc.assert(
      fc.asyncProperty(frames(false), frames(false), chunkSizes, async (some, more, sizes) => {
        // Later than that, none is looked for.
        const first = some.length > 31 ? [] : some
        const mixed = (address: string) => [...first, told(address), ...more]
        const there = Buffer.concat(mixed('https://sense.example/jwt/qps/user'))
        const { bytes } = filter(cut(there, sizes))
        const here = Buffer.concat(mixed('https://here.example/'))
        expect(bytes.equals(here)).toBe(true)
        expect(await readByWs([bytes], { isServer: false })).toEqual(
          await readByWs([here], { isServer: false }),
        )
      }),
    )
  })

  it.each([0, 40, 200, 3000])('may get longer, or shorter: %i characters', (length) => {
    const by = 'x'.repeat(length)
    expect(filter([told('y'.repeat(100))], by).bytes.equals(told(by))).toBe(true)
  })

  it.each([
    ['an answer', text({ jsonrpc: '2.0', id: 1, result: { logoutUri: 'a' } })],
    ['a notification with a list', text({ jsonrpc: '2.0', method: 'OnAuth', params: ['a'] })],
    ['what is not JSON', frameOf(1, '{"method":"OnAuth","params":{"logoutUri"')],
    ['a fragment', frameOf(1, '{"method":"a","params":{"logoutUri":"a"}}', { isFinal: false })],
    ['bytes', frameOf(2, '{"method":"a","params":{"logoutUri":"a"}}')],
    ['what is compressed', Buffer.concat([Buffer.of(0xc1), told('a').subarray(1)])],
    ['what is long', told('a'.repeat(5000))],
  ])('are not %s', (_, frame) => {
    expect(filter([frame]).bytes.equals(frame)).toBe(true)
  })

  it('are looked for among the first frames alone', () => {
    const answers = Array.from({ length: 32 }, (_, id) => text({ jsonrpc: '2.0', id, result: {} }))
    const late = Buffer.concat([...answers, told('late')])
    expect(filter([late]).bytes.equals(late)).toBe(true)
    expect(filter([Buffer.concat([...answers.slice(1), told('early')])]).seen).toEqual(['OnAuth'])
  })

  it('are held back no longer than to their end, and passed on when it does not come', () => {
    const whole = text({ jsonrpc: '2.0', id: 1, result: {} })
    const { before, bytes } = filter([Buffer.concat([whole, told('cut').subarray(0, 20)])])
    expect(before.equals(whole)).toBe(true)
    expect(bytes.length).toBe(whole.length + 20)
  })
})
