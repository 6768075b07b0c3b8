import { describe, expect, it } from 'vitest'
import { isJotgateError } from '../errors/index.ts'
import { refusalOf } from './refusal.ts'

const answerOf = (status: number, body: unknown, headers?: Record<string, string>) => ({
  call: 'POST /login/jwt-session',
  status,
  headers: new Headers(headers),
  text: typeof body === 'string' ? body : JSON.stringify(body),
})

function refusal(
  status: number,
  body: unknown,
  options: Partial<Parameters<typeof refusalOf>[1]> = {},
) {
  const error = refusalOf(answerOf(status, body), { secrets: [], ...options })
  if (!isJotgateError(error)) throw error
  return error
}

describe('a refusal by Qlik', () => {
  it('carries Qlik’s own words: this is the real answer to a token without nbf', () => {
    const error = refusal(
      400,
      {
        errors: [
          {
            title: 'Invalid token request',
            detail: 'JWT_LOGIN_VALIDATIONS Missing required claim: nbf',
            code: 'INTERNAL-TOKEN-1',
            status: '400',
          },
        ],
        traceId: 'd4f3256ebd3ca1e7c7d71eadd70c4386',
      },
      { login: true },
    )
    expect(error).toMatchObject({
      code: 'ERR_QLIK_LOGIN_REFUSED',
      details: {
        call: 'POST /login/jwt-session',
        status: 400,
        code: 'INTERNAL-TOKEN-1',
        title: 'Invalid token request',
        detail: 'JWT_LOGIN_VALIDATIONS Missing required claim: nbf',
        traceId: 'd4f3256ebd3ca1e7c7d71eadd70c4386',
      },
    })
    expect(error.message).toBe(
      'Qlik answered POST /login/jwt-session with 400: INTERNAL-TOKEN-1, Invalid token request, ' +
        'JWT_LOGIN_VALIDATIONS Missing required claim: nbf (trace d4f3256ebd3ca1e7c7d71eadd70c4386). ' +
        'The token opened no session',
    )
  })

  it('has one full stop after words that end with one', () => {
    const text = 'The http request header is incorrect.'
    const answer = { call: 'GET /x/qps/user', status: 400, headers: new Headers(), text }
    expect(refusalOf(answer, { secrets: [], login: true }).message).toMatch(
      /incorrect\. The token opened no session$/,
    )
  })

  it.each([
    [400, true, 'ERR_QLIK_LOGIN_REFUSED'],
    [401, true, 'ERR_QLIK_LOGIN_REFUSED'],
    [401, false, 'ERR_QLIK_NOT_LOGGED_IN'],
    [403, false, 'ERR_QLIK_REFUSED'],
    [418, false, 'ERR_QLIK_REFUSED'],
    [429, true, 'ERR_QLIK_RATE_LIMITED'],
    [500, true, 'ERR_QLIK_FAILED'],
    [599, false, 'ERR_QLIK_FAILED'],
    [302, true, 'ERR_QLIK_ANSWER'],
  ])('is told by its status alone: %i, at a login %s, is %s', (status, login, code) => {
    const misleading = { errors: [{ code: 'CSRF-TOKEN-2', title: 'Not found', status: '404' }] }
    expect(refusal(status, misleading, { login }).code).toBe(code)
  })

  it.each([
    '',
    'null',
    '[]',
    '<html>',
    '{"errors":null}',
    '{"errors":[null]}',
    '{"errors":[{"code":7}]}',
  ])('can have the body %j', (body) => {
    expect(refusal(403, body).details).toEqual({ call: 'POST /login/jwt-session', status: 403 })
  })

  it('never repeats what was sent: no token, no part of one, no cookie', () => {
    const token = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiI0MiJ9.c2lnbmF0dXJlLXNpZ25hdHVyZQ'
    const cookie = 's3cr3t-cookie-value'
    const [, payload = '', signature = ''] = token.split('.')
    const other = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiI5OTkifQ.b3RoZXItc2lnbmF0dXJl'
    const error = refusal(
      401,
      {
        errors: [
          {
            code: `bad ${signature}`,
            title: `${payload} of Bearer ${token}`,
            detail: `${cookie} and ${other}`,
          },
        ],
        traceId: cookie,
      },
      { secrets: [token, cookie] },
    )
    const told = error.message + JSON.stringify(error.details)
    for (const secret of [token, payload, signature, cookie, other])
      expect(told).not.toContain(secret)
    expect(error.details).toMatchObject({
      code: 'bad [secret]',
      detail: '[secret] and [secret].[secret]',
    })
  })

  it('is one line of bounded length', () => {
    const detail = `a\r\nb\u001b[31m\u202e\u2028${'x'.repeat(100_000)}`
    const { details } = refusal(400, { errors: [{ detail }] })
    const text = (details as { detail: string }).detail
    expect(text).toHaveLength(300)
    expect(text).toMatch(/^a b \[31m x+$/)
  })

  const secondsOf = (headers: Record<string, string>) => {
    const clock = () => Date.parse('2026-10-21T07:27:00Z')
    const error = refusalOf(answerOf(429, '', headers), { secrets: [], clock })
    return (error as unknown as { details: { retryAfterSeconds: number } }).details
      .retryAfterSeconds
  }

  it.each([
    ['13', 13],
    ['0', 1],
    ['-1', 5],
    ['1.5', 5],
    ['soon', 5],
    ['', 5],
    ['99999999999999999999', 86_400],
    ['Wed, 21 Oct 2026 07:28:00 GMT', 60],
    ['Wednesday, 21-Oct-26 07:28:00 GMT', 60],
    ['Wed Oct 21 07:28:00 2026', 60],
    ['Wed, 21 Oct 2026 07:26:00 GMT', 1],
    ['Wed, 21 Oct 2099 07:28:00 GMT', 86_400],
    ['Wed, 99 Oct 2026 07:28:00 GMT', 5],
  ])('with Retry-After %j says to wait %i s', (value, seconds) => {
    expect(secondsOf({ 'retry-after': value })).toBe(seconds)
  })

  it('compares a date with Qlik’s own clock, where the answer has its time', () => {
    const headers = { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }
    expect(secondsOf({ ...headers, date: 'Wed, 21 Oct 2026 07:27:53 GMT' })).toBe(7)
    expect(secondsOf({ ...headers, date: 'yesterday' })).toBe(60)
    expect(secondsOf({})).toBe(5)
  })
})
