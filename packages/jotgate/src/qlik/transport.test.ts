import { createServer as createHttpServer, type Server } from 'node:http'
import { createServer } from 'node:https'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { Dispatcher } from 'undici'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import { callQlik } from './http.ts'
import { type CertifiedKey, createAuthority, type TestAuthority } from './tls.fixture.ts'
import { createTransport, type TransportOptions } from './transport.ts'

let authority: TestAuthority
let serverKey: CertifiedKey
let client: CertifiedKey
beforeAll(async () => {
  authority = await createAuthority()
  serverKey = await authority.certify({ name: 'server', hosts: ['localhost'] })
  client = await authority.certify({ name: 'QlikClient' })
})

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** A server of Qlik's kind: it answers with the name in the client's certificate, and echoes on sockets. */
async function startServer(wantsCertificate: boolean): Promise<string> {
  const server = createServer(
    {
      cert: serverKey.certificate,
      key: serverKey.key,
      ca: authority.ca,
      requestCert: wantsCertificate,
      rejectUnauthorized: wantsCertificate,
    },
    (request, response) => {
      const { CN } = (request.socket as TLSSocket).getPeerCertificate().subject ?? {}
      response.setHeader('x-port', String(request.socket.remotePort))
      response.end(String(CN ?? 'nobody'))
    },
  )
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket, request) => {
    const { cookie, origin } = request.headers
    socket.send(JSON.stringify({ cookie, origin, path: request.url }))
  })
  return `https://localhost:${await listen(server)}`
}

/** A proxy server as companies have them; it notes where it was asked to. */
async function startProxy(): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = []
  const server = createHttpServer()
  server.on('connect', (request, socket: Socket) => {
    asked.push(request.url ?? '')
    const [, port] = (request.url ?? '').split(':')
    const upstream = connect(Number(port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      upstream.pipe(socket).pipe(upstream)
    })
    for (const one of [socket, upstream]) one.on('error', () => one.destroy())
    socket.on('close', () => upstream.destroy())
  })
  return { url: `http://localhost:${await listen(server)}`, asked }
}

