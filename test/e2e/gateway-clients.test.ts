// Qlik's own clients in Node reach Qlik through a gateway, unmodified, as the person of their assertion.
import enigma from 'enigma.js'
import schema from 'enigma.js/schemas/12.2027.0.json' with { type: 'json' }
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { createGatewayStage, type GatewayStage } from './gateway-stage.ts'
import { ada } from './tab-stage.ts'

const bjorn = {
  subject: 'acme|bjorn',
  name: 'Björn Ågren',
  email: 'bjorn@acme.example',
  groups: ['studio-paramount', 'not-passed-on'],
}

let stage: GatewayStage
beforeAll(async () => {
  stage = await createGatewayStage({ names: 'localhost' })
})
afterAll(() => stage?.close())

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

describe('a browser session, by hand', () => {
  it('enters by an assertion, reads as its person, and leaves', async () => {
    const { gatewayUrl, hostUrl, host } = stage
    const login = await fetch(`${gatewayUrl}/.jotgate/login`, {
      method: 'POST',
      headers: { ...bearer(host.assertionFor(ada)), origin: hostUrl },
    })
    expect(login.status).toBe(200)
    expect(await login.json()).toMatchObject({ user: { subject: 'acme|ada' }, product: 'cloud' })
    const [cookie = ''] = login.headers.getSetCookie().map((line) => line.split(';')[0] ?? '')
    expect(cookie).toMatch(/^__Host-jotgate=[\w-]{43}$/)
    const me = await fetch(`${gatewayUrl}/api/v1/users/me`, { headers: { cookie } })
    expect(await me.json()).toMatchObject({ subject: 'acme|ada', name: 'Ada' })
    expect(me.headers.getSetCookie()).toEqual([])
    const session = await fetch(`${gatewayUrl}/.jotgate/session`, { headers: { cookie } })
    expect(await session.json()).toMatchObject({ state: 'open' })
    const logout = await fetch(`${gatewayUrl}/.jotgate/logout`, {
      method: 'POST',
      headers: { cookie, origin: hostUrl },
    })
    expect(logout.status).toBe(204)
    const after = await fetch(`${gatewayUrl}/api/v1/users/me`, { headers: { cookie } })
    expect(after.status).toBe(401)
    expect(await after.json()).toMatchObject({ reason: 'signed-out' })
  })
})

/** What of enigma.js's mixed-in methods is used here; its own types know none of them. */
interface EngineGlobal {
  openDoc(appId: string): Promise<{ getAppLayout(): Promise<{ qTitle: string }> }>
  getAuthenticatedUser(): Promise<string>
}

describe('enigma.js', () => {
  it('opens an app as the person of the assertion', async () => {
    const { gatewayUrl, host, tenant } = stage
    const headers = bearer(host.assertionFor(bjorn))
    const session = enigma.create({
      schema,
      url: `${gatewayUrl.replace('http', 'ws')}/app/${tenant.appId}`,
      createSocket: (url) => new WebSocket(url, { headers }) as never,
    })
    const global = (await session.open()) as unknown as EngineGlobal
    const doc = await global.openDoc(tenant.appId)
    expect((await doc.getAppLayout()).qTitle).toBe('Movies')
    expect(await global.getAuthenticatedUser()).toContain('bjorn')
    await session.close()
  })
})
