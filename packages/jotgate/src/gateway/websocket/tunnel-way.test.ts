import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { beforeAll, describe, expect, it } from 'vitest'
import { createTransport } from '../../qlik/index.ts'
import { type CertifiedKey, createAuthority, type TestAuthority } from '../../qlik/tls.fixture.ts'
import { openTunnelStage } from './tunnel-stage.fixture.ts'

let authority: TestAuthority
let tls: CertifiedKey

beforeAll(async () => {
  authority = await createAuthority()
  tls = await authority.certify({ name: 'Qlik', hosts: ['localhost'] })
})

/** A proxy server that carries what CONNECT asks for. */
async function startProxy() {
  const asked: string[] = []
  const server = createServer().on('connect', (request, socket) => {
    asked.push(request.url ?? '')
    const upstream = connect(Number(request.url?.split(':')[1]), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      upstream.pipe(socket).pipe(upstream)
    })
    for (const one of [socket, upstream]) one.on('error', () => one.destroy())
    socket.on('close', () => upstream.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://localhost:${(server.address() as AddressInfo).port}`
  return { url, asked, [Symbol.dispose]: () => void server.close() }
}

describe('the way to Qlik', () => {
  it.each(['straight', 'through a proxy server'])(
    'is TLS by a private authority, %s',
    async (way) => {
      using proxy = await startProxy()
      const environment = way === 'straight' ? {} : { HTTPS_PROXY: proxy.url }
      const transport = await createTransport({ ca: authority.ca, environment })
      await using stage = (await openTunnelStage({ tls, transport })).echo()
      const { client } = await stage.open()
      for (const text of ['first', 'x'.repeat(300_000)]) {
        const answer = once(client, 'message')
        client.send(text)
        expect(String((await answer)[0])).toBe(text)
      }
      expect(proxy.asked).toEqual(way === 'straight' ? [] : [stage.url.replace('https://', '')])
      const closed = once(client, 'close')
      stage.session.end('revoked')
      expect((await closed)[0]).toBe(4006)
      await expect.poll(() => stage.tunnels.count).toBe(0)
      await transport.close()
    },
  )

  it('is refused where the authority is not trusted: 502', async () => {
    await using stage = await openTunnelStage({ tls })
    const [, answer] = await once(
      stage.connect().on('error', () => undefined),
      'unexpected-response',
    )
    expect(answer.statusCode).toBe(502)
    expect(stage.errors).toMatchObject([{ code: 'ERR_GATEWAY_QLIK_UNREACHABLE' }])
    expect(stage.upgrades).toEqual([])
  })

  it('is refused where nobody answers: 502', async () => {
    await using stage = await openTunnelStage()
    await stage.stopQlik()
    const [, answer] = await once(
      stage.connect().on('error', () => undefined),
      'unexpected-response',
    )
    expect(answer.statusCode).toBe(502)
  })
})
