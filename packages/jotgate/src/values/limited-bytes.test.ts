import { expect, it } from 'vitest'
import { readBytes } from './limited-bytes.ts'

const tooLarge = () => new Error('too large')

async function* chunksOf(...chunks: (string | Uint8Array)[]) {
  yield* chunks
}

it('reads text and bytes to the end', async () => {
  const bytes = await readBytes(chunksOf('a', new Uint8Array([98]), 'ö'), 4, tooLarge)
  expect(new TextDecoder().decode(bytes)).toBe('abö')
  expect(await readBytes(chunksOf(), 0, tooLarge)).toEqual(new Uint8Array())
})

it('stops at one byte too many and closes the source', async () => {
  let given = 0
  let closed = false
  const endless = (async function* () {
    try {
      for (;;) {
        given += 1
        yield new Uint8Array(10)
      }
    } finally {
      closed = true
    }
  })()
  await expect(readBytes(endless, 29, tooLarge)).rejects.toThrow('too large')
  expect({ given, closed }).toEqual({ given: 3, closed: true })
})
