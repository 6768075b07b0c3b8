import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chunkSizes, cut, frameOf, frames, readByWs } from './frames.fixture.ts'
import { closeFrame, controlFrame, followFrames } from './frames.ts'

/** Follows chunks; says at which offsets of the whole stream frames began and ended. */
function follow(chunks: readonly Buffer[]) {
  const begins: string[] = []
  const ends: number[] = []
  let before = 0
  const position = followFrames({
    begins: (opcode, at) => begins.push(`${opcode}@${before + at}`),
    ends: (_opcode, at) => ends.push(before + at),
  })
  const betweens = chunks.map((chunk) => {
    position.read(chunk)
    before += chunk.length
    return position.isBetweenFrames
  })
  return { begins, ends, betweens }
}

describe('the position in a stream of frames', () => {
  it.each([false, true])(
    'is that of the frames, wherever chunks are cut (masked: %s)',
    (isMasked) => {
      fc.assert(
        fc.property(frames(isMasked), chunkSizes, (sent, sizes) => {
          const offsets = sent.map((_, at) => Buffer.concat(sent.slice(0, at)).length)
          const total = Buffer.concat(sent)
          const { begins, ends, betweens } = follow(cut(total, sizes))
          expect(begins).toEqual(offsets.map((at, nth) => `${(sent[nth]?.[0] ?? 0) & 15}@${at}`))
          expect(ends).toEqual([...offsets.slice(1), total.length])
          expect(betweens.at(-1)).toBe(true)
        }),
      )
    },
  )

  it('is within a frame until its last byte', () => {
    const frame = frameOf(1, 'abc', { isMasked: true })
    const chunks = cut(frame, [1])
    expect(follow(chunks).betweens).toEqual(chunks.map((_, at) => at === chunks.length - 1))
  })

  it('goes on in a frame whose length is larger than any that exists', () => {
    const huge = Buffer.concat([Buffer.of(0x82, 0xff), Buffer.alloc(12, 0xff), Buffer.alloc(100)])
    expect(follow([huge])).toEqual({ begins: ['2@0'], ends: [], betweens: [false] })
  })
})

describe('a control frame of the gateway', () => {
  it('is read by ws, and the reason of a close is cut to 123 bytes', async () => {
    const chunks = [controlFrame(9, Buffer.from('12345678')), closeFrame(4006, 'x'.repeat(200))]
    const lines = await readByWs(chunks, { isServer: false })
    expect(lines[0]).toBe(`ping ${Buffer.from('12345678').toString('base64')}`)
    expect(lines[1]).toBe('conclude 4006')
    expect(chunks[1]?.length).toBe(127)
  })

  it('holds 125 bytes at most', () => {
    expect(() => controlFrame(9, Buffer.alloc(126))).toThrow(RangeError)
  })
})
