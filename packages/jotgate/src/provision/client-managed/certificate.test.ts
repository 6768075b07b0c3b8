import { describe, expect, it } from 'vitest'
import { canonicalCertificate } from './certificate.ts'

const body = 'A'.repeat(64 + 64 + 7)
const pem = `-----BEGIN CERTIFICATE-----\n${'A'.repeat(64)}\n${'A'.repeat(64)}\n${'A'.repeat(7)}\n-----END CERTIFICATE-----\n`

describe('certificates with the same content', () => {
  it.each([
    ['Windows line breaks', pem.replaceAll('\n', '\r\n')],
    ['no line break at the end', pem.trimEnd()],
    ['spaces behind its lines', pem.replaceAll('\n', '  \n')],
    ['one long line', `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----`],
    [
      'lines of 76',
      `-----BEGIN CERTIFICATE-----\n${body.slice(0, 76)}\n${body.slice(76)}\n-----END CERTIFICATE-----`,
    ],
  ])('are equal with %s', (_how, text) => {
    expect(canonicalCertificate(text)).toBe(pem)
  })

  it.each([
    ['has lost its line breaks', pem.replaceAll('\n', ' ')],
    ['is two', pem + pem],
    [
      'has a public key before it',
      `-----BEGIN PUBLIC KEY-----\nAA\n-----END PUBLIC KEY-----\n${pem}`,
    ],
    ['is empty', ''],
  ])('differ where one %s, which Qlik may not read', (_what, text) => {
    expect(canonicalCertificate(text)).toBe(text)
  })
})
