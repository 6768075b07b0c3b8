import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { maxLineBytes, toMembers } from './audit-line.ts'
import type { AuditEvent } from './audit-log.ts'

const at = Date.UTC(2026, 10, 28)
const parsed = (event: AuditEvent) =>
  JSON.parse(`{${toMembers(event, at)}}`) as Record<string, unknown>

const corpora = process.env.JOTGATE_CORPORA ?? ''
const lists = ['crlfinjection', 'deep_traversal', 'directory_traversal', 'openredirects'].map(
  (name) => `${corpora}/payloadsallthethings/${name}.txt`,
)
const absent = !lists.every((list) => existsSync(list))
if (absent) console.warn('Skipped: PayloadsAllTheThings. JOTGATE_CORPORA names no folder with it.')

/** Each in every field that a client or the host application has a part in. */
function expectOneLine(text: string): void {
  const event = { event: 'refuse', address: text, path: text, reason: text, subject: text } as const
  const members = toMembers({ ...event, groups: [text] }, at)
  expect(members).not.toMatch(/[\p{Cc}\p{Bidi_Control}\p{Cs}\u2028\u2029]/u)
  const line = JSON.parse(`{${members}}`) as Record<string, unknown>
  expect(line.address).toEqual(text.length <= 1024 ? text : expect.stringContaining(' more)'))
  expect(Object.keys(line)).toEqual([
    'time',
    ...'event subject groups address reason path'.split(' '),
  ])
}

describe('G-S10 a line of the audit log', () => {
  it('is one line whatever a string holds', () => {
    const nasty = [
      ...['\n', '\r\n{"event":"enter"}', '","mac":"x"}\n', '\u2028', '\u0085', '\x1b[2J', '\ud800'],
      ...['\udfff\ud800', '\u202e', '\0', '\\', '"', '\x7f', '\u009b31m', '😀'.repeat(600)],
    ]
    for (const text of nasty) expectOneLine(text)
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 2000 }), expectOneLine))
  })

  it.skipIf(absent)('is one line for each string of the injection lists', () => {
    const texts = lists.flatMap((list) => readFileSync(list, 'latin1').split('\n'))
    expect(texts.length).toBeGreaterThan(500)
    for (const text of texts) {
      expectOneLine(text)
      expectOneLine(decodeLoosely(text))
    }
  })

  it('has a bounded length, and says what was cut', () => {
    const long = '\u0085'.repeat(100_000)
    const strings = { requestId: long, session: long, qlikSession: long, hostSubject: long }
    const others = { subject: long, address: long, reason: long, jti: long, path: long }
    const groups = Array.from({ length: 10_000 }, () => long)
    const members = toMembers({ event: 'enter', ...strings, ...others, groups }, at)
    expect(Buffer.byteLength(members)).toBeLessThan(maxLineBytes - 1000)
    const line = parsed({ event: 'enter', subject: 'x'.repeat(1030), groups })
    expect(line.subject).toBe(`${'x'.repeat(1024)}… (6 more)`)
    expect((line.groups as string[]).at(-1)).toBe('… (9985 more)')
  })

  it('has the time, and the fields of an event alone', () => {
    expect(parsed({ event: 'mint', jti: 'a', expiresAt: 60, count: 0 })).toEqual({
      time: '2026-11-28T00:00:00.000Z',
      event: 'mint',
      jti: 'a',
      expiresAt: 60,
      count: 0,
    })
    for (const field of ['token', 'cookie', 'key', 'seq', 'mac', 'time', '__proto__'])
      expect(() => parsed(JSON.parse(`{"event":"enter","${field}":"secret"}`))).toThrow(
        `no field "${field}"`,
      )
  })

  it('holds no token or private key that somebody typed where a name belongs', () => {
    const token = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl-_c2ln'
    const pem = `-----BEGIN PRIVATE KEY-----\nMIIEvQIBADAN${'A'.repeat(2000)}`
    const line = parsed({
      event: 'refuse',
      hostSubject: `Bearer ${token}`,
      path: `/app/?jwt=${token}&a=b`,
      groups: ['sales', token.slice(0, 20)],
      reason: `is not ${pem}`,
    })
    expect(line).toMatchObject({
      hostSubject: 'Bearer [a token]',
      path: '/app/?jwt=[a token]&a=b',
      groups: ['sales', '[a token]'],
      reason: 'is not [a key]',
    })
  })

  it('takes no field of another type', () => {
    const wrong: Record<string, unknown>[] = [
      { event: 5 },
      { subject: {} },
      { groups: 'sales' },
      { groups: [5] },
      { count: '5' },
      { expiresAt: Number.NaN },
    ]
    for (const fields of wrong)
      expect(() => parsed({ event: 'enter', ...fields } as AuditEvent)).toThrow(TypeError)
    expect(() => parsed({} as AuditEvent)).toThrow('needs the field "event"')
    expect(() => parsed(null as unknown as AuditEvent)).toThrow('must be an object')
  })
})

/** As a server that decodes a path would have it. */
function decodeLoosely(text: string): string {
  return text.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
}
