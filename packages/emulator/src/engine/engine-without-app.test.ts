import { afterEach, describe, expect, it } from 'vitest'
import {
  createEngine,
  createMoviesApp,
  type EngineRequest,
  moviesAppId,
  parseSectionAccess,
} from './index.ts'
import type { JsonObject } from './json.ts'
import { makeTable } from './testing/cube-input.ts'
import { type EngineServer, makeUser, openRawSocket, serveEngine } from './testing/engine-server.ts'
import { createSession, openApp, openGlobal, type Remote } from './testing/enigma-client.ts'

const movies = await createMoviesApp()
const sectionAccess = parseSectionAccess('ACCESS,GROUP,CITY\nUSER,north,Ulm\nUSER,south,Bonn\n')
const towns = {
  id: 'towns',
  name: 'Towns',
  table: makeTable(['City'], [['Ulm'], ['Bonn']]),
  sectionAccess,
  lastReloadTime: '2025-01-01T00:00:00.000Z',
}
let server: EngineServer | undefined
const opened: EnigmaJS.Session[] = []
afterEach(async () => {
  await Promise.all(opened.splice(0).map((session) => session.close().catch(() => undefined)))
  await server?.close()
  server = undefined
})

/** The Global object at an address, as Qlik's app lists open it. */
async function globalAt(address: string, request: Partial<EngineRequest> = {}): Promise<Remote> {
  server ??= await serve(request)
  const session = createSession(server.url(address))
  opened.push(session)
  return await openGlobal(session)
}

async function serve(request: Partial<EngineRequest>): Promise<EngineServer> {
  const engine = createEngine({ apps: [movies, towns] })
  server = await serveEngine(engine, (appId) => ({ appId, user: makeUser(), ...request }))
  return server
}

const idsOf = async (global: Remote): Promise<unknown[]> =>
  (await global.call<JsonObject[]>('getDocList')).map(({ qDocId }) => qDocId)

