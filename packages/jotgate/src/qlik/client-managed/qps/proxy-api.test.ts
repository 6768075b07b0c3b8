import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import {
  byRoute,
  type ReceivedRequest,
  type Script,
  type ScriptedServer,
  startScriptedServer,
} from '../../scripted-server.fixture.ts'
import { createAuthority } from '../../tls.fixture.ts'
import { createTransport } from '../../transport.ts'
import { createProxyApi, type ProxyApi } from './proxy-api.ts'

const ada = { userDirectory: 'ACME', userId: 'a/da' }
const id = 'eccfad38-8851-4064-85fd-79c1d0a6bc84'
const asQlik = {
  UserDirectory: 'ACME',
  UserId: 'a/da',
  SessionId: id,
  Attributes: [{ Group: 'sales' }, { Group: 'board' }, { Empty: '' }],
}
const session = {
  ...ada,
  sessionId: id,
  attributes: [
    { name: 'Group', value: 'sales' },
    { name: 'Group', value: 'board' },
    { name: 'Empty', value: '' },
  ],
}

let server: ScriptedServer | undefined
let node: ProxyApi
afterEach(async () => {
  await server?.close()
  server = undefined
})
async function start(routes: Record<string, Script>): Promise<void> {
  server = await startScriptedServer(byRoute(routes))
  node = createProxyApi({ url: server.url })
}

describe('the proxy API', () => {
  it('lists sessions by virtual proxy and by user, in either case of names', async () => {
    const lower = Object.fromEntries(
      Object.entries(asQlik).map(([name, value]) => [name.toLowerCase(), value]),
    )
    await start({
      'GET /qps/session': () => ({ body: [] }),
      'GET /qps/jwt/session': () => ({ body: [asQlik, lower] }),
      'GET /qps/jwt/user/ACME/a%2Fda': () => ({ body: [{ ...asQlik, Attributes: null }] }),
    })
    expect(await node.listSessions('')).toEqual([])
    expect(await node.listSessions('jwt')).toEqual([session, session])
    expect(await node.listUserSessions('jwt', ada)).toEqual([{ ...session, attributes: [] }])
    const [, , request] = server?.requests ?? []
    const { path, headers } = request as ReceivedRequest
    expect(path).toMatch(/\?xrfkey=[0-9A-Za-z]{16}$/)
    expect(path.endsWith(String(headers['x-qlik-xrfkey']))).toBe(true)
  })

  it('ends a session, all of a user, and says what there was', async () => {
    await start({
      [`DELETE /qps/jwt/session/${id}`]: () => ({ status: 200, body: {} }),
      'DELETE /qps/jwt/user/ACME/a%2Fda': () => ({ body: [asQlik] }),
      'DELETE /qps/jwt/user/ACME/eve': () => ({ status: 200 }),
    })
    expect(await node.endSession('jwt', id)).toBe(true)
    expect(await node.endSession('jwt', 'other-id')).toBe(false)
    expect(await node.endUserSessions('jwt', ada)).toEqual([session])
    const eve = { userDirectory: 'ACME', userId: 'eve' }
    expect(await node.endUserSessions('jwt', eve)).toEqual([])
    expect(await node.endUserSessions('other', eve)).toEqual([])
  })

  it('makes a ticket', async () => {
    await start({ 'POST /qps/jwt/ticket': () => ({ status: 201, body: { Ticket: 'abc' } }) })
    expect(await node.createTicket('jwt', ada)).toBe('abc')
    expect(JSON.parse(server?.requests[0]?.body ?? '')).toMatchObject({ UserId: 'a/da' })
  })

  it('does not repeat the ID of a session in an error', async () => {
    const echo: Script = ({ path }) => ({ status: 403, body: `FORBIDDEN ${path}` })
    await start({ [`DELETE /qps/jwt/session/${id}`]: echo })
    const error = await node.endSession('jwt', id).catch((one: unknown) => one)
    expect(error).toMatchObject({
      code: 'ERR_QLIK_REFUSED',
      message: expect.stringContaining('DELETE /qps/jwt/session/[secret] with 403: FORBIDDEN'),
      hint: expect.stringContaining('client certificate'),
    })
    expect(JSON.stringify([error, String(error)])).not.toContain(id)
  })

  it.each([[{}], [[1]], [[{ UserId: 'ada' }]]])('takes %j for no sessions', async (body) => {
    await start({ 'GET /qps/jwt/session': () => ({ body }) })
    await expect(node.listSessions('jwt')).rejects.toMatchObject({ code: 'ERR_QLIK_ANSWER' })
  })

  it('sends nothing that would lead to another path', async () => {
    await start({})
    const wrong = [
      node.listSessions('../x'),
      node.listSessions('..'),
      node.endSession('jwt', '..'),
      node.endUserSessions('jwt', { userDirectory: 'ACME', userId: '' }),
      node.endUserSessions('jwt', { userDirectory: '.', userId: 'a' }),
    ]
    for (const call of wrong) await expect(call).rejects.toMatchObject({ code: 'ERR_QLIK_OPTION' })
    expect(server?.requests).toEqual([])
  })

  it('wants a client certificate, and is told from another fault when there is none', async () => {
    const authority = await createAuthority()
    const own = await authority.certify({ name: 'node', hosts: ['localhost'] })
    const secure = createServer(
      {
        cert: own.certificate,
        key: own.key,
        ca: authority.ca,
        requestCert: true,
        rejectUnauthorized: true,
      },
      (_, response) => response.end('[]'),
    )
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve))
    const url = `https://localhost:${(secure.address() as AddressInfo).port}`
    const clientCertificate = await authority.certify({ name: 'QlikClient' })
    const known = await createTransport({ ca: authority.ca, clientCertificate })
    const unknown = await createTransport({ ca: authority.ca })
    try {
      const { fetch } = known
      expect(await createProxyApi({ url, fetch }).listSessions('')).toEqual([])
      await expect(
        createProxyApi({ url, fetch: unknown.fetch }).listSessions(''),
      ).rejects.toMatchObject({
        code: 'ERR_QLIK_UNREACHABLE',
        hint: expect.stringContaining('no client certificate was given'),
      })
    } finally {
      await Promise.all([known.close(), unknown.close()])
      await new Promise((resolve) => {
        secure.close(resolve)
        secure.closeAllConnections()
      })
    }
  })
})
