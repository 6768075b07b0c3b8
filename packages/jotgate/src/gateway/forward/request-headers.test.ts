import { describe, expect, it } from 'vitest'
import { gatewayErrors } from '../errors.ts'
import { createRequestHeaders } from './request-headers.ts'

const headersFor = createRequestHeaders({ publicUrl: 'https://qlik.acme.example' })
const credentials = { cookie: '_csrfToken=t', 'qlik-csrf-token': 't' }

const of = (
  fields: readonly (readonly [string, string])[],
  options: { credentials?: Record<string, string>; rewrites?: boolean } = {},
) => {
  const { via, ...others } = Object.fromEntries(
    headersFor({ fields }, { rewrites: false, ...options }),
  )
  expect(via).toMatch(/^1\.1 jotgate-[\da-f]{16}$/)
  return others
}

describe('request headers', () => {
  it('passes on what a page asks for', () => {
    const fields = [
      ['accept', 'application/json'],
      ['accept-encoding', 'gzip, br'],
      ['content-length', '2'],
      ['content-type', 'application/json'],
      ['if-none-match', '"a"'],
      ['qlik-api-version', '2026-08'],
      ['range', 'bytes=0-1'],
      ['tus-resumable', '1.0.0'],
      ['upload-metadata', 'name YQ=='],
      ['traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'],
      ['x-requested-with', 'XMLHttpRequest'],
      ['user-agent', 'Mozilla/5.0'],
    ] as const
    expect(of(fields)).toEqual(Object.fromEntries(fields))
  })

  it.each([
    'host',
    'cookie',
    'authorization',
    'origin',
    'referer',
    'qlik-web-integration-id',
    'qlik-csrf-token',
    'x-qlik-user',
    'x-qlik-xrfkey',
    'forwarded',
    'x-forwarded-for',
    'x-forwarded-host',
    'x-forwarded-user',
    'x-forwardedfor',
    'x-real-ip',
    'x-original-url',
    'x-rewrite-url',
    'x-http-method-override',
    'x-http-method',
    'x-method-override',
    'x-remote-user',
    'x-client-ip',
    'proxy',
    'true-client-ip',
    'x-cluster-client-ip',
    'x-azure-clientip',
    'remote-user',
    'x-user-id',
    'x-csrf-token',
    'x-auth-user',
    'x-host',
    'http-url',
    'proxy-authorization',
    'proxy-connection',
    'expect',
    'te',
    'trailer',
    'transfer-encoding',
    'upgrade',
    'keep-alive',
    'connection',
    'sec-fetch-site',
    'sec-websocket-key',
    'access-control-request-method',
    'http2-settings',
    'x-request-id',
  ])('T-O05 T-H09 T-H11 T-H12 T-H14 drops %s', (name) => {
    expect(of([[name, 'x']])).toEqual({})
  })

  it('T-H12 drops names that another server may read as one of these', () => {
    for (const name of ['x_forwarded_for', 'qlik_csrf_token', 'x-forwarded_user', 'cookie '])
      expect(of([[name, 'x']], { credentials })).toEqual(credentials)
  })

  it('T-H20 takes no harm from names that objects have', () => {
    const fields = ['__proto__', 'constructor', 'hasownproperty', '1'].map(
      (name) => [name, 'x'] as const,
    )
    expect(of(fields)).toEqual({ constructor: 'x', hasownproperty: 'x', 1: 'x' })
  })

  it.each(['authorization', 'cookie', 'qlik-csrf-token', 'x-forwarded-for', 'host', 'via'])(
    'T-H09 sends its own fields when Connection names %s',
    (name) => {
      expect(of([['connection', `keep-alive, ${name.toUpperCase()}`]], { credentials })).toEqual(
        credentials,
      )
    },
  )

  it('T-H09 drops what Connection names, in several lines and any case', () => {
    const fields = [
      ['connection', 'X-One'],
      ['x-one', '1'],
      ['x-two', '2'],
      ['x-three', '3'],
      ['connection', ' x-TWO , close'],
    ] as const
    expect(of(fields)).toEqual({ 'x-three': '3' })
  })

  it('T-H08 drops values that could become line breaks', () => {
    for (const value of [
      'a\u010a',
      'a\u010dSet-Cookie: b',
      '\u560a',
      'a\0',
      'a\r\nb: c',
      'ä',
      '\x7f',
    ])
      expect(of([['x-one', value]]), JSON.stringify(value)).toEqual({})
  })

  it('joins lines of one name', () => {
    expect(
      of([
        ['accept', 'a'],
        ['accept', 'b'],
      ]),
    ).toEqual({ accept: 'a, b' })
  })

  it('asks for whole and uncompressed answers where they are rewritten', () => {
    const fields = [
      ['accept-encoding', 'gzip'],
      ['range', 'bytes=0-1'],
      ['if-range', '"a"'],
    ] as const
    expect(of(fields, { rewrites: true })).toEqual({ 'accept-encoding': 'identity' })
  })

  it('T-H10 refuses a request that it has sent itself', () => {
    const sent = headersFor({ fields: [] }, { rewrites: false })
    const loop = gatewayErrors.ERR_GATEWAY_LOOP({})
    expect(() => headersFor({ fields: sent }, { rewrites: false })).toThrow(loop.message)
    const other = createRequestHeaders({ publicUrl: 'https://other.acme.example' })
    expect(Object.fromEntries(other({ fields: sent }, { rewrites: false })).via).not.toBe(
      Object.fromEntries(sent).via,
    )
  })
})
