// Qlik's own clients in Node reach Qlik through a gateway, unmodified, as the person of their assertion.
import { createQlikApi } from '@qlik/api'
import enigma from 'enigma.js'
import schema from 'enigma.js/schemas/12.2027.0.json' with { type: 'json' }
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { grossByGenre } from './films.ts'
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
  const allowPaths = ['POST /api/v1/spaces', 'PATCH,DELETE /api/v1/spaces/{id}']
  stage = await createGatewayStage({ names: 'localhost', gateway: { paths: { allowPaths } } })
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
    // Each answer names its request: the gateway's own, Qlik's, and refusals.
    const ids = [login, me, session, logout, after].map(({ headers }) =>
      headers.get('x-request-id'),
    )
    for (const id of ids) expect(id).toMatch(/^[\da-f]{32}$/)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('answers what a listed page asks before a request, and lets it read refusals (T-C12)', async () => {
    const { gatewayUrl, hostUrl } = stage
    for (const path of ['/api/v1/users/me', '/.jotgate/login', '/qlik-embed/main.js']) {
      const asked = (origin: string) =>
        fetch(gatewayUrl + path, {
          method: 'OPTIONS',
          headers: { origin, 'access-control-request-method': 'PATCH' },
        })
      const allowed = await asked(hostUrl)
      expect(allowed.status, path).toBe(204)
      expect(allowed.headers.get('access-control-allow-origin'), path).toBe(hostUrl)
      const other = await asked('http://evil.localhost:1')
      expect(other.headers.get('access-control-allow-origin'), path).toBeNull()
    }
    const refused = await fetch(`${gatewayUrl}/api/v1/users/me`, { headers: { origin: hostUrl } })
    expect(refused.status).toBe(401)
    expect(refused.headers.get('access-control-allow-origin')).toBe(hostUrl)
  })
})

const grossByGenreObject = {
  qInfo: { qType: 'test' },
  qHyperCubeDef: {
    qDimensions: [{ qDef: { qFieldDefs: ['Major Genre'] }, qNullSuppression: true }],
    qMeasures: [{ qDef: { qDef: '=Sum([Worldwide Gross])' } }],
    qInitialDataFetch: [{ qTop: 0, qLeft: 0, qWidth: 2, qHeight: 100 }],
  },
}

/** What of enigma.js's mixed-in methods is used here; its own types know none of them. */
interface EngineDoc {
  getAppLayout(): Promise<{ qTitle: string }>
  createSessionObject(properties: unknown): Promise<{ getLayout(): Promise<unknown> }>
  getField(
    name: string,
  ): Promise<{ selectValues(values: unknown, toggle: boolean, soft: boolean): Promise<boolean> }>
}
interface EngineGlobal {
  openDoc(appId: string): Promise<EngineDoc>
  getAuthenticatedUser(): Promise<string>
}

function rowsOf(layout: unknown): Map<string, number> {
  const { qHyperCube } = layout as {
    qHyperCube: { qDataPages: { qMatrix: { qText: string; qNum: number }[][] }[] }
  }
  const matrix = qHyperCube.qDataPages[0]?.qMatrix ?? []
  return new Map(matrix.map(([genre, gross]) => [genre?.qText ?? '', gross?.qNum ?? Number.NaN]))
}

const bjornsRows = grossByGenre(['Paramount Pictures'])
const onlyComedy = new Map([['Comedy', bjornsRows.get('Comedy')]])

describe('enigma.js', () => {
  const connect = (path = '') => {
    const { gatewayUrl, host, tenant } = stage
    const headers = bearer(host.assertionFor(bjorn))
    return enigma.create({
      schema,
      url: `${gatewayUrl.replace('http', 'ws')}/app/${tenant.appId}${path}`,
      createSocket: (url) => new WebSocket(url, { headers }) as never,
      suspendOnClose: true,
    })
  }
  const open = async (session: ReturnType<typeof connect>) => {
    const global = (await session.open()) as unknown as EngineGlobal
    return { global, doc: await global.openDoc(stage.tenant.appId) }
  }
  const selectComedy = async (doc: EngineDoc) => {
    const genre = await doc.getField('Major Genre')
    expect(await genre.selectValues([{ qText: 'Comedy' }], false, false)).toBe(true)
  }

  it('opens an app as the person of the assertion, with their rows', async () => {
    const session = connect()
    const { global, doc } = await open(session)
    expect((await doc.getAppLayout()).qTitle).toBe('Movies')
    expect(await global.getAuthenticatedUser()).toContain('bjorn')
    const cube = await doc.createSessionObject(grossByGenreObject)
    expect(rowsOf(await cube.getLayout())).toEqual(bjornsRows)
    await selectComedy(doc)
    expect(rowsOf(await cube.getLayout())).toEqual(onlyComedy)
    await session.close()
  })

  it('suspends and resumes, with its objects and selections alive', async () => {
    const session = connect('/identity/suspended/ttl/60')
    const { doc } = await open(session)
    const cube = await doc.createSessionObject(grossByGenreObject)
    await selectComedy(doc)
    await session.suspend()
    await expect(doc.getAppLayout()).rejects.toThrow()
    await session.resume(true)
    expect(rowsOf(await cube.getLayout())).toEqual(onlyComedy)
    await session.close()
  })

  it('is told how Qlik closes the socket, and resumes there', async () => {
    const session = connect('/identity/closed/ttl/60')
    const { doc } = await open(session)
    await selectComedy(doc)
    const suspended = new Promise((resolve) => session.on('suspended', resolve))
    stage.tenant.emulator.cutSockets({ closeCode: 4003, reason: 'gone' })
    expect(await suspended).toMatchObject({ code: 4003, reason: 'gone' })
    await session.resume(true)
    const cube = await doc.createSessionObject(grossByGenreObject)
    expect(rowsOf(await cube.getLayout())).toEqual(onlyComedy)
    await session.close()
  })
})

