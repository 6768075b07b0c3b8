import { util } from 'undici'
import { describe, expect, it } from 'vitest'
import { createAnswerHeaders, maxRewrittenBytes } from './answer-headers.ts'
import { createBasePath } from './base-path.ts'
import type { Route } from './decision.ts'
import type { HeaderFields } from './request-headers.ts'
import { createAddressRewriter } from './rewrite-addresses.ts'

const site = {
  publicUrl: 'https://qlik.acme.example',
  host: 'qlik.acme.example',
  isSecure: true,
  origins: ['https://qlik.acme.example', 'https://www.acme.example'],
}
const addresses = createAddressRewriter({ deploymentUrl: 'https://tenant.example', site })
const answerHeaders = createAnswerHeaders({ site, addresses, base: createBasePath('') })

const listed = 'frame-ancestors https://qlik.acme.example https://www.acme.example'

function head(
  raw: readonly string[],
  options: { status?: number; method?: string; added?: HeaderFields; route?: Partial<Route> } = {},
) {
  const { status = 200, method = 'GET', added = [] } = options
  const route: Route = { access: 'public', pattern: '/x', rewrites: false, ...options.route }
  const headers = util.parseHeaders(raw.map((part) => Buffer.from(part, 'latin1')))
  const { fields, ...others } = answerHeaders({ status, headers }, { method, route, added })
  const pairs = Array.from({ length: fields.length / 2 }, (_, at) =>
    fields.slice(2 * at, 2 * at + 2),
  )
  return { ...others, pairs, fields: Object.fromEntries(pairs) as Record<string, string> }
}

describe('answer headers', () => {
  it('keeps what describes the answer', () => {
    const fields = {
      'content-type': 'image/png',
      'content-length': '10',
      'content-range': 'bytes 0-9/100',
      'content-encoding': 'br',
      'accept-ranges': 'bytes',
      'cache-control': 'max-age=60',
      etag: '"a"',
      'retry-after': '13',
      'content-disposition': 'attachment; filename="\xe4"',
      'x-qlik-anything': '1',
      deprecation: '@1',
    }
    expect(head(Object.entries(fields).flat()).fields).toEqual(fields)
  })

  it.each([
    'Set-Cookie2',
    'Connection',
    'Keep-Alive',
    'Trailer',
    'Upgrade',
    'Proxy-Authenticate',
    'WWW-Authenticate',
    'qlik-csrf-token',
    'Access-Control-Allow-Origin',
    'Access-Control-Allow-Credentials',
    'Strict-Transport-Security',
    'Public-Key-Pins',
    'Clear-Site-Data',
    'Alt-Svc',
    'Server',
    'X-Powered-By',
    'Via',
  ])('drops %s', (name) => {
    expect(head([name, 'x']).pairs).toEqual([])
  })

  it('T-H15 refuses what could be read as bodies of different lengths', () => {
    const chunked = ['Transfer-Encoding', 'Chunked']
    expect(head(chunked).pairs).toEqual([])
    for (const raw of [
      ['Transfer-Encoding', 'gzip, chunked'],
      ['Transfer-Encoding', 'chunked, gzip'],
      ['Transfer-Encoding', 'chunkedchunked'],
      ['Transfer-Encoding', ''],
      [...chunked, ...chunked],
      [...chunked, 'Content-Length', '5'],
    ])
      expect(() => head(raw), raw.join()).toThrow(expect.objectContaining({ status: 502 }))
  })

  it('gives cookies to the jar alone, line by line', () => {
    const { setCookies, pairs } = head(['Set-Cookie', 'a=b; Path=/', 'sEt-cookie', 'AWSALB=c'])
    expect(setCookies).toEqual(['a=b; Path=/', 'AWSALB=c'])
    expect(pairs).toEqual([])
  })

  it('T-H09 drops what Qlik’s Connection names, but nothing of its own', () => {
    const added = [['access-control-allow-origin', 'https://www.acme.example']] as const
    const raw = [
      'X-One',
      '1',
      'Connection',
      'x-one, Vary, Access-Control-Allow-Origin',
      'X-Two',
      '2',
    ]
    expect(head(raw, { added }).fields).toEqual({ 'x-two': '2', ...Object.fromEntries(added) })
  })

  it('replaces Qlik’s fields by its own, and joins Vary', () => {
    const added = [
      ['x-request-id', 'ours'],
      ['vary', 'Origin'],
    ] as const
    const raw = ['X-Request-Id', 'theirs', 'Vary', 'Accept-Encoding']
    expect(head(raw, { added }).fields).toEqual({
      'x-request-id': 'ours',
      vary: 'Accept-Encoding, Origin',
    })
  })

  it('lets no cache give the answer for a session to another person', () => {
    const { fields } = head(['Vary', 'Accept'], { route: { access: 'session' } })
    expect(fields.vary).toBe('Accept, cookie, authorization')
  })

  it.each([
    ['Location', 'https://tenant.example/a?b', 'https://qlik.acme.example/a?b'],
    ['Location', 'https://elsewhere.example/', 'https://elsewhere.example/'],
    ['Content-Location', '//tenant.example/a', 'https://qlik.acme.example/a'],
    ['Link', '<https://tenant.example/a>; rel=next', '<https://qlik.acme.example/a>; rel=next'],
    ['Refresh', '5; url=https://tenant.example/a', '5; url=https://qlik.acme.example/a'],
  ])('T-H17 lets %s: %s lead to the gateway', (name, before, after) => {
    expect(head([name, before]).fields).toEqual({ [name.toLowerCase()]: after })
  })

  it('T-O08 lets the listed origins frame what Qlik lets others frame', () => {
    const raw = [
      'X-Frame-Options',
      'SAMEORIGIN',
      'Content-Security-Policy',
      "frame-ancestors 'self'; connect-src wss://tenant.example",
      'Content-Security-Policy-Report-Only',
      "frame-ancestors 'none'",
    ]
    expect(head(raw).fields).toEqual({
      'content-security-policy': `${listed}; connect-src wss://qlik.acme.example`,
      'content-security-policy-report-only': listed,
    })
  })

  it('T-O08 lets no other page frame a page, also when Qlik does not say who may', () => {
    const added = 'content-security-policy'
    expect(head(['X-Frame-Options', 'DENY']).fields).toEqual({ [added]: listed })
    expect(head(['Content-Type', 'text/html; charset=utf-8']).fields[added]).toBe(listed)
    const raw = ['Content-Type', 'text/html', 'Content-Security-Policy', "default-src 'self'"]
    expect(head(raw).pairs.filter(([name]) => name === added)).toEqual([
      [added, "default-src 'self'"],
      [added, listed],
    ])
  })
})

