import { describe, expect, it } from 'vitest'
import { textToBase64url as part } from './base64url.ts'
import { inspectToken } from './inspect.ts'
import { goodCloudClaims, goodCloudHeader, testNow } from './rules/tokens.fixture.ts'

const at = new Date(testNow * 1000)
const signature = 'c2lnbmF0dXJlLW9mLXRoZS10b2tlbg'
const token = `${part(JSON.stringify(goodCloudHeader))}.${part(JSON.stringify(goodCloudClaims))}.${signature}`

describe('taking a token apart', () => {
  it('shows header, payload and the times in words, and of the signature the length', () => {
    expect(inspectToken(token, { at })).toEqual({
      header: goodCloudHeader,
      payload: goodCloudClaims,
      times: {
        issuedAt: '2026-01-01 00:00:00 UTC, now',
        notBefore: '2025-12-31 23:59:55 UTC, 5 seconds ago',
        expiresAt: '2026-01-01 00:00:55 UTC, in 55 seconds',
        lifetime: '1 minute',
      },
      signatureLength: 22,
      findings: [],
    })
  })

  it('never contains the signature', () => {
    for (const text of [token, `Bearer ${token}`, `${token}=`, token.replaceAll('.', '..')])
      expect(JSON.stringify(inspectToken(text, { at }))).not.toContain(signature.slice(0, 8))
  })

  it('reads through what was left around the token, and reports it', () => {
    for (const text of [`Bearer ${token}`, `"${token}"`, token.replace(/(.{40})/g, '$1\n')]) {
      const { payload, findings } = inspectToken(text, { at })
      expect(payload).toEqual(goodCloudClaims)
      expect(findings.map(({ effect }) => effect)).toEqual(['refused'])
    }
  })

  it('finds words for far, odd and missing times', () => {
    const timesOf = (claims: object) =>
      inspectToken(`e30.${part(JSON.stringify(claims))}.`, { at }).times
    expect(timesOf({ exp: testNow + 90_061, iat: testNow - 3600 })).toEqual({
      issuedAt: '2025-12-31 23:00:00 UTC, 1 hour ago',
      expiresAt: '2026-01-02 01:01:01 UTC, in 1 day and 1 hour',
      lifetime: '1 day and 2 hours',
    })
    expect(timesOf({ exp: Number.MAX_SAFE_INTEGER })).toEqual({
      expiresAt: 'beyond every calendar',
    })
    expect(timesOf({ exp: 'soon', nbf: null, iat: -1 })).toEqual({})
  })

  it('never throws', () => {
    const odd = [
      undefined,
      null,
      7,
      {},
      [],
      'a.b.c',
      '..',
      '\ud800',
      'A'.repeat(1e6),
      '.'.repeat(1e5),
    ]
    for (const text of odd) expect(() => inspectToken(text as string)).not.toThrow()
    const options = [
      null,
      { at: 'x' },
      { at: new Date(Number.NaN) },
      { at: null },
      { at: { getTime: 5 } },
    ]
    for (const one of options)
      expect(inspectToken(token, one as object).times.expiresAt).toMatch(/ (ago|in \d.*)$/)
  })
})
