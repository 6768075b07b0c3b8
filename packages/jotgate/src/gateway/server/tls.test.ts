import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { Agent, get as ask } from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ConnectionOptions, connect as connectTls, getCiphers, type TLSSocket } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { type CertifiedKey, createAuthority, type TestAuthority } from '../../qlik/tls.fixture.ts'
import { readSite } from '../site.ts'
import { type Front, frontHost, startFront } from './front.fixture.ts'
import { sendRaw } from './raw-client.fixture.ts'
import { slowLimits } from './slow-clients.ts'
import { createTls, type TlsCertificates } from './tls.ts'
import { logExpiry } from './tls-expiry.ts'

const otherHost = 'other.acme.localhost'
const head = `GET / HTTP/1.1\r\nHost: ${frontHost}\r\n`
const whole = `${head}Connection: close\r\n\r\n`
const siteOf = (host: string) => readSite(`https://${host}:8443`, [])
const days = (count: number) => new Date(Date.now() + count * 86_400_000)

let folder: string
let authority: TestAuthority
let pair: CertifiedKey
let otherPair: CertifiedKey
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jotgate-tls-'))
  authority = await createAuthority()
  pair = await authority.certify({ name: 'one', hosts: [frontHost] })
  otherPair = await authority.certify({ name: 'other', hosts: [otherHost] })
})
afterAll(() => rm(folder, { recursive: true }))

const fronts: Front[] = []
afterEach(async () => {
  vi.useRealTimers()
  await Promise.all(fronts.splice(0).map((front) => front.close()))
})

async function start({
  certificates = [pair, otherPair],
  hosts = [frontHost, otherHost],
  ...options
}: Parameters<typeof startFront>[0] & {
  certificates?: TlsCertificates
  hosts?: readonly string[]
} = {}) {
  const tls = createTls(certificates, { sites: hosts.map(siteOf) })
  const front = await startFront({ ...options, tls })
  fronts.push(front)
  return { front, tls, port: front.port }
}

/** A client that verifies the certificate, as each of them does. */
const open = (port: number, options: ConnectionOptions = {}): TLSSocket =>
  connectTls({
    port,
    host: '127.0.0.1',
    ca: authority.ca,
    servername: frontHost,
    ...options,
  }).on('error', () => {})

async function handshake(port: number, options: ConnectionOptions = {}) {
  const socket = open(port, options)
  const end = await Promise.race([
    once(socket, 'secureConnect').then(() => undefined),
    once(socket, 'close').then(() => 'refused'),
    new Promise<string>((resolve) => socket.once('error', (error) => resolve(error.message))),
  ])
  const seen = {
    end,
    protocol: socket.getProtocol(),
    cipher: socket.getCipher()?.name,
    alpn: socket.alpnProtocol,
    name: socket.getPeerCertificate()?.subject?.CN,
  }
  socket.destroy()
  return seen
}

/** What another implementation's client says: openssl of this machine. */
async function runClient(port: number, options: readonly string[], input: string): Promise<string> {
  const file = join(folder, 'ca.pem')
  await writeFile(file, authority.ca)
  const command = ['s_client', '-connect', `127.0.0.1:${port}`, '-servername', frontHost]
  const child = spawn('openssl', [...command, '-CAfile', file, ...options])
  let output = ''
  const done = once(child, 'close')
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output += chunk
    })
  // Read when the handshake is done.
  child.stdin.write(input)
  await done
  return output
}

