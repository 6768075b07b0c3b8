import { describe, expect, it } from 'vitest'
import { readDerSequence } from '../../token/verify/der.ts'
import {
  bmpString,
  integer,
  nothing,
  objectIdentifier,
  octetString,
  sequence,
  setOf,
  wrapped,
  wrappedBytes,
} from './der-writer.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

describe('writing DER', () => {
  // The expected bytes are those of X.690, of RFC 8018's and RFC 7292's identifiers, and of `openssl asn1parse -genconf`.
  it.each([
    [integer(0), '020100'],
    [integer(127), '02017f'],
    [integer(128), '02020080'],
    [integer(32_768), '0203008000'],
    [integer(300_000), '02030493e0'],
    [integer(2_147_483_647), '02047fffffff'],
    [nothing(), '0500'],
    [octetString(Uint8Array.of(1, 2)), '04020102'],
    [objectIdentifier('1.2.840.113549.1.5.13'), '06092a864886f70d01050d'],
    [objectIdentifier('2.16.840.1.101.3.4.1.42'), '060960864801650304012a'],
    [bmpString('Aé'), '1e04004100e9'],
    [wrapped(integer(1)), 'a003020101'],
    [wrappedBytes(Uint8Array.of(7)), '800107'],
    [sequence(integer(1), nothing()), '30050201010500'],
  ])('gives the bytes of the standard (%#)', (bytes, expected) => {
    expect(hex(bytes)).toBe(expected)
  })

  it('sorts the members of a set by their bytes', () => {
    expect(hex(setOf(integer(9), integer(1), nothing()))).toBe('31080201010201090500')
  })

  it.each([127, 128, 255, 256, 65_535, 65_536, 70_000])(
    'writes a length of %i so that it is read again',
    (length) => {
      const members = readDerSequence(sequence(octetString(Buffer.alloc(length, 7))))
      expect(members?.map(({ content }) => content.length)).toEqual([length])
    },
  )
})
