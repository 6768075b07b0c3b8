import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createMoviesApp, moviesAppId, parseSectionAccess } from '../../../engine/index.ts'
import { anonymousAccessModes } from '../../repository/virtual-proxy.ts'
import { siteKey, startSite, type TestSite, type TestSocket } from '../../testing/site.ts'

const path = `/jwt/app/${moviesAppId}`
let site: TestSite
let open: TestSocket[] = []
beforeAll(async () => {
  site = await startSite({
    jwt: { websocketCrossOriginWhiteList: ['www.acme.example'] },
    virtualProxies: [{ prefix: 'second', certificate: siteKey().certificatePem }],
  })
})
afterAll(() => site.close())
beforeEach(() => site.emulators.reset())
afterEach(() => {
  for (const { socket } of open) socket.terminate()
  open = []
})

async function connect(
  query: string,
  headers: Readonly<Record<string, string>> = {},
  at = path,
): Promise<TestSocket> {
  const socket = await site.open(`${at}${query}`, headers)
  open.push(socket)
  return socket
}

async function enter(claims?: object, at = path, headers = {}): Promise<TestSocket> {
  const prefix = at.split('/')[1] ?? ''
  const { cookie, csrfToken } = await site.logIn(claims as Record<string, unknown>, { prefix })
  return connect(`?qlik-csrf-token=${csrfToken}`, { cookie, ...headers }, at)
}

const refusedFor = () => site.emulators.requests.at(-1)?.error?.detail

describe('the handshake of a web socket', () => {
  it('needs the CSRF token of its session in the query', async () => {
    const { cookie, csrfToken } = await site.logIn()
    const other = await site.logIn()
    for (const [query, headers] of [
      ['', { cookie }],
      ['', { cookie, 'qlik-csrf-token': csrfToken }],
      [`?qlik-csrf-token=${other.csrfToken}`, { cookie }],
      [`?qlik-csrf-token=${csrfToken}`, {}],
    ] as const) {
      const refused = await connect(query, headers)
      expect([refused.status, refused.body]).toEqual([403, ''])
    }
    expect(site.emulators.requests.at(-1)?.error?.title).toMatch(/^Cross-Site Websocket Hijacking/)
    expect((await connect(`?qlik-csrf-token=${csrfToken}`, { cookie })).status).toBeUndefined()
  })

  it('needs none before November 2024', async () => {
    site.site.switches.set({ proxyRelease: 'may-2024' })
    const { cookie } = await site.logIn()
    const socket = await connect('', { cookie })
    await socket.notification('OnConnected')
  })

  it('needs a new token each time by switch', async () => {
    site.site.switches.set({ csrfTokenLife: 'once' })
    const { cookie, csrfToken } = await site.logIn()
    const query = `?qlik-csrf-token=${csrfToken}`
    expect((await connect(query, { cookie })).status).toBeUndefined()
    expect((await connect(query, { cookie })).status).toBe(403)
  })

  it.each([
    ['http://localhost:3000', undefined],
    ['https://www.acme.example', undefined],
    ['https://elsewhere.example', 403],
  ])('from a page of %s: %s', async (origin, status) => {
    expect((await enter({}, path, { origin })).status).toBe(status)
  })

  it.each([
    ['accepted', undefined],
    ['refused', 403],
  ] as const)('without an Origin is %s', async (webSocketWithoutOrigin, status) => {
    site.site.switches.set({ webSocketWithoutOrigin })
    expect((await enter()).status).toBe(status)
  })

  it.each([
    ['refused', 403],
    ['accepted', undefined],
  ] as const)('with Authorization is %s', async (webSocketAuthorization, status) => {
    site.site.switches.set({ webSocketAuthorization })
    const authorization = `Bearer ${site.token()}`
    expect((await enter({}, path, { authorization })).status).toBe(status)
  })

  it('with Authorization alone opens a session before November 2024, and sets its cookie', async () => {
    site.site.switches.set({ proxyRelease: 'may-2024' })
    const socket = await connect('', { authorization: `Bearer ${site.token()}` })
    await socket.notification('OnConnected')
    expect(socket.setCookies[0]).toMatch(/^X-Qlik-Session-jwt-HTTP=/)
    const refused = await connect('', { authorization: `Bearer ${site.token({ exp: 1 })}` })
    expect(refused.status).toBe(401)
  })

  it('without a session is told to log in, or gets 401 by switch', async () => {
    site.site.switches.set({ proxyRelease: 'may-2024' })
    const told = await connect('')
    expect(await told.closed).toBe(1000)
    expect(told.frames).toEqual([
      {
        jsonrpc: '2.0',
        method: 'OnAuthenticationInformation',
        params: { mustAuthenticate: true },
      },
    ])
    const withLogin = await connect('', {}, `/app/${moviesAppId}`)
    await withLogin.closed
    expect(withLogin.frames[0]).toMatchObject({
      params: { loginUri: expect.stringContaining('/internal_windows_authentication/') },
    })
    site.site.switches.set({ webSocketWithoutSession: 'http' })
    const refused = await connect('')
    expect([refused.status, refused.body]).toEqual([
      401,
      'Could not authenticate the request: Expected an authentication header.',
    ])
  })

  it.each([
    ['/nobody/app/x', 400],
    ['/jwt/somewhere', 404],
  ])('at %s gets %i', async (at, status) => {
    expect((await connect('', {}, at)).status).toBe(status)
  })
})

