import { describe, expect, it } from 'vitest'
import {
  derTag,
  readDerBits,
  readDerElements,
  readDerPositive,
  readDerSequence,
  readDerTime,
} from './der.ts'

const zeros = (count: number) => new Uint8Array(count)
const bytes = (...parts: (number | Uint8Array)[]) =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'number' ? [part] : [...part])))
const lengthsOf = (der: Uint8Array) => readDerElements(der)?.map(({ content }) => content.length)
const element = (tag: number, text: string) => ({ tag, content: Buffer.from(text, 'latin1') })

describe('the elements of DER', () => {
  it.each([
    [bytes(), []],
    [bytes(0x04, 0), [0]],
    [bytes(0x04, 1, 7, 0x05, 0), [1, 0]],
    [bytes(0x04, 0x7f, zeros(0x7f)), [127]],
    [bytes(0x04, 0x81, 0x80, zeros(0x80)), [128]],
    [bytes(0x04, 0x81, 0xff, zeros(0xff)), [255]],
    [bytes(0x04, 0x82, 1, 0, zeros(0x100)), [256]],
    [bytes(0x04, 0x82, 0xff, 0xff, zeros(0xffff)), [65_535]],
    [bytes(0x04, 0x83, 1, 0, 0, zeros(0x10000)), [65_536]],
  ])('are found (%#)', (der, lengths) => {
    expect(lengthsOf(der)).toEqual(lengths)
  })

  it.each([
    ['a tag alone', bytes(0x04)],
    ['a length that is too long', bytes(0x04, 2, 7)],
    ['an open length, as BER has', bytes(0x30, 0x80, 0, 0)],
    ['a length that lacks its bytes', bytes(0x04, 0x82, 1)],
    ['a length that ends the text', bytes(0x04, 0x81)],
    ['127 in two bytes', bytes(0x04, 0x81, 0x7f, zeros(0x7f))],
    ['128 in three bytes', bytes(0x04, 0x82, 0, 0x80, zeros(0x80))],
    ['255 in three bytes', bytes(0x04, 0x82, 0, 0xff, zeros(0xff))],
    ['65,535 in four bytes', bytes(0x04, 0x83, 0, 0xff, 0xff, zeros(0xffff))],
    ['a length of four bytes', bytes(0x04, 0x84, 0, 1, 0, 0, zeros(0x10000))],
    ['a tag of two bytes', bytes(0x1f, 1, 7)],
    ['a tag of two bytes, made of others', bytes(0xbf, 1, 7)],
  ])('are none where there is %s', (_, der) => {
    expect(readDerElements(der)).toBeUndefined()
  })

  it('stand in one sequence', () => {
    expect(readDerSequence(bytes(0x30, 2, 0x05, 0))?.map(({ tag }) => tag)).toEqual([derTag.null])
    expect(readDerSequence(bytes(0x30, 0, 0x30, 0))).toBeUndefined()
    expect(readDerSequence(bytes(0x04, 0))).toBeUndefined()
    expect(readDerSequence(bytes())).toBeUndefined()
  })
})

describe('the values of DER', () => {
  it('are positive numbers, as short as they can be', () => {
    const positive = (...content: number[]) =>
      readDerPositive({ tag: derTag.integer, content: bytes(...content) })
    expect(positive(1)).toEqual(bytes(1))
    expect(positive(0x7f, 0)).toEqual(bytes(0x7f, 0))
    expect(positive(0, 0x80)).toEqual(bytes(0x80))
    for (const wrong of [[], [0], [0, 0x7f], [0x80], [0xff, 1]])
      expect(positive(...wrong), String(wrong)).toBeUndefined()
    expect(readDerPositive({ tag: derTag.bitString, content: bytes(1) })).toBeUndefined()
    expect(readDerPositive(undefined)).toBeUndefined()
  })

  it('are whole bytes of bits', () => {
    const bits = (tag: number, ...content: number[]) =>
      readDerBits({ tag, content: bytes(...content) })
    expect(bits(derTag.bitString, 0, 7)).toEqual(bytes(7))
    expect(bits(derTag.bitString, 1, 6)).toBeUndefined()
    expect(bits(derTag.bitString)).toBeUndefined()
    expect(bits(0x04, 0, 7)).toBeUndefined()
    expect(readDerBits(undefined)).toBeUndefined()
  })

  it.each([
    [derTag.utcTime, '260101000000Z', '2026-01-01T00:00:00Z'],
    [derTag.utcTime, '491231235959Z', '2049-12-31T23:59:59Z'],
    [derTag.utcTime, '500101000000Z', '1950-01-01T00:00:00Z'],
    [derTag.generalizedTime, '20500101000000Z', '2050-01-01T00:00:00Z'],
  ])('are times: %d %s', (tag, text, iso) => {
    expect(readDerTime(element(tag, text))).toBe(Date.parse(iso))
  })

  it.each([
    [derTag.utcTime, '20500101000000Z'],
    [derTag.utcTime, '2601010000Z'],
    [derTag.utcTime, '260101000000+0100'],
    [derTag.utcTime, 'x260101000000Z'],
    [derTag.utcTime, '260101000000Zx'],
    [derTag.utcTime, '261301000000Z'],
    [derTag.generalizedTime, '260101000000Z'],
    [derTag.generalizedTime, '20500101000000.5Z'],
    [derTag.generalizedTime, 'x20500101000000Z'],
    [derTag.generalizedTime, '20500101000000Zx'],
    [0x04, '260101000000Z'],
    [0x04, '20500101000000Z'],
  ])('are not times: %d %s', (tag, text) => {
    expect(readDerTime(element(tag, text))).toBeUndefined()
  })

  it('have no time where there is nothing', () => {
    expect(readDerTime(undefined)).toBeUndefined()
  })
})
