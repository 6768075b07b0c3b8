import { request } from 'node:https'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEmulators } from '../start/emulators.ts'
import { clientManaged } from './product.ts'
import { startSite, type TestSite } from './testing/site.ts'

const key = 'abcdefghijklmnop'
const serviceUser = 'UserDirectory=INTERNAL; UserId=sa_repository'

let site: TestSite

beforeAll(async () => {
  site = await startSite({ nodes: 2 })
})

afterAll(() => site.close())

interface Answer {
  readonly status: number
  readonly body: unknown
}

interface Call {
  readonly method?: string
  readonly body?: unknown
  /** Undefined sends none. */
  readonly user?: string | undefined
  readonly headers?: Readonly<Record<string, string>>
  readonly xrfkey?: string | undefined
  readonly certificate?: { client: string; clientKey: string } | undefined
}

/** Calls a service as a client with a certificate does: the server is verified, and so is the client. */
function call(service: 'qrs' | 'qps' | 'qps2', path: string, more: Call = {}): Promise<Answer> {
  const { certificates } = site.emulators
  if (certificates === undefined) throw new TypeError('no certificates')
  const { method = 'GET', body, headers = {} } = more
  const user = 'user' in more ? more.user : serviceUser
  const xrfkey = 'xrfkey' in more ? more.xrfkey : key
  const certificate = 'certificate' in more ? more.certificate : certificates
  const url = new URL(path, site.site.urls[service])
  if (xrfkey !== undefined) url.searchParams.set('Xrfkey', xrfkey)
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const sent = request(
    url,
    {
      method,
      agent: false,
      ca: certificates.root,
      ...(certificate === undefined
        ? {}
        : { cert: certificate.client, key: certificate.clientKey }),
      headers: {
        'x-qlik-xrfkey': key,
        ...(user === undefined ? {} : { 'x-qlik-user': user }),
        ...headers,
      },
    },
    async (response) => {
      const answer = await text(response)
      const isJson = response.headers['content-type']?.startsWith('application/json')
      resolve({ status: response.statusCode ?? 0, body: isJson ? JSON.parse(answer) : answer })
    },
  ).on('error', reject)
  sent.end(body === undefined ? undefined : JSON.stringify(body))
  return promise
}

describe('QRS on its port', () => {
  it('answers a client with a certificate, as the user of X-Qlik-User', async () => {
    expect(await call('qrs', '/qrs/about')).toMatchObject({
      status: 200,
      body: { schemaPath: 'About' },
    })
    const user = `UserDirectory=${encodeURIComponent('EMULATOR')};UserId=administrator`
    expect((await call('qrs', '/qrs/VirtualProxyConfig/count', { user })).body).toEqual({
      value: 2,
    })
    // Somebody whom the repository does not have is somebody all the same, without rights.
    const nobody = 'UserDirectory=ACME; UserId=grace'
    expect((await call('qrs', '/qrs/virtualproxyconfig', { user: nobody })).body).toEqual([])
    expect(site.emulators.requests.at(-1)).toMatchObject({
      caller: 'certificate',
      userId: 'ACME\\grace',
      path: '/qrs/virtualproxyconfig',
    })
  })

  it('refuses who has no certificate, or that of another site', async () => {
    const other = await createEmulators({ products: [clientManaged()], apps: [] })
    try {
      for (const certificate of [undefined, other.certificates]) {
        const answer = await call('qrs', '/qrs/about', { certificate })
        expect(answer).toEqual({ status: 403, body: 'Forbidden' })
        expect(site.emulators.requests.at(-1)).toMatchObject({
          caller: 'nobody',
          shapedBy: ['missingClientCertificate'],
        })
      }
      site.site.switches.set({ missingClientCertificate: 'broken' })
      await expect(call('qrs', '/qrs/about', { certificate: undefined })).rejects.toThrow()
    } finally {
      site.site.switches.set({ missingClientCertificate: 'forbidden' })
      await other.close()
    }
  })

  it.each([undefined, 'abcdefghijklmno', 'abcdefghijklmno!', 'ponmlkjihgfedcba'])(
    'refuses the Xrfkey %s with the text of Qlik',
    async (xrfkey) => {
      for (const [service, path] of [
        ['qrs', '/qrs/about'],
        ['qps', '/qps/alive'],
      ] as const)
        expect(await call(service, path, { xrfkey })).toEqual({
          status: 403,
          body: 'XSRF prevention check failed. Possible XSRF discovered.',
        })
    },
  )

  it.each([undefined, 'sa_repository', 'UserDirectory=; UserId=x'])(
    'refuses the X-Qlik-User %s',
    async (user) => {
      expect((await call('qrs', '/qrs/about', { user })).status).toBe(403)
    },
  )

  it('takes context and attributes from X-Qlik-Security', async () => {
    const user = 'UserDirectory=EMULATOR; UserId=administrator'
    const count = (security: string) =>
      call('qrs', '/qrs/virtualproxyconfig/count', {
        user,
        headers: { 'x-qlik-security': security },
      })
    expect((await count('Context=AppAccess')).body).toEqual({ value: 0 })
    expect((await count('Context=ManagementAccess; Group=a')).body).toEqual({ value: 2 })
    site.site.switches.set({ qrsContextOfCertificate: 'app' })
    expect((await count('Group=a')).body).toEqual({ value: 0 })
    site.site.switches.set({ qrsContextOfCertificate: 'management' })
  })
})