describe('parallel sessions', () => {
  it('are five a user over all virtual proxies; sockets do not count', async () => {
    const first = await site.logIn()
    for (const _ of [1, 2, 3]) await connect(`?qlik-csrf-token=${first.csrfToken}`, first)
    for (const _ of [1, 2]) await site.logIn({}, { prefix: 'second' })
    for (const _ of [1, 2]) await site.logIn()
    const sixth = await enter()
    expect(await sixth.closed).toBe(1000)
    expect(sixth.frames.at(-1)).toMatchObject({
      method: 'OnMaxParallelSessionsExceeded',
      params: { severity: 'fatal' },
    })
    const known = await connect(`?qlik-csrf-token=${first.csrfToken}`, first)
    await known.notification('OnConnected')
    const other = await enter({ userId: 'bob' })
    await other.notification('OnConnected')
  })

  it('refuse the sockets of all sessions by switch', async () => {
    site.site.switches.set({ tooManySessions: 'all', parallelSessions: 1 })
    const first = await site.logIn()
    await site.logIn()
    const socket = await connect(`?qlik-csrf-token=${first.csrfToken}`, first)
    await socket.notification('OnMaxParallelSessionsExceeded')
  })

  it('count sessions that have ended for a while by switch', async () => {
    site.site.switches.set({ endedSessionCountsSec: 300, parallelSessions: 1 })
    const first = await site.logIn()
    await site.ask('/jwt/qps/user', { method: 'DELETE', cookie: first.cookie })
    await (await enter()).notification('OnMaxParallelSessionsExceeded')
    site.site.state.endSessionsOf({ userDirectory: 'acme', userId: 'ada' })
    site.emulators.clock.advance(301)
    await (await enter()).notification('OnConnected')
  })

  it('do not count for anonymous visitors', async () => {
    site.site.switches.set({ parallelSessions: 1, proxyRelease: 'may-2024' })
    const { allowAnonymous } = anonymousAccessModes
    site.site.state.changeVirtualProxy('jwt', { anonymousAccessMode: allowAnonymous })
    for (const _ of [1, 2]) await (await connect('')).notification('OnConnected')
  })
})

describe('the engine', () => {
  it('is one of a load balancing node of the virtual proxy', async () => {
    const { state } = site.site
    const [jwt] = state.virtualProxies().filter(({ prefix }) => prefix === 'jwt')
    const loadBalancingServerNodes = jwt?.loadBalancingServerNodes ?? []
    state.changeVirtualProxy('jwt', { loadBalancingServerNodes: [] })
    const socket = await enter()
    expect(await socket.closed).toBe(1000)
    expect(socket.frames.at(-1)).toMatchObject({ method: 'OnNoEngineAvailable' })
    state.changeVirtualProxy('jwt', { loadBalancingServerNodes })
    await (await enter()).notification('OnConnected')
  })
})

