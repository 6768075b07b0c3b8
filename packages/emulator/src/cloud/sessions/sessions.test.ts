import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTenant, type TestTenant } from '../testing/tenant.ts'

let tenant: TestTenant
beforeEach(async () => {
  tenant = await startTenant()
  tenant.emulator.clock.set(new Date('2026-06-01T12:00:00Z'))
})
afterEach(() => tenant.close())

async function statusOfMe(headers: Record<string, string>): Promise<number> {
  const response = await tenant.send('GET', '/api/v1/users/me', headers)
  await response.text()
  return response.status
}

describe('a session', () => {
  it('needs eas.sid and its signature, and nothing else, to read', async () => {
    const { cookie } = await tenant.login()
    const pairs = cookie.split('; ')
    const two = pairs.filter((pair) => pair.startsWith('eas.sid')).join('; ')
    expect(await statusOfMe({ cookie: two })).toBe(301)
    for (const pair of two.split('; ')) expect(await statusOfMe({ cookie: pair })).toBe(401)
    expect(await statusOfMe({ cookie: two.replace(/eas\.sid=./, 'eas.sid=') })).toBe(401)
  })

  it('goes on beside the used token, as an official sample sends both', async () => {
    const { cookie } = await tenant.login()
    expect(await statusOfMe({ cookie, authorization: `Bearer ${tenant.token()}` })).toBe(301)
  })

  it('a token alone does not open the API', async () => {
    expect(await statusOfMe({ authorization: `Bearer ${tenant.token()}` })).toBe(401)
  })

  it('ends after 30 minutes without a request, and each request begins them again', async () => {
    const { cookie } = await tenant.login()
    for (let round = 0; round < 3; round += 1) {
      tenant.emulator.clock.advance(30 * 60 - 1)
      expect(await statusOfMe({ cookie })).toBe(301)
    }
    tenant.emulator.clock.advance(30 * 60)
    expect(tenant.emulator.state.sessions()).toEqual([])
    expect(await statusOfMe({ cookie })).toBe(401)
  })

  it('ends after 24 hours however busy it is', async () => {
    const { cookie } = await tenant.login()
    for (let quarter = 1; quarter < 96; quarter += 1) {
      tenant.emulator.clock.advance(15 * 60)
      expect(await statusOfMe({ cookie })).toBe(301)
    }
    tenant.emulator.clock.advance(15 * 60)
    expect(await statusOfMe({ cookie })).toBe(401)
  })

  it('is one of several that a user may have, each with a value of its own', async () => {
    const first = await tenant.login()
    const second = await tenant.login()
    expect(first.cookie).not.toBe(second.cookie)
    const [one] = tenant.emulator.state.sessions()
    expect(tenant.emulator.state.endSession(one?.id ?? '')).toBe(true)
    expect(await statusOfMe(first)).toBe(401)
    expect(await statusOfMe({ cookie: second.cookie })).toBe(301)
    expect(tenant.emulator.state.endSessionsOf(one?.userId ?? '')).toBe(1)
    expect(await statusOfMe({ cookie: second.cookie })).toBe(401)
  })

  it('ends with its user', async () => {
    const { cookie } = await tenant.login()
    const user = tenant.emulator.state.users().find((one) => !one.isAdmin)
    expect((await tenant.admin('DELETE', `/api/v1/users/${user?.id}`)).status).toBe(204)
    expect(await statusOfMe({ cookie })).toBe(401)
    expect(tenant.engine.closedUsers).toEqual([user?.id])
  })

  it.each([
    [false, 301],
    [true, 401],
  ])('after its identity provider was deleted, with the switch at %s: %i', async (ends, status) => {
    tenant.emulator.switches.set({ deletedProviderEndsSessions: ends })
    const { cookie } = await tenant.login()
    const [provider] = tenant.emulator.state.identityProviders()
    await tenant.admin('DELETE', `/api/v1/identity-providers/${provider?.id}`)
    expect(await statusOfMe({ cookie })).toBe(status)
    expect((await tenant.postToken(tenant.token())).status).toBe(401)
  })

  it('shows its cookie to nobody who looks at the state', async () => {
    const { cookie, csrfToken } = await tenant.login()
    const shown =
      JSON.stringify(tenant.emulator.state.sessions()) + JSON.stringify(tenant.emulator.requests)
    expect(shown).not.toContain(csrfToken)
    expect(shown).not.toContain(/eas\.sid=([^;]+)/.exec(cookie)?.[1])
  })
})