describe('QRS through a virtual proxy', () => {
  const ask = (path: string, claims: object = {}, headers: Record<string, string> = {}) =>
    site.ask(`/jwt${path}`, {
      token: site.token({ ...claims }),
      headers: { 'x-qlik-xrfkey': key, ...headers },
    })

  it('answers the user of the token, by the rules', async () => {
    const path = `/qrs/virtualproxyconfig?xrfkey=${key}`
    const administrator = { userId: 'administrator', userDirectory: 'EMULATOR' }
    expect(await (await ask(path, administrator)).json()).toHaveLength(2)
    expect(await (await ask(path)).json()).toEqual([])
    // A header that says who one is is the proxy’s to write.
    const forged = { 'x-qlik-user': serviceUser, 'x-qlik-security': 'Context=ManagementAccess' }
    expect(await (await ask(path, {}, forged)).json()).toEqual([])
    expect(await (await ask(`/qrs/app?xrfkey=${key}`)).json()).toMatchObject([{ name: 'Movies' }])
    site.site.switches.set({ qrsContextOfProxy: 'app' })
    expect(await (await ask(path, administrator)).json()).toEqual([])
    site.site.switches.set({ qrsContextOfProxy: 'management' })
  })

  it('needs the Xrfkey and a session', async () => {
    const answer = await ask('/qrs/about')
    expect([answer.status, await answer.text()]).toEqual([
      403,
      'XSRF prevention check failed. Possible XSRF discovered.',
    ])
    expect((await site.ask(`/jwt/qrs/about?xrfkey=${key}`)).status).toBe(401)
  })
})

