import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createTransport } from '../../qlik/index.ts'
import { createAuthority, type TestAuthority } from '../../qlik/tls.fixture.ts'
import type { SigningKey } from '../../token/index.ts'
import type { DoctorOptions } from '../doctor-options.ts'
import { runChecks } from '../run-checks.ts'
import { networkChecks } from './network-checks.ts'
import { createNetworkContext } from './network-context.ts'

let authority: TestAuthority
let other: TestAuthority
beforeAll(async () => {
  authority = await createAuthority()
  other = await createAuthority('Another authority')
})

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})
afterAll(() => expect(closing).toEqual([]))

async function serve(listener: RequestListener = (_, answer) => answer.end('{}')) {
  const server = createServer(listener).listen(0, '127.0.0.1')
  closing.push(() => server.close().closeAllConnections())
  await once(server, 'listening')
  return { server, port: (server.address() as AddressInfo).port }
}

async function serveTls(wishes: { hosts?: string[]; notBefore?: Date; notAfter?: Date } = {}) {
  const { certificate: cert, key } = await authority.certify({
    name: 'qlik',
    hosts: ['localhost'],
    ...wishes,
  })
  const server = createSecureServer({ cert, key }, (_, answer) => answer.end('{}'))
  server.listen(0, '127.0.0.1')
  closing.push(() => server.close().closeAllConnections())
  await once(server, 'listening')
  return `https://localhost:${(server.address() as AddressInfo).port}`
}

/** What is said of an address, what is in order apart. */
async function examine(url: string, options: Partial<DoctorOptions> = {}) {
  const { ca, environment } = options
  const transport = await createTransport({
    ...(ca === undefined ? {} : { ca }),
    ...(environment === undefined ? {} : { environment }),
  })
  const context = createNetworkContext({ key: {} as SigningKey, transport, url, ...options })
  const found = []
  for await (const one of runChecks({ checks: networkChecks, context })) found.push(one)
  await transport.close()
  return found.filter(({ verdict }) => verdict === 'failed' || verdict === 'warning')
}

const day = 86_400_000

describe('the checks of the network', () => {
  it('find nothing at an address that answers, over http and over https', async () => {
    const { port } = await serve()
    expect(await examine(`http://localhost:${port}`)).toEqual([])
    expect(await examine(await serveTls(), { ca: authority.ca })).toEqual([])
  })

  it('name a host name without address', async () => {
    const lookup = () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }))
    expect(await examine('https://acmee.eu.qlikcloud.com', { lookup })).toEqual([
      expect.objectContaining({
        check: 'network-name',
        title: 'The host name acmee.eu.qlikcloud.com has no address',
        evidence: 'DNS: ENOTFOUND',
      }),
    ])
  })

  it('name a port at which nothing listens', async () => {
    const { server, port } = await serve()
    server.close()
    await once(server, 'close')
    expect(await examine(`http://localhost:${port}`)).toMatchObject([
      { check: 'network-connection', evidence: 'TCP: ECONNREFUSED' },
    ])
  })

  it.each([
    ['has expired', { notAfter: new Date(Date.now() - day) }, 'CERT_HAS_EXPIRED'],
    ['is not valid yet', { notBefore: new Date(Date.now() + day) }, 'CERT_NOT_YET_VALID'],
    ['is for another host name', { hosts: ['qlik.acme.example'] }, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ])('name a certificate that %s', async (words, wishes, code) => {
    const url = await serveTls({ notBefore: new Date(Date.now() - 2 * day), ...wishes })
    expect(await examine(url, { ca: authority.ca })).toMatchObject([
      {
        check: 'network-certificate',
        title: `The certificate of localhost ${words}`,
        evidence: expect.stringContaining(code),
      },
    ])
  })

  it('warn of a certificate that expires soon', async () => {
    const url = await serveTls({ notAfter: new Date(Date.now() + 3.5 * day) })
    expect(await examine(url, { ca: authority.ca })).toMatchObject([
      { verdict: 'warning', title: 'The certificate of localhost expires in 3 days' },
    ])
  })

  it('say how a private authority is made known', async () => {
    expect(await examine(await serveTls(), { ca: other.ca })).toMatchObject([
      {
        check: 'network-certificate',
        title: expect.stringContaining('an authority that is not known here'),
        hint: expect.stringContaining('--ca-file'),
      },
    ])
  })

  it('name what speaks no TLS', async () => {
    const { port } = await serve()
    expect(await examine(`https://localhost:${port}`)).toMatchObject([
      { check: 'network-certificate', title: 'What listens at localhost does not speak TLS' },
    ])
  })

  it.each([
    [407, 'wants a user and a password'],
    [403, 'opens no way to acme.example'],
  ])('name a proxy server that answers %i', async (status, words) => {
    const { server, port } = await serve()
    server.on('connect', (_, socket) => socket.end(`HTTP/1.1 ${status} No\r\n\r\n`))
    const environment = { HTTPS_PROXY: `http://user:secret@127.0.0.1:${port}` }
    const found = await examine('https://acme.example', { environment })
    expect(found).toMatchObject([
      { check: 'network-connection', title: expect.stringContaining(words) },
    ])
    expect(JSON.stringify(found)).not.toContain('secret')
  })

  it('go through a proxy server that speaks TLS itself, and name one that is not trusted', async () => {
    const { certificate: cert, key } = await authority.certify({
      name: 'proxy',
      hosts: ['localhost'],
    })
    const server = createSecureServer({ cert, key }).listen(0, '127.0.0.1')
    closing.push(() => server.close().closeAllConnections())
    await once(server, 'listening')
    server.on('connect', ({ url }, socket) => {
      const onward = connect(Number(url?.split(':')[1]), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        onward.pipe(socket).pipe(onward)
      })
      onward.on('error', () => socket.destroy())
      socket.on('error', () => onward.destroy())
    })
    const { port } = server.address() as AddressInfo
    const environment = { HTTPS_PROXY: `https://localhost:${port}` }
    const url = await serveTls()
    expect(await examine(url, { ca: authority.ca, environment })).toEqual([])
    expect(await examine(url, { ca: other.ca, environment })).toMatchObject([
      {
        check: 'network-connection',
        title: `The proxy server localhost:${port} does not prove who it is`,
        evidence: expect.stringContaining('UNABLE_TO_VERIFY_LEAF_SIGNATURE'),
        hint: expect.stringContaining('--ca-file'),
      },
    ])
  })

  it.each([
    [511, 'A network between wants a log-in before'],
    [502, 'What stands before Qlik'],
  ])('name what answers in its place with %i', async (status, words) => {
    const { port } = await serve((_, answer) => answer.writeHead(status).end('<html>'))
    expect(await examine(`http://localhost:${port}`)).toMatchObject([
      { check: 'network-answer', title: expect.stringContaining(words) },
    ])
  })

  it.each([
    [-20, 'failed', /20 s ahead of Qlik’s: tokens are not valid yet/],
    [300, 'failed', /300 s behind Qlik’s: tokens have expired/],
    [-8, 'warning', /8 s ahead of Qlik’s$/],
    [3, undefined, /./],
  ])('compare the clocks: Qlik’s is %i s further', async (seconds, verdict, title) => {
    const { port } = await serve((_, answer) => {
      answer.setHeader('date', new Date(1_700_000_000_000 + seconds * 1000).toUTCString()).end('{}')
    })
    const found = await examine(`http://localhost:${port}`, { clock: () => 1_700_000_000_500 })
    expect(found.map((one) => one.verdict)).toEqual(verdict === undefined ? [] : [verdict])
    if (found[0] !== undefined) expect(found[0].title).toMatch(title)
  })
})
