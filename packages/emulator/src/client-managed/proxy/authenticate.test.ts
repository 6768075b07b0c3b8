import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { anonymousAccessModes, authenticationMethods } from '../repository/virtual-proxy.ts'
import { startSite, type TestSite } from '../testing/site.ts'

let site: TestSite
beforeAll(async () => {
  site = await startSite({
    apps: [],
    virtualProxies: [
      {
        prefix: 'header',
        authenticationMethod: authenticationMethods.headerStaticUserDirectory,
        headerAuthenticationHeaderName: 'X-User',
        headerAuthenticationStaticUserDirectory: 'corp',
      },
      {
        prefix: 'dynamic',
        authenticationMethod: authenticationMethods.headerDynamicUserDirectory,
        headerAuthenticationHeaderName: 'X-User',
      },
    ],
  })
})
afterAll(() => site.close())
beforeEach(() => site.emulators.reset())

async function whoIs(cookie: string, prefix = 'jwt'): Promise<unknown> {
  const answer = await site.ask(`/${prefix}/qps/user`, { cookie })
  return ((await answer.json()) as { userId?: string }).userId
}

const cookieOf = (answer: Response) => answer.headers.getSetCookie()[0]?.split(';', 1)[0] ?? ''

describe('a session', () => {
  it('is opened again by each request that brings a token alone', async () => {
    for (const _ of [1, 2, 3]) await site.logIn()
    expect(site.site.state.sessions()).toHaveLength(3)
  })

  it('is opened at any path, also one that does not exist', async () => {
    const answer = await site.ask('/jwt/whatever', { token: site.token() })
    expect(answer.status).toBe(404)
    expect(await whoIs(cookieOf(answer))).toBe('ada')
  })

  it('ends when it was not used for the inactivity time-out of the virtual proxy', async () => {
    const { cookie } = await site.logIn()
    site.emulators.clock.advance(29 * 60)
    expect(await whoIs(cookie)).toBe('ada')
    site.emulators.clock.advance(29 * 60)
    expect(await whoIs(cookie)).toBe('ada')
    site.emulators.clock.advance(30 * 60)
    expect(await whoIs(cookie)).toBeUndefined()
    expect(site.site.state.sessions()).toEqual([])
  })

  it('is of one virtual proxy', async () => {
    const { cookie } = await site.logIn()
    const value = cookie.slice(cookie.indexOf('=') + 1)
    const foreign = `X-Qlik-Session-header-HTTP=${value}`
    expect((await site.ask('/header/hub/', { cookie: foreign })).status).toBe(401)
  })
})

describe('a token that comes with a session', () => {
  it('is verified: a bad one is refused', async () => {
    const { cookie } = await site.logIn()
    const token = site.token({ exp: 1 })
    expect((await site.ask('/jwt/qps/user', { cookie, token })).status).toBe(401)
    expect(await whoIs(cookie)).toBe('ada')
  })

  it('of the same user, in any case, opens none', async () => {
    const { cookie } = await site.logIn()
    const token = site.token({ userId: 'ADA', userDirectory: 'acme' })
    const answer = await site.ask('/jwt/qps/user', { cookie, token })
    expect(answer.headers.getSetCookie()).toEqual([])
    expect(site.site.state.sessions()).toHaveLength(1)
  })

  it('of another user opens one for them', async () => {
    const { cookie } = await site.logIn()
    const answer = await site.ask('/jwt/qps/user', { cookie, token: site.token({ userId: 'bob' }) })
    expect(await answer.json()).toMatchObject({ userId: 'bob' })
    expect(await whoIs(cookieOf(answer))).toBe('bob')
  })

  it('is not looked at by switch', async () => {
    site.site.switches.set({ laterToken: 'ignored' })
    const { cookie } = await site.logIn()
    const answer = await site.ask('/jwt/qps/user', { cookie, token: site.token({ userId: 'bob' }) })
    expect(await answer.json()).toMatchObject({ userId: 'ada' })
  })

  it.each([
    ['kept', ['sales']],
    ['replaced', ['finance']],
  ] as const)('has its attributes %s', async (laterTokenAttributes, group) => {
    site.site.switches.set({ laterTokenAttributes })
    const { cookie } = await site.logIn()
    await site.ask('/jwt/qps/user', { cookie, token: site.token({ group: ['finance'] }) })
    expect(site.site.state.sessions()[0]?.attributes).toEqual({ group })
  })
})