describe('a gateway that serves TLS', () => {
  it('speaks TLS 1.2 and 1.3, HTTP/1.1 alone', async () => {
    const { front, port } = await start()
    expect(front.url).toBe(`https://127.0.0.1:${port}`)
    expect(await sendRaw(port, whole, { open })).toMatch(/^HTTP\/1\.1 200 [\s\S]*taken/)
    const found = await handshake(port, { ALPNProtocols: ['h2', 'http/1.1'] })
    expect(found).toMatchObject({ end: undefined, protocol: 'TLSv1.3', alpn: 'http/1.1' })
    expect(await handshake(port, { maxVersion: 'TLSv1.2' })).toMatchObject({
      protocol: 'TLSv1.2',
      cipher: expect.stringMatching(/^ECDHE-.*(?:GCM|POLY1305)/),
    })
    expect((await handshake(port, { ALPNProtocols: ['h2'] })).end).toMatch(
      /no application protocol/,
    )
    for (const version of ['TLSv1', 'TLSv1.1'] as const) {
      const old = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT:@SECLEVEL=0' }
      expect((await handshake(port, old)).end, version).toMatch(/protocol version/)
    }
    expect(front.counts.failedHandshakes).toBe(3)
  })

  it('takes ciphers with forward secrecy and authenticated encryption alone', async () => {
    const rsaPair = await authority.certify({ name: 'r', hosts: [otherHost], key: 'RSA-2048' })
    const { port } = await start({ certificates: [pair, rsaPair] })
    const taken: string[] = []
    const refused: string[] = []
    const names = getCiphers().filter((name) => !name.startsWith('tls_'))
    for (const servername of [frontHost, otherHost])
      for (const cipher of names) {
        const ciphers = `${cipher.toUpperCase()}:@SECLEVEL=0`
        const { end } = await handshake(port, { servername, maxVersion: 'TLSv1.2', ciphers })
        if (end === undefined) taken.push(cipher)
        else refused.push(cipher)
      }
    expect(taken.sort()).toEqual([
      'ecdhe-ecdsa-aes128-gcm-sha256',
      'ecdhe-ecdsa-aes256-gcm-sha384',
      'ecdhe-ecdsa-chacha20-poly1305',
      'ecdhe-rsa-aes128-gcm-sha256',
      'ecdhe-rsa-aes256-gcm-sha384',
      'ecdhe-rsa-chacha20-poly1305',
    ])
    expect(refused.length).toBeGreaterThan(40)
  })

  it('has a certificate for each of its host names, and for no other', async () => {
    const { front, port } = await start()
    expect((await handshake(port)).name).toBe('one')
    expect((await handshake(port, { servername: otherHost })).name).toBe('other')
    const upper = { servername: otherHost.toUpperCase(), checkServerIdentity: () => undefined }
    expect((await handshake(port, upper)).name).toBe('other')
    const strange = { servername: 'evil.example', checkServerIdentity: () => undefined }
    expect(await handshake(port, strange)).toMatchObject({
      end: expect.any(String),
      name: undefined,
    })
    // A health check by address names nobody.
    const unnamed = { servername: '', checkServerIdentity: () => undefined }
    expect((await handshake(port, unnamed)).name).toBe('one')
    expect(front.counts.failedHandshakes).toBe(1)
  })

  it('tells whoever speaks plain HTTP to it', async () => {
    const { front, port } = await start()
    const answer = await sendRaw(port, `${head}Cookie: a=secret\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 400 [\s\S]*ERR_GATEWAY_PLAIN_HTTP[\s\S]*https:\/\//)
    expect(answer).not.toContain('secret')
    for (const bytes of ['SSH-2.0-OpenSSH_9.6\r\n', '\0'.repeat(100), 'PRI * HTTP/2.0\r\n\r\n'])
      expect(await sendRaw(port, bytes)).not.toContain('HTTP/1.1 2')
    expect(front.taken).toEqual([])
    await expect.poll(() => front.counts.connections).toBe(0)
    expect(await sendRaw(port, whole, { open })).toContain('taken')
  })

  it('negotiates nothing again, and takes no early data, as openssl sees it', async () => {
    const { port } = await start()
    const renegotiated = await runClient(port, ['-tls1_2'], 'R\n')
    for (const part of [
      /Protocol *: TLSv1\.2/,
      /Verification: OK/,
      /Compression: NONE/,
      /Extended master secret: yes/,
      /RENEGOTIATING/,
      /:no renegotiation:/,
    ])
      expect(renegotiated).toMatch(part)
    const early = await runClient(port, ['-tls1_3'], whole)
    expect(early).toContain('taken')
    expect(early).toContain('Max Early Data: 0')
    expect(early).not.toMatch(/Max Early Data: [1-9]/)
  })

  it('resumes a session, until the keys of its tickets are renewed', async () => {
    vi.useFakeTimers({ toFake: ['setInterval'] })
    const { port } = await start({ certificates: pair, hosts: [frontHost] })
    const first = open(port)
    const [session] = await Promise.all([
      new Promise<Buffer>((resolve) => first.once('session', resolve)),
      first.write(whole),
    ])
    const isReused = async () => {
      const socket = open(port, { session })
      await once(socket, 'secureConnect')
      const answer = socket.isSessionReused()
      socket.destroy()
      return answer
    }
    expect(await isReused()).toBe(true)
    vi.advanceTimersByTime(3_600_000)
    expect(await isReused()).toBe(false)
  })

  it('carries web sockets', async () => {
    const { port } = await start({
      core: {
        async upgrade(_request, socket) {
          socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n')
          socket.pipe(socket)
        },
      },
    })
    const bytes = `${head}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`
    const socket = open(port)
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk
    })
    socket.write(bytes)
    await expect.poll(() => answer).toContain('101')
    socket.write('hello')
    await expect.poll(() => answer).toMatch(/hello$/)
    socket.destroy()
  })
})

describe('new certificates of a gateway that runs', () => {
  it('lose no request, and are those of the next connection', async () => {
    const { tls, port } = await start({ certificates: pair, hosts: [frontHost] })
    const next = await authority.certify({ name: 'two', hosts: [frontHost] })
    const agent = new Agent({ keepAlive: true, maxSockets: 4, ca: authority.ca })
    const get = (options: object) =>
      new Promise<number | undefined>((resolve, reject) => {
        const options_ = { port, host: '127.0.0.1', servername: frontHost, ca: authority.ca }
        ask({ ...options_, headers: { host: frontHost }, ...options }, (answer) => {
          answer.resume().once('end', () => resolve(answer.statusCode))
        }).once('error', reject)
      })
    const asked: Promise<number | undefined>[] = []
    for (let i = 0; i < 100; i += 1) {
      asked.push(get({ agent }), get({ agent: false }))
      tls.replace(i % 2 === 0 ? next : pair)
      if (i % 10 === 9) await Promise.all(asked)
    }
    expect(new Set(await Promise.all(asked))).toEqual(new Set([200]))
    agent.destroy()
    expect((await handshake(port)).name).toBe('one')
    tls.replace(next)
    expect((await handshake(port)).name).toBe('two')
    expect((await handshake(port, { servername: '' })).name).toBe(undefined)
  })

  it('are refused for an address without https', () => {
    const sites = [siteOf(otherHost), readSite(`http://${frontHost}`, [])]
    expect(() => createTls([pair, otherPair], { sites })).toThrow(
      /^The option publicUrl is http:\/\/qlik\.acme\.localhost, and TLS is served/,
    )
    expect(() => createTls(pair, { sites: [siteOf(frontHost), siteOf(otherHost)] })).toThrow(
      /has no certificate for other\.acme\.localhost/,
    )
  })

  it('change nothing when one of them is wrong', async () => {
    const { tls, port } = await start({ certificates: pair, hosts: [frontHost] })
    const expired = await authority.certify({
      name: 'expired',
      hosts: [frontHost],
      notBefore: days(-2),
      notAfter: days(-1),
    })
    for (const wrong of [expired, otherPair, { ...pair, key: otherPair.key }, []])
      expect(() => tls.replace(wrong as TlsCertificates)).toThrow(
        expect.objectContaining({ code: 'ERR_GATEWAY_TLS' }),
      )
    expect((await handshake(port)).name).toBe('one')
  })
})

describe('limits with TLS', () => {
  it('G-F12 cuts handshakes that are never done', async () => {
    const { front, port } = await start({ limits: { handshakeTimeoutMs: 200 } })
    const hello = Buffer.from('160301020001', 'hex')
    const answers = await Promise.all([sendRaw(port, ''), sendRaw(port, hello)])
    expect(answers).toEqual(['', ''])
    expect(front.counts.failedHandshakes).toBe(2)
    await expect.poll(() => front.counts.connections).toBe(0)
  })

  it('G-F12 cuts heads and bodies that come too slowly', async () => {
    const { front, port } = await start({
      limits: { headersTimeoutMs: 1_000, slow: { ...slowLimits, bodyWindowMs: 500 } },
    })
    const post = `POST / HTTP/1.1\r\nHost: ${frontHost}\r\nContent-Length: 9999\r\n\r\n`
    const answers = await Promise.all(
      ['', head, post].map((bytes) => sendRaw(port, bytes, { open })),
    )
    for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 408 /)
    expect(front.counts.slowClients).toBe(1)
    await expect.poll(() => front.counts.connections).toBe(0)
  })

  it('G-F12 cuts clients that take no answer', async () => {
    const { front, port } = await start({
      limits: { slow: { ...slowLimits, answerWindowMs: 500 } },
      core: {
        async handle(_request, response) {
          const chunk = Buffer.alloc(65_536)
          const closed = once(response, 'close')
          while (!response.destroyed) {
            if (!response.write(chunk)) await Promise.race([once(response, 'drain'), closed])
          }
        },
      },
    })
    const socket = open(port)
    await once(socket, 'secureConnect')
    socket.pause().write(whole)
    await expect.poll(() => front.taken.length).toBe(1)
    await expect.poll(() => front.counts.connections).toBe(0)
    socket.destroy()
  })

  it('lets an answer last that is slow because Qlik is', async () => {
    let finish = () => {}
    const { port } = await start({
      limits: { slow: { bodyWindowMs: 200, minBytes: 2_400, answerWindowMs: 200 } },
      core: {
        async handle(_request, response) {
          response.write('first')
          await new Promise<void>((resolve) => {
            finish = resolve
          })
          response.end('last')
        },
      },
    })
    const other = await start({ limits: { headersTimeoutMs: 300 } })
    const waiting = sendRaw(port, whole, { open })
    // Two sweeps have passed when these are cut.
    await sendRaw(other.port, 'GET', { open })
    await sendRaw(other.port, 'GET', { open })
    finish()
    expect(await waiting).toMatch(/first[\s\S]*last/)
  })

  it('G-F13 limits handshakes and connections of one address', async () => {
    const { front, port } = await start({
      limits: { handshakes: { perSecond: 0.01, burst: 3 }, maxConnectionsPerAddress: 2 },
    })
    const two = [open(port), open(port)]
    for (const socket of two) await once(socket, 'secureConnect')
    expect((await handshake(port)).end).toBeDefined()
    expect(front.counts).toMatchObject({ connections: 2, refusedConnections: 1 })
    for (const socket of two) socket.destroy()
    await expect.poll(() => front.counts.connections).toBe(0)
    expect((await handshake(port)).end).toBeUndefined()
    expect((await handshake(port)).end).toBeDefined()
    expect(front.counts.refusedConnections).toBe(2)
    const trusting = await start({
      limits: { handshakes: { perSecond: 0.01, burst: 1 } },
      isTrustedPeer: () => true,
    })
    for (let i = 0; i < 3; i += 1) expect((await handshake(trusting.port)).end).toBeUndefined()
  })

  it('G-F15 waits for no handshake when it closes', async () => {
    const { front, port } = await start()
    const socket = connect(port, '127.0.0.1').on('error', () => {})
    const closed = once(socket, 'close')
    await expect.poll(() => front.counts.connections).toBe(1)
    await front.close()
    await closed
  })
})

describe('certificates that expire', () => {
  it('are told once a day from 30 days before', async () => {
    const soon = await authority.certify({ name: 'x', hosts: [frontHost], notAfter: days(29) })
    const later = await authority.certify({ name: 'x', hosts: [otherHost], notAfter: days(40) })
    let now = Date.now()
    const tls = createTls([{ ...soon, source: '/etc/qlik.pem' }, later], {
      sites: [frontHost, otherHost].map(siteOf),
      clock: () => now,
    })
    const lines: unknown[] = []
    logExpiry(tls, { warn: (line: unknown) => lines.push(line) })()
    const day = days(29).toISOString().slice(0, 10)
    expect(lines).toEqual([`The certificate of ${frontHost} (/etc/qlik.pem) expires on ${day}`])
    now += 31 * 86_400_000
    expect(tls.notices()).toEqual([
      expect.stringMatching(/has expired on/),
      expect.stringMatching(new RegExp(`${otherHost} \\(tls\\) expires on`)),
    ])
    expect(Math.abs(tls.expiresAt - days(29).getTime())).toBeLessThan(10_000)
  })
})
