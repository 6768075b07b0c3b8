import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { productFor } from '../../qlik/index.ts'
import { clientManaged, cloud } from '../../token/index.ts'
import { isPlace, readStart } from '../audit/read-chain.ts'
import { readTemplate } from '../authorise/subject-template.ts'
import { createAllowList } from '../forward/allow-list.ts'
import { createBasePath } from '../forward/base-path.ts'
import { changePolicy } from '../forward/content-security-policy.ts'
import { readReturnAddress } from '../forward/login-address.ts'
import { readPathPattern } from '../forward/path-patterns.ts'
import { createAddressRewriter } from '../forward/rewrite-addresses.ts'
import { toTarget } from '../forward/target.ts'
import { addressGroup, canonicalAddress, readTrustedProxies } from '../server/client-address.ts'
import { readRequest } from '../server/read-request.ts'
import { readTarget } from '../server/request-target.ts'
import { readSessionCookie } from '../session/cookie.ts'
import { readSite } from '../site.ts'
import { createSites } from '../sites/sites.ts'
import { createSealer } from '../store/seal.ts'
import { followFrames } from '../websocket/frames.ts'
import { readUpgrade } from '../websocket/handshake.ts'
import { createNotificationFilter } from '../websocket/notification-filter.ts'
import { configurationTarget } from './configuration-target.fixture.ts'
import { bytesOf, type FuzzTarget, hold, unlessRefused } from './target.fixture.ts'
import { tokenTargets } from './token-targets.fixture.ts'

const site = readSite('https://qlik.acme.example', ['https://www.acme.example'])
const sites = createSites([site])
const tenant = cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' })
const server = clientManaged({
  url: 'https://sense.acme.example',
  prefix: 'jwt',
  userDirectory: 'ACME',
  claims: { userId: 'userId', userDirectory: 'userDirectory' },
})
const lists = [tenant, server].map((deployment) =>
  createAllowList({ rules: productFor(deployment).gatewayRules }),
)
const rewriter = createAddressRewriter({ deploymentUrl: tenant.url, site })
const sealer = createSealer({ current: { id: 'a', key: new Uint8Array(32) } })
const cookieName = '__Host-jotgate'

/** The input once whole, and once in pieces whose lengths its own bytes give. */
function* pieces(input: Buffer): Iterable<Buffer> {
  for (let at = 0; at < input.length; ) {
    const length = 1 + ((input[at] ?? 0) % 7)
    yield input.subarray(at, at + length)
    at += length
  }
}

/** The first line is the target, the others are fields. */
function requestOf(input: string): IncomingMessage {
  const [url = '', ...lines] = input.split('\n')
  const rawHeaders = lines.flatMap((line) => {
    const at = line.indexOf(':')
    return [line.slice(0, at), line.slice(at + 1).trim()]
  })
  const socket = { remoteAddress: '192.0.2.1' }
  return { method: 'GET', httpVersion: '1.1', url, rawHeaders, socket } as never
}

const framesOf = (chunks: Iterable<Buffer>) => {
  const seen: string[] = []
  let before = 0
  const position = followFrames({
    begins: (opcode, at) => seen.push(`begins ${opcode} ${before + at}`),
    ends: (opcode, at) => seen.push(`ends ${opcode} ${before + at}`),
  })
  for (const chunk of chunks) {
    position.read(chunk)
    before += chunk.length
  }
  return JSON.stringify([seen, position.isBetweenFrames])
}

const rewritten = (chunks: Iterable<Buffer>) => {
  const stream = rewriter.createStream()
  const parts = [...chunks].map((chunk) => Buffer.from(stream.write(chunk)))
  return Buffer.concat([...parts, Buffer.from(stream.end())]).toString('latin1')
}

const filtered = (chunks: Iterable<Buffer>) => {
  const passed: Buffer[] = []
  const filter = createNotificationFilter({
    rewrite: () => undefined,
    pass: (bytes) => passed.push(Buffer.from(bytes)),
  })
  for (const chunk of chunks) filter.read(chunk)
  return Buffer.concat(passed)
}