describe('an engine session without an app', () => {
  it.each(['engineData', 'SessionApp_5f3a'])('answers at %s what concerns no app', async (path) => {
    const global = await globalAt(path)
    expect(await global.call('engineVersion')).toMatchObject({
      qComponentVersion: expect.stringContaining('jotgate emulator'),
    })
    expect(await global.call('getDocList')).toMatchObject([
      { qDocId: moviesAppId, qDocName: 'Movies', qTitle: 'Movies', qThumbnail: { qUrl: '' } },
    ])
    await expect(global.call('getActiveDoc')).rejects.toMatchObject({ code: 1017 })
    await expect(global.call('createSessionApp')).rejects.toMatchObject({
      code: -32601,
      message: 'not supported by the jotgate emulator: Global.CreateSessionApp',
    })
  })

  it('opens one app, by ID or name, and no second one', async () => {
    const global = await globalAt('engineData', { user: makeUser({ groups: ['north'] }) })
    await expect(global.open('openDoc', 'nowhere')).rejects.toMatchObject({ code: 1003 })
    const doc = await global.open('openDoc', 'Towns')
    expect(await doc.call('getAppLayout')).toMatchObject({ qTitle: 'Towns' })
    expect((await global.open('getActiveDoc')).handle).toBe(doc.handle)
    await expect(global.open('openDoc', moviesAppId)).rejects.toMatchObject({ code: 1002 })
  })

  it('reduces an app by section access, and refuses one of which nothing is left', async () => {
    const global = await globalAt('engineData', { user: makeUser({ groups: ['north'] }) })
    const doc = await global.open('openDoc', 'towns')
    expect(await doc.call('evaluate', 'Only(City)')).toBe('Ulm')
    await server?.close()
    server = undefined
    const stranger = await globalAt('engineData')
    expect(await idsOf(stranger)).toEqual([moviesAppId])
    await expect(stranger.open('openDoc', 'towns')).rejects.toMatchObject({ code: 5 })
  })

  it('never shows the rows of other groups to a user who comes back with new ones', async () => {
    let user = makeUser({ groups: ['north'] })
    const engine = createEngine({ apps: [movies, towns] })
    server = await serveEngine(engine, (appId) => ({ appId, user, ttlSeconds: 60 }))
    const before = await (await globalAt('engineData')).open('openDoc', 'towns')
    expect(await before.call('evaluate', 'Only(City)')).toBe('Ulm')
    user = makeUser({ groups: ['south'] })
    const after = await (await globalAt('engineData')).open('openDoc', 'towns')
    expect(await after.call('evaluate', 'Only(City)')).toBe('Bonn')
  })

  it('refuses and does not list an app that the product closes to the user', async () => {
    const asked: [string, string][] = []
    const mayOpen: EngineRequest['mayOpen'] = (appId, purpose) => {
      asked.push([appId, purpose])
      return appId !== moviesAppId
    }
    const global = await globalAt('engineData', { mayOpen, user: makeUser({ groups: ['north'] }) })
    expect(await idsOf(global)).toEqual(['towns'])
    asked.length = 0
    for (const name of [moviesAppId, 'Movies'])
      await expect(global.open('openDoc', name)).rejects.toMatchObject({ code: 5 })
    expect(asked).toEqual([
      [moviesAppId, 'open'],
      [moviesAppId, 'open'],
    ])
  })

  it('does not attach anybody to an app that was closed to them meanwhile', async () => {
    let isOpen = true
    const engine = createEngine({ apps: [movies] })
    server = await serveEngine(engine, (appId) => ({
      appId,
      user: makeUser(),
      ttlSeconds: 60,
      mayOpen: () => isOpen,
    }))
    const first = await openRawSocket(server.url('engineData'))
    await first.next()
    const openDoc = { jsonrpc: '2.0', id: 1, handle: -1, method: 'OpenDoc', params: [moviesAppId] }
    expect(await first.send(openDoc)).toHaveProperty('result')
    isOpen = false
    const second = await openRawSocket(server.url('engineData'))
    expect(await second.next()).toMatchObject({ params: { qSessionState: 'SESSION_CREATED' } })
    expect(await first.closed).toMatchObject({ code: 4203 })
    const layout = { jsonrpc: '2.0', id: 2, handle: 1, method: 'GetAppLayout', params: [] }
    expect(await second.send(layout)).toMatchObject({ error: { code: 2 } })
    second.socket.close()
  })

  it('keeps the bookmarks of the app that it opened with those of the app', async () => {
    const doc = await (await globalAt('engineData')).open('openDoc', moviesAppId)
    await doc.call('createBookmark', { qInfo: { qId: 'mine', qType: 'bookmark' } })
    const other = await openApp(server as EngineServer, moviesAppId)
    opened.push(other.session)
    expect(await other.doc.call('getBookmarks', { qTypes: ['bookmark'] })).toMatchObject([
      { qInfo: { qId: 'mine' } },
    ])
  })
})

describe('an app that is opened without data', () => {
  it.each([
    ['by position', [moviesAppId, '', '', '', true]],
    ['by name', [{ qDocName: moviesAppId, qNoData: true }]],
  ])('has its objects and no rows, asked for %s', async (_, parameters) => {
    const doc = await (await globalAt(moviesAppId)).open('openDoc', ...parameters)
    expect(await doc.call('getAppLayout')).toMatchObject({
      qTitle: 'Movies',
      qHasData: false,
      qIsOpenedWithoutData: true,
    })
    const chart = await doc.open('getObject', 'movies-by-genre')
    expect(await chart.call('getLayout')).toMatchObject({
      title: 'US gross by genre',
      qHyperCube: { qSize: { qcy: 0 } },
    })
    expect(await doc.call('evaluate', 'Count(Title)')).toBe('0')
  })

  it('is not given to who wants its data', async () => {
    const global = await globalAt(moviesAppId)
    await global.open('openDoc', moviesAppId, '', '', '', true)
    await expect(global.open('openDoc', moviesAppId)).rejects.toMatchObject({
      code: 1002,
      message: 'App already open without data',
    })
  })

  it('stays closed to who may not open it', async () => {
    const global = await globalAt('towns')
    const withoutData = global.open('openDoc', 'towns', '', '', '', true)
    await expect(withoutData).rejects.toMatchObject({ code: 5 })
  })

  it('tells that it was opened with data where it was', async () => {
    const doc = await (await globalAt(moviesAppId)).open('openDoc', moviesAppId)
    expect(await doc.call('getAppLayout')).toMatchObject({ qIsOpenedWithoutData: false })
  })
})
