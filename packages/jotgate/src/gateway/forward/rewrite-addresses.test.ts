import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createAddressRewriter } from './rewrite-addresses.ts'

const site = { publicUrl: 'https://qlik.acme.example', host: 'qlik.acme.example', isSecure: true }
const rewriter = createAddressRewriter({
  deploymentUrl: 'https://acme.eu.qlikcloud.com',
  hostNames: ['Alias.acme.example'],
  site,
})
const local = createAddressRewriter({
  deploymentUrl: 'http://tenant.cloud.localhost:4848',
  site: { publicUrl: 'http://localhost:3000', host: 'localhost:3000', isSecure: false },
})

const several = createAddressRewriter({
  deploymentUrl: 'https://sense.acme.example',
  nodes: ['https://node1.acme.example:8443', 'https://node2.acme.example', 'https://[fd00::1]:1'],
  site,
})

const tenant = 'https://acme.eu.qlikcloud.com'
const own = 'https://qlik.acme.example'

/** A body through the stream, cut where `cuts` says. */
function stream(body: Uint8Array, cuts: readonly number[], options?: { maxBytes?: number }) {
  const rewriting = rewriter.createStream(options)
  const pieces: Uint8Array[] = []
  let at = 0
  for (const cut of [...cuts, body.length]) {
    pieces.push(rewriting.write(body.subarray(at, cut)))
    at = cut
  }
  return { bytes: Buffer.concat([...pieces, rewriting.end()]), isCut: rewriting.isCut }
}

describe('addresses in text', () => {
  it.each([
    [`{"href":"${tenant}/api/v1/items?next=a"}`, `{"href":"${own}/api/v1/items?next=a"}`],
    [`"${tenant}:443/api"`, `"${own}/api"`],
    ['"https://alias.acme.example/x"', `"${own}/x"`],
    ['"wss://acme.eu.qlikcloud.com/app/1"', '"wss://qlik.acme.example/app/1"'],
    [`"${tenant}"`, `"${own}"`],
    ['"https:\\/\\/acme.eu.qlikcloud.com\\/api"', '"https:\\/\\/qlik.acme.example\\/api"'],
    [
      '"https:\\u002f\\u002facme.eu.qlikcloud.com\\u002fapi"',
      '"https:\\u002f\\u002fqlik.acme.example\\u002fapi"',
    ],
    [`"see ${tenant}, or ${tenant}?a#b"`, `"see ${own}, or ${own}?a#b"`],
    [`"{\\"href\\":\\"${tenant}\\"}"`, `"{\\"href\\":\\"${own}\\"}"`],
  ])('rewrites %s', (before, after) => {
    expect(rewriter.inText(before)).toBe(after)
  })

  it.each([
    ['"https://sense.acme.example/a"', `"${own}/a"`],
    ['"https://node1.acme.example:8443/a"', `"${own}/a"`],
    ['"wss://node2.acme.example:443/a"', '"wss://qlik.acme.example/a"'],
    ['"https://node2.acme.example"', `"${own}"`],
    ['"https://[fd00::1]:1/"', `"${own}/"`],
    // Each node has its own port.
    ['"https://node1.acme.example/a"', '"https://node1.acme.example/a"'],
    ['"https://node2.acme.example:8443/a"', '"https://node2.acme.example:8443/a"'],
    ['"https://node1.acme.example:84431/a"', '"https://node1.acme.example:84431/a"'],
  ])('rewrites %s of several nodes', (before, after) => {
    expect(several.inText(before)).toBe(after)
    const body = several.createStream()
    const bytes = [...Buffer.from(before)].map((byte) => body.write(Uint8Array.of(byte)))
    expect(Buffer.concat([...bytes, body.end()]).toString()).toBe(after)
    const [location, rewritten] = [before, after].map((text) => text.slice(1, -1))
    expect(several.inLocation(String(location))).toBe(rewritten)
  })

  it.each([
    ['https://node1.acme.example:8443', own],
    ['node1.acme.example:*', 'qlik.acme.example'],
    ['wss://node2.acme.example/a', 'wss://qlik.acme.example/a'],
    ['node2.acme.example:8443', undefined],
  ])('rewrites the source %s of several nodes', (source, rewritten) => {
    expect(several.inSource(source)).toBe(rewritten)
  })

  it.each([
    'http://acme.eu.qlikcloud.com/',
    'https://acme.eu.qlikcloud.com.evil.example/',
    'https://acme.eu.qlikcloud.com\\u002eevil.example/',
    'https://acme.eu.qlikcloud.com:8443/',
    'https://acme.eu.qlikcloud.com:4433/',
    'https://acme.eu.qlikcloud.com@evil.example/',
    'https://acme.eu.qlikcloud.com-evil.example/',
    'https://other.eu.qlikcloud.com/',
    'https://x.acme.eu.qlikcloud.com/',
    'https://ada@acme.eu.qlikcloud.com/',
    'https://acmeXeuXqlikcloudXcom/',
    'acme.eu.qlikcloud.com/',
    '/api/v1/items',
  ])('leaves %s as it is', (text) => {
    expect(rewriter.inText(text)).toBe(text)
    expect(rewriter.inLocation(text)).toBe(text)
  })

  it('knows a deployment at a port of its own', () => {
    expect(
      local.inText('"http://tenant.cloud.localhost:4848/a" "ws://tenant.cloud.localhost:4848/b"'),
    ).toBe('"http://localhost:3000/a" "ws://localhost:3000/b"')
    for (const other of ['http://tenant.cloud.localhost/', 'http://tenant.cloud.localhost:48480/'])
      expect(local.inText(other)).toBe(other)
  })
})

