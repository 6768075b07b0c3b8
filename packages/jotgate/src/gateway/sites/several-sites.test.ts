// One gateway with two sites, and a deployment behind each: whose session is where. Nothing here reaches Qlik.
import { describe, expect, it } from 'vitest'
import { createAuthorise } from '../authorise/create-authorise.ts'
import {
  createLastingStore,
  pageOf,
  siteOf,
  startSites,
  tenantNamed,
} from './several-sites.fixture.ts'

const session = '/.jotgate/session'

describe('two sites of one gateway', () => {
  it('a cookie of one site says nothing at the other, and a copy of it ends nothing', async () => {
    const { askSite, ask, logIn } = await startSites()
    const ada = await logIn('blue', 'ada')
    const bo = await logIn('green', 'bo')
    expect([ada.status, bo.status]).toEqual([200, 200])
    const bodyOf = async (name: string, cookie: string) => {
      const person = cookie === ada.cookie ? 'ada' : 'bo'
      return askSite(name, { path: session, headers: { cookie, 'x-person': person } })
    }
    expect((await bodyOf('blue', ada.cookie)).body).toContain('"subject":"ada"')
    expect((await bodyOf('green', bo.cookie)).body).toContain('"subject":"bo"')
    for (const [name, { cookie }] of [
      ['green', ada],
      ['blue', bo],
    ] as const) {
      const answer = await bodyOf(name, cookie)
      expect(answer.status).toBe(401)
      expect(answer.body).not.toMatch(/ada|bo"/)
      for (const path of ['/api/v1/items', '/api/v1/users/me', '/api/v1/csrf-token'])
        expect((await askSite(name, { path, headers: { cookie } })).status).toBe(401)
      const upgrade = {
        cookie,
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
      }
      expect((await askSite(name, { path: '/app/x', headers: upgrade })).status).toBe(401)
      const loggingOut = { method: 'POST', path: '/.jotgate/logout', headers: { cookie } }
      expect((await askSite(name, loggingOut)).status).toBe(204)
    }
    // A login at the other site with the copied cookie does not end it either.
    const other = await logIn('green', 'ada', ada.cookie)
    expect(other.status).toBe(200)
    expect(other.cookie).not.toBe(ada.cookie)
    expect((await bodyOf('blue', ada.cookie)).status).toBe(200)
    expect((await bodyOf('green', bo.cookie)).status).toBe(200)
    // Why it ended is not told at the other site.
    await askSite('blue', {
      method: 'POST',
      path: '/.jotgate/logout',
      headers: { cookie: ada.cookie },
    })
    const at = { path: session, headers: { cookie: ada.cookie } }
    expect((await askSite('blue', at)).body).toContain('signed-out')
    expect((await ask('green.acme.example', at)).body).not.toContain('signed-out')
  })

  it.each([
    ['of nobody', 'red.acme.example', 421],
    ['with a port', 'blue.acme.example:444', 421],
    ['with a dot at its end', 'blue.acme.example.', 421],
    ['of both', 'blue.acme.example, green.acme.example', 400],
    ['with a path', 'blue.acme.example/green.acme.example', 400],
    ['that begins as one', 'blue.acme.example.evil.example', 421],
    ['that ends as one', 'xblue.acme.example', 421],
  ])('T-H01: a Host %s is refused, and told of no other site', async (_, host, status) => {
    const { ask } = await startSites()
    const answer = await ask(host, { path: session })
    expect(answer.status).toBe(status)
    expect(answer.body).not.toMatch(/blue\.acme|green\.acme/)
  })

  it('a Host in capitals is the same site, and no other field names one', async () => {
    const { ask, logIn } = await startSites()
    const { cookie } = await logIn('blue', 'ada')
    const named = {
      cookie,
      'x-person': 'ada',
      'x-forwarded-host': 'green.acme.example',
      forwarded: 'host=green.acme.example',
      'x-original-host': 'green.acme.example',
      'x-jotgate-site': siteOf('green'),
    }
    expect((await ask('BLUE.acme.EXAMPLE', { path: session, headers: named })).status).toBe(200)
    expect((await ask('green.acme.example', { path: session, headers: named })).status).toBe(401)
    const absolute = { path: `http://green.acme.example${session}`, headers: { cookie } }
    expect((await ask('blue.acme.example', absolute)).status).toBe(400)
  })

  it('T-C12: each has its own origins, login page and addresses to return to', async () => {
    const { ask, askSite } = await startSites()
    const from = (name: string) => ({ path: session, headers: { origin: pageOf(name) } })
    const blue = 'blue.acme.example'
    const allowed = 'access-control-allow-origin'
    expect((await ask(blue, from('blue'))).headers[allowed]).toBe(pageOf('blue'))
    expect((await ask(blue, from('green'))).headers[allowed]).toBeUndefined()
    expect((await ask(blue, from('green'))).status).toBe(403)
    const page = { path: '/sense/app/x', headers: { 'sec-fetch-mode': 'navigate' } }
    for (const name of ['blue', 'green'])
      expect((await askSite(name, page)).headers.location).toBe(
        `${pageOf(name)}/login?returnto=${encodeURIComponent(`${siteOf(name)}/sense/app/x`)}`,
      )
    const back = (to: string) => ({ path: `/login?returnto=${encodeURIComponent(to)}` })
    expect((await ask(blue, back(`${pageOf('green')}/a`))).headers.location).toBe(
      `${pageOf('blue')}/login`,
    )
  })

  it('ends sessions of a site, of a deployment, of a person at one, and refuses names that are not there', async () => {
    const { gateway, logIn } = await startSites()
    const everybody = async () => {
      for (const name of ['blue', 'green'])
        for (const person of ['ada', 'bo']) expect((await logIn(name, person)).status).toBe(200)
    }
    await everybody()
    expect(gateway.health().upstreams).toEqual([
      { name: 'blue', sessions: 2, sockets: 0 },
      { name: 'green', sessions: 2, sockets: 0 },
    ])
    expect(await gateway.endSessions({ subject: 'ada', site: siteOf('blue') })).toEqual({
      sessions: 1,
    })
    expect(await gateway.endSessions({ subject: 'ada', upstream: 'blue' })).toEqual({ sessions: 0 })
    expect(await gateway.endSessions({ site: siteOf('blue') })).toEqual({ sessions: 1 })
    expect(await gateway.endSessions({ upstream: 'green' })).toEqual({ sessions: 2 })
    await everybody()
    expect(await gateway.endSessions({ subject: 'ada' })).toEqual({ sessions: 2 })
    expect(await gateway.endSessions({ all: true })).toEqual({ sessions: 2 })
    for (const which of [{ site: siteOf('red') }, { upstream: 'red' }, {} as { all: true }])
      await expect(gateway.endSessions(which)).rejects.toMatchObject({ code: 'ERR_GATEWAY_OPTION' })
  })

  it('names site and deployment in the lines of the audit log', async () => {
    const { logIn, askSite, readAudit } = await startSites()
    const { cookie } = await logIn('blue', 'ada')
    await logIn('green', 'bo')
    await askSite('green', { path: session, headers: { cookie } })
    await askSite('green', { path: '/api/v1/items', headers: { cookie } })
    await askSite('blue', { method: 'POST', path: '/.jotgate/logout', headers: { cookie } })
    const lines = await readAudit()
    const place = { site: siteOf('blue'), upstream: 'blue' }
    const of = (event: string) => lines.filter((line) => line.event === event)
    expect(of('enter')).toMatchObject([
      { ...place, subject: 'ada' },
      { site: siteOf('green'), upstream: 'green', subject: 'bo' },
    ])
    expect(of('session-end')).toMatchObject([{ ...place, subject: 'ada', reason: 'signed-out' }])
    expect(of('denied')).toMatchObject([{ site: siteOf('green'), reason: 'no session', count: 1 }])
  })
})

describe('after a restart', () => {
  it('a session goes on where its site and deployment still are, and has ended where not', async () => {
    const store = createLastingStore()
    const first = await startSites({ store })
    const ada = await first.logIn('blue', 'ada')
    const bo = await first.logIn('green', 'bo')
    const cleo = await first.logIn('blue', 'cleo')
    await first.gateway.close()
    const blue = { publicUrl: siteOf('blue'), allowedOrigins: [pageOf('blue')], upstream: 'blue' }
    const [blueTenant, greenTenant] = [await tenantNamed('blue'), await tenantNamed('green')]

    const second = await startSites({ store, sites: [blue], upstreams: { blue: blueTenant } })
    expect(second.gateway.health().sessions).toBe(2)
    const asAda = { path: session, headers: { cookie: ada.cookie, 'x-person': 'ada' } }
    expect((await second.askSite('blue', asAda)).status).toBe(200)
    await second.gateway.close()
    const lines = await second.readAudit()
    expect(lines.filter(({ event }) => event === 'session-end')).toMatchObject([
      { subject: 'bo', reason: 'revoked' },
    ])

    // The same site, with another deployment behind it.
    const third = await startSites({
      store,
      sites: [{ ...blue, upstream: 'green' }],
      upstreams: { blue: blueTenant, green: greenTenant },
    })
    expect(third.gateway.health().sessions).toBe(0)
    for (const { cookie } of [ada, bo, cleo])
      expect((await third.askSite('blue', { path: session, headers: { cookie } })).status).toBe(401)
    expect(third.logged.join()).toContain('No site uses the upstream blue')
  })
})

describe('a site whose people have different deployments', () => {
  const site = { publicUrl: siteOf('all'), allowedOrigins: [pageOf('all')] }
  const authorise = createAuthorise({
    upstreams: [
      { attributes: { customer: 'blue' }, upstream: 'blue' },
      { attributes: { customer: 'green' }, upstream: 'green' },
      { attributes: { customer: 'red' }, upstream: 'red' },
    ],
  })
  const start = () => startSites({ sites: [site], authorise })

  it('opens sessions for the deployment of each, and none for who has none', async () => {
    const { logIn, gateway, readAudit, askSite } = await start()
    expect((await logIn('all', 'ada@blue')).status).toBe(200)
    expect((await logIn('all', 'bo@green')).status).toBe(200)
    for (const person of ['cleo', 'cleo@pink', 'cleo@red']) {
      const refused = await logIn('all', person)
      expect(refused.status).toBe(403)
      expect(refused.body).not.toMatch(/upstream|blue|green/)
    }
    expect(gateway.health().upstreams).toMatchObject([
      { name: 'blue', sessions: 1 },
      { name: 'green', sessions: 1 },
    ])
    // Nothing of any deployment is given to who has no session, static files neither.
    for (const path of ['/resources/a.js', '/api/v1/items'])
      expect((await askSite('all', { path })).status).toBe(401)
    const lines = await readAudit()
    expect(lines.filter(({ event }) => event === 'enter')).toMatchObject([
      { upstream: 'blue', hostSubject: 'ada' },
      { upstream: 'green', hostSubject: 'bo' },
    ])
    const reasons = lines.filter(({ event }) => event === 'refuse').map(({ reason }) => reason)
    expect(reasons).toEqual([
      'nothing of `upstreams` applies',
      'nothing of `upstreams` applies',
      '`authorise` names an upstream that the gateway does not have',
    ])
  })

  it('opens another session when a login says that the deployment is another one', async () => {
    const { logIn, gateway, askSite } = await start()
    const before = await logIn('all', 'ada@blue')
    const after = await logIn('all', 'ada@green', before.cookie)
    expect(after.status).toBe(200)
    const counts = () => gateway.health().upstreams?.map(({ sessions }) => sessions)
    expect(counts()).toEqual([0, 1])
    const old = { path: session, headers: { cookie: before.cookie, 'x-person': 'ada' } }
    expect((await askSite('all', old)).body).toContain('replaced')
    // The same one goes on.
    expect((await logIn('all', 'ada@green', after.cookie)).status).toBe(200)
    expect(counts()).toEqual([0, 1])
  })

  it('refuses a person of another deployment than the site’s own', async () => {
    const { logIn } = await startSites({
      sites: [{ publicUrl: siteOf('blue'), allowedOrigins: [pageOf('blue')], upstream: 'blue' }],
      authorise,
    })
    expect((await logIn('blue', 'ada@blue')).status).toBe(200)
    expect((await logIn('blue', 'ada@green')).status).toBe(403)
  })
})