describe('whether a body is rewritten', () => {
  const json = ['Content-Type', 'application/json']
  const route = { rewrites: true }

  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
    'application/vnd.api+json',
    'Application/Problem+JSON',
  ])('of %s', (type) => {
    const raw = [
      'Content-Type',
      type,
      'Content-Length',
      '5',
      'ETag',
      '"a"',
      'Content-MD5',
      'x',
      'Accept-Ranges',
      'bytes',
    ]
    const { rewritesBody, fields, length } = head(raw, { route })
    expect({ rewritesBody, length }).toEqual({ rewritesBody: true, length: 5 })
    expect(fields).toEqual({ 'content-type': type, etag: '"a"' })
  })

  it.each([
    ['another type', ['Content-Type', 'text/html']],
    ['a stream of events', ['Content-Type', 'text/event-stream']],
    ['lines of JSON', ['Content-Type', 'application/jsonlines']],
    ['no type', []],
    ['another charset', ['Content-Type', 'application/json; charset=utf-16']],
    ['a coding', [...json, 'Content-Encoding', 'gzip']],
    ['one that is too long', [...json, 'Content-Length', String(maxRewrittenBytes + 1)]],
  ])('not of %s', (_, raw) => {
    expect(head(raw, { route }).rewritesBody).toBe(false)
  })

  it('not on other routes, of a part, or of none', () => {
    expect(head(json).rewritesBody).toBe(false)
    expect(head(json, { route, status: 206 }).rewritesBody).toBe(false)
    const { rewritesBody, fields } = head([...json, 'Content-Length', '5'], {
      route,
      method: 'HEAD',
    })
    expect({ rewritesBody, fields }).toEqual({
      rewritesBody: false,
      fields: { 'content-type': 'application/json' },
    })
  })
})

it('leads redirects to the root where Qlik’s paths begin there', () => {
  const base = createBasePath('/jwt', { atRoot: true })
  const atRoot = createAnswerHeaders({ site, addresses, base })
  const locationOf = (value: string) => {
    const headers = { location: value }
    const route = { access: 'session', pattern: '/hub/*', rewrites: false } as const
    return atRoot({ status: 302, headers }, { method: 'GET', route, added: [] }).fields[1]
  }
  expect(locationOf('/jwt/hub/my/work')).toBe('/hub/my/work')
  expect(locationOf('https://tenant.example/jwt/hub/?a')).toBe('https://qlik.acme.example/hub/?a')
  expect(locationOf('/jwt//evil.example/')).toBe('/jwt//evil.example/')
})