describe('Location', () => {
  it.each([
    [`${tenant}/login?returnto=%2F`, `${own}/login?returnto=%2F`],
    [`${tenant}:443`, own],
    ['HTTPS://ACME.EU.QLIKCLOUD.COM/x', `${own}/x`],
    ['//acme.eu.qlikcloud.com/x', `${own}/x`],
    ['https://alias.acme.example?x', `${own}?x`],
  ])('T-H17 rewrites %s', (before, after) => {
    expect(rewriter.inLocation(before)).toBe(after)
  })

  it.each([
    '/login',
    'login',
    '',
    '?a=https://acme.eu.qlikcloud.com/',
    'https://login.example/?returnto=https://acme.eu.qlikcloud.com/',
    '/\\acme.eu.qlikcloud.com/',
    'https:\\\\acme.eu.qlikcloud.com/',
    'https:/acme.eu.qlikcloud.com/',
    'https://acme.eu.qlikcloud.com\\@evil.example/',
    'https://acme.eu.qlikcloud.com%2eevil.example/',
    'javascript://acme.eu.qlikcloud.com/%0aalert(1)',
  ])('T-H17 leaves %s as it is', (value) => {
    expect(rewriter.inLocation(value)).toBe(value)
  })
})

describe('sources of a policy', () => {
  it.each([
    ['acme.eu.qlikcloud.com', 'qlik.acme.example'],
    ['https://acme.eu.qlikcloud.com', own],
    ['wss://acme.eu.qlikcloud.com:443', 'wss://qlik.acme.example'],
    ['https://alias.acme.example:*/api/', `${own}/api/`],
    ['https://*.qlikcloud.com', undefined],
    ['https://acme.eu.qlikcloud.com.evil.example', undefined],
    ["'self'", undefined],
    ['*', undefined],
  ])('%s becomes %s', (source, expected) => {
    expect(rewriter.inSource(source)).toBe(expected)
  })
})

describe('addresses in a body', () => {
  const fragments = fc.constantFrom(
    tenant,
    `${tenant}:443`,
    'wss://acme.eu.qlikcloud.com',
    'https:\\/\\/acme.eu.qlikcloud.com',
    'https:\\u002F\\u002Falias.acme.example',
    'https:',
    'https://acme.eu',
    'h',
    'w',
    ':443',
    '\\u002f',
    '\\u002e',
    '\\',
    '/',
    '"',
    'ä€😀',
    '.',
  )

  it('gives the same, wherever the chunks are cut', () => {
    const bodies = fc
      .array(fc.oneof(fragments, fc.string()), { maxLength: 12 })
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(bodies, fc.array(fc.nat(400), { maxLength: 8 }), (body, cuts) => {
        const bytes = Buffer.from(body)
        const places = cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b)
        const whole = rewriter.inText(bytes.toString('latin1'))
        expect(stream(bytes, places).bytes.toString('latin1')).toBe(whole)
      }),
    )
  })

  it('gives the same when each byte comes alone', () => {
    const body = `{"a":"${tenant}/ä","b":"${tenant}:443\\u002f","c":"${tenant}.example","d":"https:\\/\\/acme.eu.qlikcloud.com"`
    const bytes = Buffer.from(body)
    const cuts = Array.from({ length: bytes.length }, (_, at) => at)
    expect(stream(bytes, cuts).bytes.toString()).toBe(
      `{"a":"${own}/ä","b":"${own}\\u002f","c":"${tenant}.example","d":"https:\\/\\/qlik.acme.example"`,
    )
  })

  it('changes no byte where there is nothing to rewrite, invalid UTF-8 included', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(Buffer.compare(stream(bytes, [bytes.length >> 1]).bytes, bytes)).toBe(0)
      }),
    )
    const chunk = Buffer.from('{"a":1}')
    expect(rewriter.createStream().write(chunk)).toBe(chunk)
  })

  it('holds nothing back that cannot become an address', () => {
    const rewriting = rewriter.createStream()
    for (const text of ['{"a":"what"', 'https://x', '\n', `${tenant}/`])
      expect(rewriting.write(Buffer.from(text)).length, text).toBeGreaterThanOrEqual(
        Math.min(text.length, rewriter.inText(text).length),
      )
  })

  it('passes on unchanged what comes after the limit', () => {
    const body = Buffer.from(`"${tenant}/" "${tenant}/"`)
    const { bytes, isCut } = stream(body, [35, 40], { maxBytes: 36 })
    expect(isCut).toBe(true)
    expect(bytes.toString()).toBe(`"${own}/" "${tenant}/"`)
  })

  it('G-R6 takes linear time on what looks like addresses', () => {
    for (const part of ['h', 'https:', tenant.slice(0, -1), `${tenant}\\u00`, 'w'.repeat(20)]) {
      const body = Buffer.from(part.repeat(Math.ceil(1_000_000 / part.length)))
      const before = performance.now()
      const cuts = Array.from({ length: 20 }, (_, at) => at * 50_000)
      stream(body, cuts)
      expect(performance.now() - before, part).toBeLessThan(2000)
    }
  })
})