describe('@qlik/api', () => {
  /** An assertion comes where Qlik’s own API keys do: as Bearer. */
  const apiAs = (user: typeof bjorn) =>
    createQlikApi({
      hostConfig: {
        authType: 'apikey',
        apiKey: stage.host.assertionFor(user),
        host: stage.gatewayUrl,
      },
    })

  /** As an administrator of the tenant: past the gateway, which closes this. */
  const apiOfAdministrator = () =>
    createQlikApi({
      hostConfig: {
        authType: 'apikey',
        apiKey: stage.tenant.emulator.adminKey,
        host: stage.tenant.deployment.url,
      },
    })

  it('opens an app, and resumes by itself after close code 4003', async () => {
    const { qix } = apiAs(bjorn)
    const session = qix.openAppSession({
      appId: stage.tenant.appId,
      identity: 'resuming',
      ttlSeconds: 60,
      autoResume: true,
    })
    const app = await session.getDoc()
    const cube = await app.createSessionObject(grossByGenreObject)
    expect(rowsOf(await cube.getLayout())).toEqual(bjornsRows)
    const genre = await app.getField('Major Genre')
    await genre.selectValues([{ qText: 'Comedy' }], false, false)
    const { emulator } = stage.tenant
    const socketsSince = (count: number) =>
      emulator.requests.filter(({ status }) => status === 101).length - count
    const before = socketsSince(0)
    expect(emulator.cutSockets()).toBe(1)
    await expect.poll(() => socketsSince(before)).toBe(1)
    await expect.poll(async () => rowsOf(await cube.getLayout())).toEqual(onlyComedy)
    await session.close()
  })

  it('reads who it is, and lists page by page, never past the gateway', async () => {
    const administrator = apiOfAdministrator()
    const api = apiAs(bjorn)
    const { data: me } = await api.users.getMyUser()
    expect(me).toMatchObject({ subject: bjorn.subject, name: bjorn.name })
    for (const name of ['Sales', 'Press', 'Studio']) {
      const { data } = await administrator.spaces.createSpace({ name, type: 'shared' })
      await administrator.spaces.createSpaceAssignment(data.id, {
        type: 'user',
        assigneeId: me.id,
        roles: ['consumer'],
      })
    }
    const names: string[] = []
    let page: Awaited<ReturnType<typeof api.spaces.getSpaces>> | undefined =
      await api.spaces.getSpaces({ limit: 1 })
    while (page !== undefined) {
      names.push(...(page.data.data ?? []).map(({ name }) => name))
      for (const link of Object.values(page.data.links ?? {}))
        expect(link.href).toMatch(`${stage.gatewayUrl}/api/v1/spaces?`)
      page = await page.next?.()
    }
    expect(names).toEqual(['Sales', 'Press', 'Studio'])
    const { data: items } = await api.items.getItems({ resourceType: 'app' })
    expect(items.data).toMatchObject([{ resourceId: stage.tenant.appId }])
  })

  it('writes what the settings allow, and nothing else', async () => {
    const administrator = apiOfAdministrator()
    const api = apiAs(bjorn)
    const { data: me } = await api.users.getMyUser()
    await administrator.users.patchUser(me.id, [
      { op: 'replace', path: '/assignedRoles', value: [{ name: 'SharedSpaceCreator' }] },
    ])
    const { data: space } = await api.spaces.createSpace({ name: 'Björns', type: 'shared' })
    expect(space.ownerId).toBe(me.id)
    const renamed = await api.spaces.patchSpace(space.id, [
      { op: 'replace', path: '/name', value: 'Björns Filme' },
    ])
    expect(renamed.status).toBe(200)
    expect((await administrator.spaces.getSpace(space.id)).data.name).toBe('Björns Filme')
    expect((await api.spaces.deleteSpace(space.id)).status).toBe(204)
    expect((await administrator.spaces.getSpaces({ name: 'Björns' })).data.data).toEqual([])
    // What nobody allowed, and what no setting opens, does not reach Qlik.
    const asked = stage.tenant.emulator.requests.length
    await expect(api.spaces.updateSpace(space.id, {})).rejects.toMatchObject({ status: 403 })
    await expect(api.users.getUsers({})).rejects.toMatchObject({ status: 403 })
    await expect(api.apiKeys.getApiKeys({})).rejects.toMatchObject({ status: 403 })
    expect(stage.tenant.emulator.requests.length).toBe(asked)
  })
})