describe('a user', () => {
  it('is created at the first login, with the name of the attribute', async () => {
    site.site.state.changeVirtualProxy('jwt', {
      jwtAttributeMap: [{ jwtAttribute: 'name', senseAttribute: 'name', isMandatory: false }],
    })
    await site.logIn({ name: 'Ada Lovelace' })
    expect(site.site.state.users()).toContainEqual({
      userDirectory: 'ACME',
      userId: 'ada',
      name: 'Ada Lovelace',
      roles: [],
    })
  })

  it('who is unknown is refused by switch', async () => {
    site.site.switches.set({ unknownUser: 'refused' })
    const answer = await site.ask('/jwt/hub/', { token: site.token() })
    expect(answer.status).toBe(401)
    expect(site.emulators.requests.at(-1)).toMatchObject({
      decidedBy: 'unknownUser',
      error: { detail: 'The user is not known' },
    })
  })

  it.each([401, 403] as const)('who is blocked gets %s', async (blockedUserStatus) => {
    site.site.switches.set({ blockedUserStatus })
    await site.logIn()
    site.site.state.changeUser({ userDirectory: 'acme', userId: 'ada' }, { blacklisted: true })
    expect((await site.ask('/jwt/hub/', { token: site.token() })).status).toBe(blockedUserStatus)
  })
})

describe('the answer without a right token', () => {
  it.each([
    ['text', 'Unauthorized'],
    ['empty', ''],
    ['html', expect.stringContaining('<p>Unauthorized</p>')],
  ] as const)('for a bad one is %s', async (tokenRefusalBody, text) => {
    site.site.switches.set({ tokenRefusalBody })
    const answer = await site.ask('/jwt/hub/', { token: 'x' })
    expect(answer.status).toBe(401)
    expect(await answer.text()).toEqual(text)
  })

  it('for a missing one is in a page by switch', async () => {
    site.site.switches.set({ missingTokenBody: 'html' })
    const answer = await site.ask('/jwt/hub/')
    expect(answer.headers.get('content-type')).toMatch('text/html')
    expect(await answer.text()).toContain('Expected an authentication header.')
  })
})

describe('other virtual proxies', () => {
  it('take a user from a header, in a directory of their own', async () => {
    const answer = await site.ask('/header/qps/user', { headers: { 'x-user': 'ada' } })
    expect(await answer.json()).toMatchObject({ userDirectory: 'CORP', userId: 'ada' })
    expect(await whoIs(cookieOf(answer), 'header')).toBe('ada')
  })

  it('take user and directory from a header', async () => {
    const answer = await site.ask('/dynamic/qps/user', { headers: { 'x-user': 'acme\\ada' } })
    expect(await answer.json()).toMatchObject({ userDirectory: 'ACME', userId: 'ada' })
    const wrong = await site.ask('/dynamic/hub/', { headers: { 'x-user': 'ada' } })
    expect(wrong.status).toBe(401)
  })

  it('do not take tokens', async () => {
    expect((await site.ask('/header/hub/', { token: site.token() })).status).toBe(401)
  })

  it('of the method Ticket lead to the Windows login', async () => {
    const answer = await site.ask('/hub/')
    expect(answer.status).toBe(302)
    expect(answer.headers.get('location')).toMatch(
      /^http:\/\/localhost:\d+\/internal_windows_authentication\/\?targetId=/,
    )
  })
})

describe('anonymous visitors', () => {
  const setMode = (anonymousAccessMode: number) =>
    site.site.state.changeVirtualProxy('jwt', { anonymousAccessMode })

  it('are let in where they are allowed, and may log in', async () => {
    setMode(anonymousAccessModes.allowAnonymous)
    const first = await site.ask('/jwt/qps/user')
    expect(await first.json()).toEqual({
      userDirectory: 'NONE',
      userId: expect.stringMatching(/^anonymous[0-9a-f-]{36}$/),
      session: 'inactive',
    })
    const cookie = cookieOf(first)
    const second = await site.ask('/jwt/qps/user', { cookie, token: site.token() })
    expect(await second.json()).toMatchObject({ userId: 'ada' })
    expect(site.site.state.users().map(({ userDirectory }) => userDirectory)).not.toContain('NONE')
  })

  it('are all there are where nobody else is', async () => {
    setMode(anonymousAccessModes.alwaysAnonymous)
    const first = await site.ask('/jwt/qps/user', { token: site.token() })
    expect(await first.json()).toMatchObject({ userDirectory: 'NONE' })
  })
})

describe('what ends sessions', () => {
  it.each([
    ['virtualProxyChange', { description: 'changed' }],
    ['certificateChange', { jwtPublicKeyCertificate: 'another' }],
  ] as const)('%s', async (name, change) => {
    const { cookie } = await site.logIn()
    site.site.switches.set({ [name]: 'keeps-sessions' })
    site.site.state.changeVirtualProxy('jwt', change)
    expect(await whoIs(cookie)).toBe('ada')
    site.site.switches.set({ [name]: 'ends-sessions' })
    const again = Object.fromEntries(Object.entries(change).map(([key]) => [key, 'once more']))
    site.site.state.changeVirtualProxy('jwt', again)
    expect(await whoIs(cookie)).toBeUndefined()
  })
})