async function listen(server: Server): Promise<number> {
  const open = new Set<Socket>()
  server.on('connection', (socket: Socket) => open.add(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(async () => {
    const closed = new Promise((resolve) => server.close(resolve))
    for (const socket of open) socket.destroy()
    return closed
  })
  return (server.address() as AddressInfo).port
}

async function transportWith(options: TransportOptions) {
  const transport = await createTransport(options)
  closing.unshift(() => transport.close())
  return transport
}

async function call(url: string, options: TransportOptions): Promise<string> {
  const { fetch } = await transportWith(options)
  return (await callQlik({ url: new URL('/x', url), headers: {} }, { fetch })).text
}

describe('a transport', () => {
  it('trusts an authority that is named, and no other', async () => {
    const url = await startServer(false)
    expect(await call(url, { ca: authority.ca })).toBe('nobody')
    // The second has the same name, as when an installation has made its authority again.
    const others = [await createAuthority('Other'), await createAuthority()]
    for (const ca of [undefined, ...others.map((other) => other.ca)])
      await expect(call(url, { ca })).rejects.toMatchObject({
        code: 'ERR_QLIK_UNREACHABLE',
        message: expect.stringContaining('--ca-file'),
      })
  })

  it('trusts the authority under the name that its certificate has, and under no other', async () => {
    const url = (await startServer(false)).replace('localhost', '127.0.0.1')
    await expect(call(url, { ca: authority.ca })).rejects.toMatchObject({
      message: expect.stringContaining('its certificate is for another host name'),
    })
  })

  it('shows a client certificate where one is wanted', async () => {
    const url = await startServer(true)
    const clientCertificate = client
    expect(await call(url, { ca: authority.ca, clientCertificate })).toBe('QlikClient')
    const foreign = await (await createAuthority()).certify({ name: 'QlikClient' })
    for (const wrong of [undefined, foreign])
      await expect(call(url, { ca: authority.ca, clientCertificate: wrong })).rejects.toMatchObject(
        {
          code: 'ERR_QLIK_UNREACHABLE',
        },
      )
  })

  it('opens web sockets the same way, with header fields', async () => {
    const url = await startServer(true)
    const { openSocket } = await transportWith({ ca: authority.ca, clientCertificate: client })
    const headers = { cookie: 'a=b', origin: url }
    expect(await firstMessage(openSocket(`${url.replace('https', 'wss')}/app/x`, headers))).toBe(
      JSON.stringify({ ...headers, path: '/app/x' }),
    )
  })

  it.each(['HTTPS_PROXY', 'https_proxy'])('goes through %s, sockets too', async (name) => {
    const url = await startServer(false)
    const proxy = await startProxy()
    const { host } = new URL(url)
    const options = { ca: authority.ca, environment: { [name]: proxy.url } }
    expect(await call(url, options)).toBe('nobody')
    const { openSocket } = await transportWith(options)
    await firstMessage(openSocket(`${url.replace('https', 'wss')}/app/x`, {}))
    expect(proxy.asked).toEqual([host, host])
  })

  it('reaches names below localhost, which the system may not know', async () => {
    const server = createHttpServer((request, response) => response.end(request.headers.host))
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    const { port } = server.address() as AddressInfo
    const { fetch, close } = await createTransport({})
    const host = `tenant.cloud.localhost:${port}`
    expect(await (await fetch(`http://${host}/`)).text()).toBe(host)
    await close()
    server.close()
  })

  it.each(['straight', 'through a proxy server'])(
    'makes connections that no two dispatchers share, %s',
    async (way) => {
      const url = await startServer(true)
      const proxy = await startProxy()
      const environment = way === 'straight' ? {} : { HTTPS_PROXY: proxy.url }
      const options = { ca: authority.ca, clientCertificate: client, environment }
      const { createDispatcher } = await transportWith(options)
      const ask = (dispatcher: Dispatcher) =>
        dispatcher.request({ origin: url, path: '/', method: 'GET' })
      const ports = new Set<string>()
      for (const dispatcher of [createDispatcher(url), createDispatcher(url)]) {
        closing.push(() => dispatcher.close())
        for (let time = 0; time < 2; time++) {
          const { headers, body } = await ask(dispatcher)
          expect(await body.text()).toBe('QlikClient')
          ports.add(String(headers['x-port']))
        }
      }
      expect(ports.size).toBe(2)
      expect(proxy.asked).toHaveLength(way === 'straight' ? 0 : 2)
    },
  )

  it('makes no connection to a server that it does not trust', async () => {
    const { createDispatcher } = await transportWith({})
    const dispatcher = createDispatcher(await startServer(false))
    closing.push(() => dispatcher.close())
    const asked = dispatcher.request({ origin: '', path: '/', method: 'GET' })
    await expect(asked).rejects.toMatchObject({ code: expect.stringMatching(/CERT|VERIFY/) })
  })

  it('goes past the proxy server where NO_PROXY says so', async () => {
    const url = await startServer(false)
    const proxy = await startProxy()
    for (const NO_PROXY of ['localhost', '*', `other.example,${new URL(url).host}`]) {
      const environment = { HTTPS_PROXY: proxy.url, NO_PROXY }
      expect(await call(url, { ca: authority.ca, environment })).toBe('nobody')
    }
    expect(proxy.asked).toEqual([])
  })

  it('takes no proxy server from the environment of the process', async () => {
    const url = await startServer(false)
    const before = process.env.HTTPS_PROXY
    process.env.HTTPS_PROXY = 'http://localhost:1'
    try {
      const environment = { HTTP_PROXY: 'http://localhost:1', no_proxy: 'localhost' }
      expect(await call(url, { ca: authority.ca, environment })).toBe('nobody')
      expect(await call(url, { ca: authority.ca })).toBe('nobody')
    } finally {
      if (before === undefined) delete process.env.HTTPS_PROXY
      else process.env.HTTPS_PROXY = before
    }
  })

  it('says what is wrong with its options, and repeats none of it', async () => {
    const secret = '-----BEGIN PRIVATE KEY-----\nTOPSECRET\n-----END PRIVATE KEY-----'
    const broken = '-----BEGIN CERTIFICATE-----\nTOPSECRET\n-----END CERTIFICATE-----'
    const other = await authority.certify({ name: 'other' })
    const wrong: [TransportOptions, string][] = [
      [{ ca: 'TOPSECRET' }, 'ca'],
      [{ ca: broken }, 'ca'],
      [{ clientCertificate: { ...client, certificate: secret } }, 'clientCertificate.certificate'],
      [{ clientCertificate: { ...client, key: secret } }, 'clientCertificate.key'],
      [{ clientCertificate: { ...client, key: other.key } }, 'clientCertificate.key'],
      [{ environment: { HTTPS_PROXY: 'socks://TOPSECRET' } }, 'environment.HTTPS_PROXY'],
    ]
    for (const [options, option] of wrong) {
      const error = await createTransport(options).catch((one: unknown) => one)
      expect(error).toMatchObject({ code: 'ERR_QLIK_OPTION', details: { option } })
      expect(String(error)).not.toContain('TOPSECRET')
    }
  })
})

function firstMessage(socket: WebSocket): Promise<string> {
  return new Promise((resolve, reject) => {
    socket.addEventListener('message', ({ data }) => {
      socket.close()
      resolve(String(data))
    })
    socket.addEventListener('error', () => reject(new Error('no socket')))
  })
}