describe('log-out', () => {
  it('ends the session, takes the cookies away and goes home', async () => {
    const { cookie } = await tenant.login()
    const response = await tenant.send('GET', '/logout', { cookie })
    expect(response.status).toBe(302)
    expect(response.headers.get('location')).toBe('/')
    expect(response.headers.getSetCookie()).toHaveLength(4)
    for (const line of response.headers.getSetCookie()) expect(line).toContain('1970')
    expect(await statusOfMe({ cookie })).toBe(401)
  })

  it.each([
    ['/hub?x=1', '/hub?x=1'],
    ['http://localhost:3000/bye', '/'],
    ['https://evil.example/', '/'],
    ['//evil.example/x', '/'],
    ['/\\evil.example', '/'],
    ['javascript:alert(1)', '/'],
  ])('with returnto %s leads to %s', async (returnTo, location) => {
    const path = `/logout?returnto=${encodeURIComponent(returnTo)}`
    expect((await tenant.send('GET', path)).headers.get('location')).toBe(location)
  })

  it('leads to an origin that the named web integration lists', async () => {
    const back = 'http://localhost:3000/bye'
    const path = `/logout?qlik-web-integration-id=${tenant.webIntegrationId}&returnto=${encodeURIComponent(back)}`
    expect((await tenant.send('GET', path)).headers.get('location')).toBe(back)
  })
})

describe('a log-in that comes with the cookies of a session', () => {
  const loginWith = async (cookie: string, changes?: Record<string, unknown>) => {
    const authorization = `Bearer ${tenant.token(changes)}`
    const answer = await tenant.send('POST', '/login/jwt-session', { authorization, cookie })
    expect(answer.status).toBe(200)
    return answer.headers
      .getSetCookie()
      .map((line) => line.slice(0, line.indexOf(';')))
      .join('; ')
  }
  const sidOf = (cookie: string) => /eas\.sid=([^;]+)/.exec(cookie)?.[1]

  it.each([
    ['new-session', 2, 301],
    ['replaces', 1, 401],
    ['joins', 1, 301],
  ] as const)('%s: %i sessions, the old cookies give %i', async (secondLogin, count, status) => {
    tenant.emulator.switches.set({ secondLogin })
    const first = await tenant.login()
    const second = await loginWith(first.cookie)
    expect(sidOf(second) === sidOf(first.cookie)).toBe(secondLogin === 'joins')
    expect(tenant.emulator.state.sessions()).toHaveLength(count)
    expect(await statusOfMe({ cookie: second })).toBe(301)
    expect(await statusOfMe({ cookie: first.cookie })).toBe(status)
  })

  it.each(['replaces', 'joins'] as const)(
    '%s: another person never gets the session of the one before',
    async (secondLogin) => {
      tenant.emulator.switches.set({ secondLogin })
      const ada = await tenant.login()
      const bob = await loginWith(ada.cookie, { sub: 'bob', email: 'bob@acme.example' })
      expect(sidOf(bob)).not.toBe(sidOf(ada.cookie))
      expect(await statusOfMe({ cookie: ada.cookie })).toBe(401)
      expect(tenant.emulator.state.sessions()).toHaveLength(1)
    },
  )

  it.each(['replaces', 'joins'] as const)(
    '%s: without cookies it is a session of its own',
    async (secondLogin) => {
      tenant.emulator.switches.set({ secondLogin })
      await tenant.login()
      await tenant.login()
      expect(tenant.emulator.state.sessions()).toHaveLength(2)
    },
  )
})