describe('QPS', () => {
  const body = {
    UserDirectory: 'acme',
    UserId: 'hedy',
    Attributes: [{ Group: 'sales' }, { Group: 'finance' }, { Empty: '' }],
    SessionId: 'from-qps',
  }
  const session = { ...body, UserDirectory: 'ACME' }

  it('is alive', async () => {
    expect((await call('qps', '/qps/alive')).body).toEqual({ value: true })
    expect((await call('qps', '/qps/health')).status).toBe(200)
    expect((await call('qps', '/qps/nothing')).status).toBe(404)
  })

  it('adds a session that the proxy then knows by its cookie, and ends it', async () => {
    const added = await call('qps', '/qps/jwt/session', { method: 'POST', body })
    expect(added).toEqual({ status: 201, body: { ...session, NewUser: true } })
    expect((await call('qps', '/qps/jwt/session', { method: 'POST', body })).status).toBe(400)
    expect((await call('qps', '/qps/jwt/session/from-qps')).body).toEqual(session)
    expect((await call('qps', '/qps/jwt/session')).body).toContainEqual(session)
    const cookie = 'X-Qlik-Session-jwt-HTTP=from-qps'
    const who = await site.ask('/jwt/qps/user', { cookie })
    expect(await who.json()).toMatchObject({ userDirectory: 'ACME', userId: 'hedy' })
    // Neither another virtual proxy nor another node has it.
    expect((await call('qps', '/qps/session/from-qps')).status).toBe(404)
    expect((await call('qps2', '/qps/jwt/session/from-qps')).status).toBe(404)
    expect((await call('qps', '/qps/jwt/session/from-qps', { method: 'DELETE' })).status).toBe(200)
    expect((await call('qps', '/qps/jwt/session/from-qps', { method: 'DELETE' })).status).toBe(404)
    expect((await site.ask('/jwt/qrs/about', { cookie })).status).toBe(401)
  })

  it('ends every session of a user on the virtual proxy and node, and closes its sockets', async () => {
    const claims = { userId: 'ruth', userDirectory: 'ACME' }
    const { cookie, csrfToken } = await site.logIn(claims)
    await site.logIn(claims)
    const app = site.emulators.products['client-managed']
    expect(app.state.sessions().filter(({ userId }) => userId === 'ruth')).toHaveLength(2)
    const socket = await site.open(`/jwt/app/engineData?qlik-csrf-token=${csrfToken}`, {
      cookie,
      origin: site.url,
    })
    await socket.notification('OnConnected')
    const path = '/qps/jwt/user/acme/Ruth'
    expect((await call('qps', path)).body).toHaveLength(2)
    expect((await call('qps2', path, { method: 'DELETE' })).body).toEqual([])
    const ended = await call('qps', path, { method: 'DELETE' })
    expect(ended.body).toMatchObject([{ UserId: 'ruth' }, { UserId: 'ruth' }])
    await socket.notification('OnSessionClosed')
    await socket.closed
    expect((await call('qps', path)).body).toEqual([])
  })

  it('gives a ticket that opens one session', async () => {
    const given = await call('qps', '/qps/ticket', {
      method: 'POST',
      body: { userDirectory: 'ACME', userId: 'ada', attributes: [], TargetId: '' },
    })
    expect(given).toMatchObject({ status: 201, body: { UserDirectory: 'ACME', UserId: 'ada' } })
    const { Ticket } = given.body as { Ticket: string }
    const enter = () => site.ask(`/qps/user?qlikTicket=${Ticket}`)
    expect(await (await enter()).json()).toMatchObject({ userId: 'ada' })
    expect(await (await enter()).json()).toMatchObject({ session: 'inactive' })
  })

  it.each([
    {},
    { UserDirectory: 'ACME' },
    { UserDirectory: 'ACME', UserId: '' },
    { UserDirectory: 'ACME', UserId: 'a', Attributes: 'none' },
    { UserDirectory: 'ACME', UserId: 'a', Attributes: [{ Group: 1 }] },
    { UserDirectory: 'ACME', UserId: 'a', SessionId: 'a b; Path=/' },
    [],
  ])('refuses the body %o', async (wrong) => {
    const answer = await call('qps', '/qps/jwt/session', { method: 'POST', body: wrong })
    expect(answer.status).toBe(400)
  })
})

it.each(['constructor=1', '__proto__=1', 'toString=1; hasOwnProperty=2'])(
  'takes X-Qlik-Security with attributes of any name: %s',
  async (security) => {
    const headers = { 'x-qlik-security': security }
    expect((await call('qrs', '/qrs/about', { headers })).status).toBe(200)
  },
)

it('keeps IDs of sessions out of the record of requests: they are values of cookies', async () => {
  const { cookie } = await site.logIn()
  const id = cookie.slice(cookie.indexOf('=') + 1)
  expect((await call('qps', `/qps/jwt/session/${id}`)).status).toBe(200)
  expect((await call('qps', `/qps/jwt/session/${id}`, { method: 'DELETE' })).status).toBe(200)
  expect(site.emulators.requests.at(-1)?.path).toBe('/qps/jwt/session/:id')
  expect(JSON.stringify(site.emulators.requests)).not.toContain(id)
})