/** Each parser that reads what others have written. */
export const fuzzTargets: readonly FuzzTarget[] = [
  {
    name: 'request',
    seeds: [
      '/api/v1/items?limit=10\nHost: qlik.acme.example\nCookie: __Host-jotgate=a',
      'https://qlik.acme.example/app/7f3c\nhost: qlik.acme.example\nConnection: Upgrade',
    ],
    check(input) {
      const incoming = requestOf(input)
      const read = unlessRefused(() => readRequest(incoming, { sites, kind: 'http' }))
      if (read === undefined) return
      const { path, query } = read
      hold(path.startsWith('/') && !path.startsWith('//'), 'the path begins with one slash')
      const url = new URL(`${site.publicUrl}${path}${query}`)
      hold(url.host === site.host, 'it stays at this host')
      const depthOf = (one: string) => one.split('/').length
      hold(depthOf(url.pathname) === depthOf(path), 'a browser makes no other path of it')
      for (const list of lists)
        unlessRefused(() => {
          const { verdict } = list.find('GET', path)
          hold(list.find('GET', path).verdict === verdict, 'it is decided once')
          hold(verdict !== 'listed' || list.covers(path), 'what is listed is covered')
        })
    },
  },
  {
    name: 'target',
    seeds: ['/api/v1/items?a=b&qlik-csrf-token=c', '/%61/b;c?x=%26&qlik%2Dcsrf-token=1'],
    check(input) {
      const read = unlessRefused(() => readTarget(input, 8192))
      if (read === undefined) return
      const drop = new Set(['qlik-csrf-token'])
      const made = toTarget(read.path, read.query, { drop, add: {} })
      hold(made.split('?', 1)[0] === read.path, 'the path is the one that was decided on')
      const { searchParams } = new URL(`${site.publicUrl}${made}`)
      const names = [...searchParams.keys()].map((name) => name.trim().toLowerCase())
      hold(!names.some((name) => drop.has(name)), 'a credential of the client goes no further')
    },
  },
  {
    name: 'cookie',
    seeds: [`a=b; ${cookieName}=${'x'.repeat(43)}; c=d`, `${cookieName}=${'y'.repeat(43)}`],
    check(input) {
      const secret = unlessRefused(() => readSessionCookie({ fields: [['cookie', input]] }))
      hold(secret === undefined || /^[\w-]{43}$/.test(secret), 'a secret has its form')
      hold(secret === undefined || input.includes(secret), 'it is in the field')
    },
  },
  {
    name: 'client-address',
    seeds: ['203.0.113.7, 10.0.0.1', '::ffff:10.0.0.1', 'fe80::1%eth0, 2001:db8::1'],
    check(input) {
      const { value } = readTrustedProxies('trustedProxies', ['127.0.0.1', '10.0.0.0/8'])
      const address = value?.readAddress('127.0.0.1', input) ?? ''
      hold(isIP(address) > 0, 'it is an address')
      hold(canonicalAddress(address) === address, 'it has one form')
      hold(addressGroup(address) !== '', 'it is counted')
    },
  },
  {
    name: 'path-pattern',
    seeds: ['/api/v1/apps/*', '/resources/**', '/a%2fb/:x'],
    check(input) {
      const read = readPathPattern(input)
      hold(typeof read === 'string' || read.segments.length > 0, 'a pattern has segments')
    },
  },
  {
    name: 'base-path',
    seeds: ['/jwt/hub/', '/jwt', '/jwt//evil.example', 'https://qlik.acme.example/jwt/\\evil'],
    check(input) {
      for (const base of [createBasePath('/jwt'), createBasePath('/jwt', { atRoot: true })]) {
        const below = base.below(input)
        if (below !== undefined)
          hold(base.toQlik(below).startsWith('/jwt'), 'nothing beside the prefix is reached')
        if (!input.startsWith(`${site.publicUrl}/`)) continue
        const given = new URL(base.fromQlik(input, site.publicUrl))
        hold(given.origin === new URL(input).origin, 'an address stays at its host')
      }
    },
  },
  {
    name: 'content-security-policy',
    seeds: [
      "default-src 'self'; frame-ancestors 'none'",
      'connect-src https://acme.eu.qlikcloud.com, a',
    ],
    check(input) {
      const changes = { frameAncestors: ['https://www.acme.example'], exchange: rewriter.inSource }
      const once = changePolicy(input, changes)
      const twice = changePolicy(once.value, changes)
      hold(once.value === twice.value, 'a policy that was changed stays as it is')
      hold(once.hasFrameAncestors === twice.hasFrameAncestors, 'and says the same')
    },
  },
  {
    name: 'return-address',
    seeds: ['/app', '//evil.example', 'https:/\\evil.example', 'https://www.acme.example/a?b#c'],
    check(input) {
      const address = readReturnAddress(input, site)
      hold(
        address === undefined || site.allows(new URL(address).origin),
        'it is of a listed origin',
      )
    },
  },
  {
    name: 'body',
    seeds: [
      '{"href":"https:\\/\\/acme.eu.qlikcloud.com\\/api"}',
      'wss://acme.eu.qlikcloud.com:443/',
    ],
    check(input) {
      const bytes = bytesOf(input)
      const whole = rewritten([bytes])
      hold(whole === rewritten(pieces(bytes)), 'it does not matter where a body is cut')
      hold(whole === rewriter.inText(input), 'a text is rewritten like a body')
    },
  },
  {
    name: 'frames',
    seeds: [
      '\x81\x02ab\x89\x00',
      '\x82\x7e\x00\x03abc\x88\x02\x03\xe8',
      '\x01\xff\0\0\0\0\0\0\0\x01mask!',
    ],
    check(input) {
      const bytes = bytesOf(input)
      hold(framesOf([bytes]) === framesOf(pieces(bytes)), 'it does not matter where bytes are cut')
    },
  },
  {
    name: 'notifications',
    seeds: ['\x81\x1b{"method":"OnConnected"}   \x81\x02{}', '\x81\x7e\x00\x02{}\x81\x05hello'],
    check(input) {
      const bytes = bytesOf(input)
      for (const passed of [filtered([bytes]), filtered(pieces(bytes))])
        hold(
          bytes.subarray(0, passed.length).equals(passed) && bytes.length - passed.length < 4200,
          'bytes are passed on as they came, and few are held',
        )
    },
  },
  {
    name: 'handshake',
    seeds: ['Upgrade\n13\ndGhlIHNhbXBsZSBub25jZQ==', 'keep-alive, upgrade\n8\nabc'],
    check(input) {
      const [connection = '', version = '', key = ''] = input.split('\n')
      const fields = new Map([
        ['connection', connection],
        ['sec-websocket-version', version],
        ['sec-websocket-key', key],
      ])
      const offer = unlessRefused(() => readUpgrade({ field: (name) => fields.get(name) }))
      if (offer !== undefined) hold(bytesOf(atob(offer.key)).length === 16, 'a key has 16 bytes')
    },
  },
  {
    name: 'subject-template',
    seeds: ['{subject}', '{directory}\\{subject}', 'a-{email}-{attributes.customer}', '{{'],
    check(input) {
      const { value: template } = readTemplate('subject', input)
      const made = template?.({ subject: 'ada', email: 'ada@acme.example', emailVerified: true })
      hold(made?.value !== '', 'nobody is the empty subject')
    },
  },
  {
    name: 'audit-start',
    seeds: [
      '{"format":1,"node":"a","boot":"b","part":1,"links":[{"file":"c","seq":1,"mac":"d"}]}',
      '{"format":1,"node":"a","boot":"b","part":2,"continues":{"file":"c","seq":9,"mac":"d"}}',
    ],
    check(input) {
      const start = readStart(bytesOf(input))
      hold(start === undefined || start.links.every(isPlace), 'each link names a line')
    },
  },
  {
    name: 'sealed-record',
    seeds: ['\x01'.padEnd(80, 's'), '\x02short'],
    check(input) {
      const place = { kind: 'session', id: 'a', expiresAt: 1 } as const
      const opened = sealer.open(place, { key: 'a', sealed: bytesOf(input) })
      hold(opened.text === undefined, 'what nobody has sealed does not open')
    },
  },
  ...tokenTargets,
  configurationTarget,
]