describe('the licence', () => {
  it('is asked for access by switch', async () => {
    site.site.switches.set({ licenceAccess: 'asked' })
    const socket = await enter()
    expect(await socket.closed).toBe(1000)
    expect(socket.frames.at(-1)).toMatchObject({
      method: 'OnLicenseAccessDenied',
      params: { severity: 'fatal' },
    })
    expect(site.emulators.requests.at(-1)).toMatchObject({ decidedBy: 'licenceAccess' })
    site.site.state.allocateAccess({ userDirectory: 'acme', userId: 'ada' }, 'analyzer')
    await (await enter()).notification('OnConnected')
  })
})

describe('the end of a session', () => {
  const logOut = (cookie: string) => site.ask('/jwt/qps/user', { method: 'DELETE', cookie })

  it.each([1000, 4001, 1006] as const)('closes its sockets with %i', async (code) => {
    site.site.switches.set({ sessionEndCloseCode: code })
    const { cookie, csrfToken } = await site.logIn()
    const socket = await connect(`?qlik-csrf-token=${csrfToken}`, { cookie })
    await socket.notification('OnConnected')
    await logOut(cookie)
    expect(await socket.closed).toBe(code)
    if (code !== 1006) expect(socket.frames.at(-1)).toMatchObject({ method: 'OnSessionLoggedOut' })
  })

  it('by time is told', async () => {
    const socket = await enter()
    await socket.notification('OnConnected')
    site.emulators.clock.advance(30 * 60)
    await socket.notification('OnSessionTimedOut')
    expect(await socket.closed).toBe(1000)
  })

  it.each([true, false])('traffic keeps it alive: %s', async (webSocketKeepsProxySession) => {
    site.site.switches.set({ webSocketKeepsProxySession })
    const socket = await enter()
    await socket.notification('OnConnected')
    site.emulators.clock.advance(29 * 60)
    await socket.call('EngineVersion')
    site.emulators.clock.advance(2 * 60)
    expect(site.site.state.sessions()).toHaveLength(webSocketKeepsProxySession ? 1 : 0)
  })
})

describe('pings', () => {
  /** What came of a ping, and of a call after it, within some turns of the loop. */
  async function ping(socket: TestSocket): Promise<{ ponged: boolean; answered: boolean }> {
    let ponged = false
    let answered = false
    socket.socket.on('pong', () => {
      ponged = true
    })
    socket.socket.ping()
    const call = socket.call('EngineVersion').then(() => {
      answered = true
    })
    const other = await enter({ userId: 'bob' })
    await other.notification('OnConnected')
    await Promise.race([call, other.call('EngineVersion')])
    return { ponged, answered }
  }

  it.each([
    ['swallowed', { ponged: false, answered: true }],
    ['answered', { ponged: true, answered: true }],
    ['hangs', { ponged: false, answered: false }],
  ] as const)('are %s', async (webSocketPing, expected) => {
    site.site.switches.set({ webSocketPing })
    const socket = await enter()
    await socket.notification('OnConnected')
    expect(await ping(socket)).toEqual(expected)
  })
})

