import { describe, expect, it } from 'vitest'
import { createSealer, type Place } from './seal.ts'
import { createTestKey, createTestKeys } from './store-folder.fixture.ts'

const place: Place = { kind: 'session', id: 'a'.repeat(64), expiresAt: 1_800_000_000_000 }
const text = '{"user":"Ada é 😀"}'

describe('a sealed record', () => {
  it('opens in its place, also with a ring in which its key is an old one', () => {
    const first = createTestKey('first')
    const sealed = createSealer({ current: first }).seal(place, text)
    expect(sealed.key).toBe('first')
    const later = createSealer({ current: createTestKey('second'), others: [first] })
    expect(later.open(place, sealed)).toEqual({ text })
    expect(later.seal(place, text).key).toBe('second')
  })

  it.each([
    ['another kind', { kind: 'qlik-session' }],
    ['another row', { id: 'b'.repeat(64) }],
    ['another time', { expiresAt: place.expiresAt + 1 }],
    ['parts that touch otherwise', { kind: 'session\0a', id: 'a'.repeat(63) }],
  ])('does not open in %s', (_, other) => {
    const sealer = createSealer(createTestKeys('one'))
    const sealed = sealer.seal(place, text)
    expect(sealer.open({ ...place, ...other } as Place, sealed)).toEqual({ problem: 'damaged' })
  })

  it('does not open with any bit changed, cut or added', () => {
    const sealer = createSealer(createTestKeys('one'))
    const { key, sealed } = sealer.seal(place, text)
    const open = (bytes: Uint8Array) => sealer.open(place, { key, sealed: bytes }).problem
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const changed = Uint8Array.from(sealed)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(open(changed)).toBe('damaged')
    }
    for (let length = 0; length < sealed.length; length += 1)
      expect(open(sealed.subarray(0, length))).toBe('damaged')
    expect(open(Buffer.concat([sealed, Buffer.alloc(1)]))).toBe('damaged')
  })

  it('does not open with other bytes under the same ID, nor with a ring without its key', () => {
    const sealed = createSealer(createTestKeys('one')).seal(place, text)
    expect(createSealer(createTestKeys('one')).open(place, sealed).problem).toBe('damaged')
    expect(createSealer(createTestKeys('two')).open(place, sealed).problem).toBe('unknown-key')
  })

  it('is other bytes each time, and other keys after each start', () => {
    const keys = createTestKeys('one')
    const sealer = createSealer(keys)
    const seal = () => Buffer.from(sealer.seal(place, text).sealed)
    const all = Array.from({ length: 100 }, seal)
    expect(new Set(all.map((sealed) => sealed.toString('hex'))).size).toBe(100)
    const saltOf = (sealed: Uint8Array) => Buffer.from(sealed.subarray(1, 17)).toString('hex')
    expect(new Set(all.map(saltOf)).size).toBe(1)
    expect(saltOf(createSealer(keys).seal(place, text).sealed)).not.toBe(saltOf(seal()))
  })
})
