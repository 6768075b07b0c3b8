import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createControlFilter } from './control-filter.ts'
import { chunkSizes, cut, frameOf, frames, readByWs } from './frames.fixture.ts'

const ownPayload = Buffer.from('own ping')
const ownPong = () => frameOf(10, ownPayload, { isMasked: true })

function filter(chunks: readonly Buffer[], onPing?: (payload: Buffer) => void) {
  const passed: Buffer[] = []
  let pongs = 0
  let closes = 0
  const read = createControlFilter({
    ownPayload,
    pass(bytes, isPong) {
      passed.push(bytes)
      if (isPong) pongs += 1
    },
    onClose() {
      closes += 1
    },
    onPing,
  })
  for (const chunk of chunks) read(chunk)
  return { passed, pongs, closes }
}

describe('the filter of a client’s answers to the gateway’s pings', () => {
  it('takes these out, and passes every other byte in its order, wherever chunks are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        frames(true),
        fc.array(fc.nat(), { maxLength: 4 }),
        chunkSizes,
        async (sent, places, sizes) => {
          const mixed = [...sent]
          for (const place of places) mixed.splice(place % (mixed.length + 1), 0, ownPong())
          const { passed } = filter(cut(Buffer.concat(mixed), sizes))
          expect(Buffer.concat(passed).equals(Buffer.concat(sent))).toBe(true)
          expect(await readByWs(passed, { isServer: true })).toEqual(
            await readByWs(sent, { isServer: true }),
          )
        },
      ),
    )
  })

  it('copies no payload: what it passes is part of the chunk', () => {
    const chunk = Buffer.concat([frameOf(2, Buffer.alloc(500), { isMasked: true }), ownPong()])
    const [only, ...others] = filter([chunk]).passed
    expect(only?.buffer).toBe(chunk.buffer)
    expect(only?.byteOffset).toBe(chunk.byteOffset)
    expect(others).toEqual([])
  })

  it('passes the answers to Qlik’s pings, and says that they are answers', () => {
    const pong = frameOf(10, 'of Qlik', { isMasked: true })
    for (const sizes of [[1], [4], [100]])
      expect(filter(cut(pong, sizes))).toMatchObject({ pongs: 1, passed: [pong] })
  })

  it.each([
    ['without a mask', Buffer.concat([Buffer.of(0x8a, 8), ownPayload])],
    ['that is not final', Buffer.concat([Buffer.of(0x0a), ownPong().subarray(1)])],
    ['that is longer', frameOf(10, `${ownPayload}!`, { isMasked: true })],
  ])('does not take a pong for its own %s', (_, frame) => {
    expect(Buffer.concat(filter([frame]).passed).equals(frame)).toBe(true)
  })

  it('does not hold a pong that is longer than one may be', () => {
    const long = frameOf(10, Buffer.alloc(60_000), { isMasked: true })
    const { passed } = filter(cut(long.subarray(0, 1000), [50]))
    expect(Buffer.concat(passed).length).toBe(1000)
  })

  it('takes pings out where they are answered, and tells their payloads', async () => {
    const pings = (sizes: readonly number[], sent: readonly Buffer[]) => {
      const heard: string[] = []
      const { passed } = filter(cut(Buffer.concat(sent), sizes), (one) => heard.push(String(one)))
      return { heard, passed }
    }
    const message = frameOf(1, 'x'.repeat(300), { isMasked: true })
    const ping = frameOf(9, 'are you there', { isMasked: true })
    const empty = frameOf(9, '', { isMasked: true })
    for (const sizes of [[1], [3, 7], [1000]]) {
      const { heard, passed } = pings(sizes, [ping, message, empty, message, ownPong(), ping])
      expect(heard).toEqual(['are you there', '', 'are you there'])
      expect(Buffer.concat(passed).equals(Buffer.concat([message, message]))).toBe(true)
    }
  })

  it('tells that a close frame begins', () => {
    expect(filter([frameOf(8, Buffer.of(3, 232), { isMasked: true })]).closes).toBe(1)
  })
})