describe('the engine session', () => {
  const state = async (socket: TestSocket) =>
    (await socket.notification('OnConnected')).params as { qSessionState: string }

  it('is one for a user, app and identity, over proxy sessions', async () => {
    expect(await state(await enter())).toEqual({ qSessionState: 'SESSION_CREATED' })
    expect(await state(await enter())).toEqual({ qSessionState: 'SESSION_ATTACHED' })
    const spelled = { userId: 'ADA', userDirectory: 'acme' }
    expect(await state(await enter(spelled))).toEqual({ qSessionState: 'SESSION_ATTACHED' })
    expect(await state(await enter({}, `${path}/identity/two`))).toEqual({
      qSessionState: 'SESSION_CREATED',
    })
    const bob = await enter({ userId: 'bob' })
    expect(await state(bob)).toEqual({ qSessionState: 'SESSION_CREATED' })
  })

  it('is told apart by the browser in an Extended security environment', async () => {
    site.site.state.changeVirtualProxy('jwt', { extendedSecurityEnvironment: true })
    const by = async (agent: string) => {
      const headers = { 'user-agent': agent }
      const { cookie, csrfToken } = await site.logIn({}, { headers })
      return state(await connect(`?qlik-csrf-token=${csrfToken}`, { cookie }))
    }
    const phone = 'Mozilla/5.0 (iPhone) Version/17.0 Safari/605'
    const created = { qSessionState: 'SESSION_CREATED' }
    expect(await by('Mozilla/5.0 (Windows NT 10.0) Chrome/130.0')).toEqual(created)
    expect(await by(phone)).toEqual(created)
    expect(await by(phone)).toEqual({ qSessionState: 'SESSION_ATTACHED' })
  })
})

describe('section access', () => {
  it('goes by DIRECTORY\\user, and by what the attribute map calls group, name and email', async () => {
    const sectionAccess = parseSectionAccess(
      'ACCESS,USERID,NTNAME,GROUP,USER.NAME,USER.EMAIL,MAJOR GENRE\n' +
        'USER,ACME\\ADA,,,,,Comedy\nUSER,,ACME\\EVE,,,,Comedy\nUSER,,,SALES,,,Drama\n' +
        'USER,,,,ROBERT,,Drama\nUSER,,,,,BOB@ACME.EXAMPLE,Drama\n',
    )
    const app = await createMoviesApp({ sectionAccess })
    const reduced = await startSite({ apps: [app] })
    const toMap = (jwtAttribute: string, senseAttribute: string) => ({
      jwtAttribute,
      senseAttribute,
      isMandatory: false,
    })
    reduced.site.state.changeVirtualProxy('jwt', {
      jwtAttributeMap: [
        toMap('group', 'group'),
        toMap('fullName', 'Name'),
        toMap('mail', 'Email'),
        toMap('role', 'role'),
      ],
    })
    const open = async (claims: Record<string, unknown>) => {
      const { cookie, csrfToken } = await reduced.logIn(claims)
      const socket = await reduced.open(`${path}?qlik-csrf-token=${csrfToken}`, { cookie })
      const answer = await socket.call('OpenDoc', [moviesAppId])
      socket.socket.terminate()
      return 'error' in answer ? 'refused' : 'opened'
    }
    expect(await open({ userId: 'ada', group: [] })).toBe('opened')
    expect(await open({ userId: 'eve', group: [] })).toBe('opened')
    expect(await open({ userId: 'bob', group: ['sales'] })).toBe('opened')
    expect(await open({ userId: 'bob', group: [], fullName: 'Robert' })).toBe('opened')
    expect(await open({ userId: 'bob', group: [], mail: 'bob@acme.example' })).toBe('opened')
    expect(await open({ userId: 'ben', group: [], role: ['sales'] })).toBe('refused')
    expect(await open({ userId: 'ada', userDirectory: 'OTHER', group: [] })).toBe('refused')
    await reduced.close()
  })
})

describe('two nodes', () => {
  it('know their own sessions, or those of both by switch', async () => {
    const two = await startSite({ nodes: 2 })
    const { cookie } = await two.logIn()
    const url = two.site.urls.proxy2 ?? ''
    expect((await two.ask('/jwt/hub/', { cookie, url })).status).toBe(401)
    two.site.switches.set({ sessionsOfNodes: 'shared' })
    const answer = await two.ask('/jwt/qps/user', { cookie, url })
    expect(await answer.json()).toMatchObject({ userId: 'ada' })
    expect(two.site.state.sessions()).toMatchObject([{ node: 'Central' }])
    await two.close()
  })
})

it('says in its record why it refused', async () => {
  await connect('?qlik-csrf-token=x')
  expect(refusedFor()).toBe('qlik-csrf-token is not of the session of the cookie')
})
