import { afterEach, describe, expect, it } from 'vitest'
import { cloud } from '../../token/index.ts'
import { getCurrentUser } from '../product-for.ts'
import {
  byRoute,
  type Script,
  type ScriptedServer,
  startScriptedServer,
} from '../scripted-server.fixture.ts'
import { createSession } from '../session.ts'

const ada = {
  id: 'u1',
  tenantId: 't1',
  subject: '42',
  name: 'Ada',
  email: 'ada@acme.example',
  status: 'active',
  picture: 'x',
  assignedGroups: [{ id: 'g1', name: 'sales', providerType: 'idp' }, null, { id: 1 }],
  assignedRoles: [{ id: 'r1', name: 'AnalyticsAdmin', level: 'admin' }],
}
const expected = {
  id: 'u1',
  tenantId: 't1',
  subject: '42',
  name: 'Ada',
  email: 'ada@acme.example',
  status: 'active',
  assignedGroups: [{ id: 'g1', name: 'sales', providerType: 'idp' }],
  assignedRoles: [{ id: 'r1', name: 'AnalyticsAdmin' }],
}

let server: ScriptedServer
afterEach(() => server.close())
async function start(routes: Record<string, Script>) {
  server = await startScriptedServer(byRoute(routes))
  return createSession({
    deployment: cloud({ url: server.url, issuer: 'a' }),
    openedAt: 0,
    cookies: new Map([['eas.sid', 'sid-secret']]),
    csrfToken: 'csrf-secret',
  })
}

describe('the user of a session', () => {
  it('is behind a redirect, which is followed with the cookies that came meanwhile', async () => {
    const session = await start({
      'GET /api/v1/users/me': () => ({
        status: 301,
        headers: { location: `${server.url}/api/v1/users/u1`, 'set-cookie': ['AWSALB=new'] },
      }),
      'GET /api/v1/users/u1': () => ({ body: ada }),
    })
    expect(await getCurrentUser({ session })).toEqual(expected)
    expect(server.requests[1]?.headers.cookie).toBe('eas.sid=sid-secret; AWSALB=new')
  })

  it('may be answered at once, or by a relative redirect', async () => {
    const direct = await start({ 'GET /api/v1/users/me': () => ({ body: ada }) })
    expect(await getCurrentUser({ session: direct })).toEqual(expected)
    await server.close()
    const relative = await start({
      'GET /api/v1/users/me': () => ({ status: 302, headers: { location: 'u1' } }),
      'GET /api/v1/users/u1': () => ({ body: { id: 'u1', subject: '42' } }),
    })
    expect(await getCurrentUser({ session: relative })).toEqual({
      id: 'u1',
      subject: '42',
      name: '42',
      assignedGroups: [],
      assignedRoles: [],
    })
  })

  it('is not looked for on another origin: cookies would go there', async () => {
    const elsewhere = await startScriptedServer(() => ({ body: ada }))
    for (const location of [
      `${elsewhere.url}/u1`,
      'https://evil.example/',
      '//evil.example/',
      'http://[',
    ]) {
      const session = await start({
        'GET /api/v1/users/me': () => ({ status: 301, headers: { location } }),
      })
      await expect(getCurrentUser({ session })).rejects.toMatchObject({ code: 'ERR_QLIK_REDIRECT' })
      await server.close()
    }
    expect(elsewhere.requests).toEqual([])
    await elsewhere.close()
  })

  it('is not looked for in circles', async () => {
    const session = await start({
      'GET /api/v1/users/me': () => ({ status: 301, headers: { location: '/api/v1/users/me' } }),
    })
    await expect(getCurrentUser({ session })).rejects.toMatchObject({
      code: 'ERR_QLIK_ANSWER',
      details: { problem: 'redirects more than 5 times' },
    })
    expect(server.requests).toHaveLength(6)
  })

  it.each([
    [{ status: 401 }, 'ERR_QLIK_NOT_LOGGED_IN'],
    [{ status: 301 }, 'ERR_QLIK_ANSWER'],
    [{ body: '<html>' }, 'ERR_QLIK_ANSWER'],
    [{ body: { id: 'u1' } }, 'ERR_QLIK_ANSWER'],
    [{ status: 403, body: { errors: [{ detail: 'sid-secret csrf-secret' }] } }, 'ERR_QLIK_REFUSED'],
  ])('is not found in %j', async (answer, code) => {
    const session = await start({ 'GET /api/v1/users/me': () => answer })
    const error: unknown = await getCurrentUser({ session }).catch((reason) => reason)
    expect(error).toMatchObject({ code })
    expect(JSON.stringify(error)).not.toContain('secret"')
    expect(String(error)).not.toMatch(/(sid|csrf)-secret/)
  })
})
