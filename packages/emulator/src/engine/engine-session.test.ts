import { afterEach, describe, expect, it } from 'vitest'
import type { Schedule } from './engine.ts'
import {
  createEngine,
  createMoviesApp,
  type EngineRequest,
  moviesAppId,
  parseSectionAccess,
} from './index.ts'
import type { JsonObject } from './json.ts'
import { type EngineServer, makeUser, openRawSocket, serveEngine } from './testing/engine-server.ts'
import { createSession, openApp, openGlobal } from './testing/enigma-client.ts'

const movies = await createMoviesApp()
const user = makeUser()
let server: EngineServer | undefined
afterEach(() => server?.close())

/** A clock that runs what is due only when it is told to. */
function manualClock() {
  const due = new Map<() => void, number>()
  const schedule: Schedule = (run, delayMs) => {
    due.set(run, delayMs)
    return () => due.delete(run)
  }
  return {
    schedule,
    delays: () => [...due.values()],
    runAll: () => {
      for (const run of [...due.keys()]) {
        due.delete(run)
        run()
      }
    },
  }
}

/** Opens a socket and tells how the engine greeted it. */
async function greeting(): Promise<string | undefined> {
  const raw = await openRawSocket(server?.url(moviesAppId) ?? '')
  const { params } = await raw.next()
  raw.socket.close()
  await raw.closed
  return params?.qSessionState
}

/** The server learns of a closed socket a moment later than its client. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve))
}

const selectComedy = async (app: Awaited<ReturnType<typeof openApp>>): Promise<void> => {
  const field = await app.doc.open('getField', 'Major Genre')
  await field.call('selectValues', [{ qText: 'Comedy' }])
}

describe('an engine session', () => {
  it('ends with its last socket when there is no ttl', async () => {
    const clock = manualClock()
    server = await serveEngine(createEngine({ apps: [movies], schedule: clock.schedule }))
    expect(await greeting()).toBe('SESSION_CREATED')
    const first = await openApp(server, moviesAppId)
    await selectComedy(first)
    const second = await openApp(server, moviesAppId)
    expect(await second.doc.call('evaluate', 'Count(distinct [Major Genre])')).toBe('1')
    await first.session.close()
    await second.session.close()
    const third = await openApp(server, moviesAppId)
    expect(await third.doc.call('evaluate', 'Count(distinct [Major Genre])')).toBe('12')
    await third.session.close()
    expect(clock.delays()).toEqual([])
  })

  it('is kept for its ttl, and found again with selections and objects', async () => {
    const clock = manualClock()
    const request = (appId: string): EngineRequest => ({ appId, user, ttlSeconds: 30 })
    server = await serveEngine(createEngine({ apps: [movies], schedule: clock.schedule }), request)
    const first = await openApp(server, moviesAppId)
    await selectComedy(first)
    await first.doc.open('createSessionObject', { qInfo: { qId: 'mine', qType: 'x' } })
    await first.session.close()
    await until(() => clock.delays().length === 1)
    expect(clock.delays()).toEqual([30_000])
    const session = createSession(server.url(moviesAppId))
    const global = await openGlobal(session)
    const doc = await global.open('getActiveDoc')
    expect(await doc.call('evaluate', 'Count(distinct [Major Genre])')).toBe('1')
    expect(await doc.call('getAllInfos')).toMatchObject(
      expect.arrayContaining([{ qId: 'mine', qType: 'x' }]),
    )
    expect(clock.delays()).toEqual([])
    await session.close()
    await until(() => clock.delays().length === 1)
    clock.runAll()
    expect(await greeting()).toBe('SESSION_CREATED')
  })

  it('is resumed by enigma.js after a suspension, with its objects alive', async () => {
    const request = (appId: string): EngineRequest => ({ appId, user, ttlSeconds: 30 })
    server = await serveEngine(createEngine({ apps: [movies] }), request)
    const { session, doc } = await openApp(server, moviesAppId)
    const object = await doc.open('createSessionObject', {
      qInfo: { qType: 'text' },
      text: { qStringExpression: '=Count(Title)' },
    })
    await session.suspend()
    await expect(object.call('getLayout')).rejects.toMatchObject({ code: -11 })
    await session.resume(true)
    expect(await object.call('getLayout')).toMatchObject({ text: '3200' })
    await session.close()
  })

  it('outlives a socket that is cut: enigma.js is told, resumes, and finds its selections', async () => {
    const request = (appId: string): EngineRequest => ({ appId, user, ttlSeconds: 30 })
    server = await serveEngine(createEngine({ apps: [movies] }), request)
    const app = await openApp(server, moviesAppId, { suspendOnClose: true })
    await selectComedy(app)
    const suspended = new Promise((resolve) => app.session.on('suspended', resolve))
    server.cut(4003, 'gone')
    expect(await suspended).toMatchObject({ code: 4003, reason: 'gone' })
    await app.session.resume(true)
    expect(await app.doc.call('evaluate', '[Major Genre]')).toBe('Comedy')
    await app.session.close()
  })

  it('is another one for another identity, another user, and other rights', async () => {
    const sectionAccess = parseSectionAccess(
      'ACCESS,GROUP,MAJOR GENRE\nUSER,a,Comedy\nUSER,b,Drama\n',
    )
    const app = await createMoviesApp({ sectionAccess })
    let request: Omit<EngineRequest, 'appId'> = { user: makeUser({ groups: ['a'] }) }
    server = await serveEngine(createEngine({ apps: [app] }), (appId) => ({ appId, ...request }))
    const first = await openApp(server, moviesAppId)
    await (await first.doc.open('getField', 'MPAA Rating')).call('select', 'PG')
    const count = async () => {
      const other = await openApp(server as EngineServer, moviesAppId)
      const genres = await other.doc.call<string>('evaluate', "[Major Genre] & ' ' & [MPAA Rating]")
      await other.session.close()
      return genres
    }
    expect(await count()).toBe('Comedy PG')
    request = { ...request, identity: 'second' }
    expect(await count()).toBe('Comedy ')
    request = { user: makeUser({ groups: ['a'], userId: 'user-2' }) }
    expect(await count()).toBe('Comedy ')
    // The same user and identity, now in another group: attaching would show the old group's rows.
    request = { user: makeUser({ groups: ['b'] }) }
    expect(await count()).toBe('Drama ')
    await first.session.close()
  })

  it('answers a second OpenDoc with the document, or with 1002 where that is asked for', async () => {
    const engine = createEngine({ apps: [movies] })
    let secondOpenDoc: 'document' | 'error' = 'document'
    server = await serveEngine(engine, (appId) => ({ appId, user, secondOpenDoc }))
    const first = await openApp(server, moviesAppId)
    const second = await openApp(server, moviesAppId)
    secondOpenDoc = 'error'
    await expect(openApp(server, moviesAppId)).rejects.toMatchObject({ code: 1002 })
    await first.session.close()
    await second.session.close()
  })

  it('is closed with the user’s logout, and nobody else’s is', async () => {
    const engine = createEngine({ apps: [movies] })
    let who = user
    server = await serveEngine(engine, (appId) => ({ appId, user: who, ttlSeconds: 30 }))
    const mine = await openRawSocket(server.url(moviesAppId))
    who = makeUser({ userId: 'user-2' })
    const theirs = await openRawSocket(server.url(moviesAppId))
    await theirs.next()
    engine.closeSessionsOf(user.userId)
    expect(await mine.closed).toEqual({ code: 4006, reason: 'The user logged out' })
    const version = { jsonrpc: '2.0', id: 1, handle: -1, method: 'EngineVersion', params: [] }
    expect(await theirs.send(version)).toMatchObject({ id: 1 })
    who = user
    expect(await greeting()).toBe('SESSION_CREATED')
    theirs.socket.close()
  })

  it('is forgotten by a reset, with the user’s bookmarks', async () => {
    const engine = createEngine({ apps: [movies] })
    server = await serveEngine(engine, (appId) => ({ appId, user, ttlSeconds: 30 }))
    const raw = await openRawSocket(server.url(moviesAppId))
    engine.reset()
    expect((await raw.closed).code).toBe(4003)
    expect(await greeting()).toBe('SESSION_CREATED')
  })
})

describe('what belongs to an app and its user', () => {
  it('keeps bookmarks when the session is gone, by values', async () => {
    server = await serveEngine(createEngine({ apps: [movies] }))
    const first = await openApp(server, moviesAppId)
    await selectComedy(first)
    const { qInfo } = await first.doc
      .open('createBookmark', {
        qInfo: { qId: 'funny', qType: 'bookmark' },
        qMetaDef: { title: 'Funny' },
      })
      .then((bookmark) => bookmark.call<{ qInfo: JsonObject }>('getLayout'))
    expect(qInfo).toEqual({ qId: 'funny', qType: 'bookmark' })
    await first.session.close()
    const second = await openApp(server, moviesAppId)
    expect(await second.doc.call('evaluate', 'Count(distinct [Major Genre])')).toBe('12')
    const listed = {
      qTypes: ['bookmark'],
      qData: { title: '/qMetaDef/title' },
      qIncludePatches: false,
    }
    expect(await second.doc.call('getBookmarks', listed)).toMatchObject([
      { qInfo: { qId: 'funny' }, qData: { title: 'Funny' } },
    ])
    expect(await second.doc.call('applyBookmark', 'funny')).toBe(true)
    expect(await second.doc.call('evaluate', '[Major Genre]')).toBe('Comedy')
    expect(await second.doc.call('destroyBookmark', 'funny')).toBe(true)
    expect(await second.doc.call('applyBookmark', 'funny')).toBe(false)
    await second.session.close()
  })

  it('computes with variables, and again when one is changed', async () => {
    server = await serveEngine(createEngine({ apps: [movies] }))
    const { doc, session } = await openApp(server, moviesAppId)
    const variable = await doc.open('createSessionVariable', {
      qInfo: { qId: '', qType: 'variable' },
      qName: 'vMeasure',
      qDefinition: 'Count(Title)',
    })
    const object = await doc.open('createSessionObject', {
      qInfo: { qType: 'kpi' },
      qHyperCubeDef: {
        qMeasures: [{ qDef: { qDef: '=$(vMeasure) * 2' } }],
        qInitialDataFetch: [{ qWidth: 1, qHeight: 1 }],
      },
    })
    const value = async () => {
      const { qHyperCube } = await object.call<{ qHyperCube: JsonObject }>('getLayout')
      return qHyperCube.qDataPages
    }
    expect(await value()).toMatchObject([{ qMatrix: [[{ qNum: 6400 }]] }])
    const changed = new Promise<void>((resolve) => object.on('changed', resolve))
    await variable.call('setStringValue', '=Max([IMDB Rating])')
    await changed
    expect(await value()).toMatchObject([{ qMatrix: [[{ qNum: 18.4 }]] }])
    expect(await variable.call('getLayout')).toMatchObject({ qText: '9.2', qNum: 9.2 })
    expect((await doc.open('getVariableByName', 'vMeasure')).handle).toBe(variable.handle)
    await doc.call('destroySessionVariableByName', 'vMeasure')
    expect(await value()).toMatchObject([{ qMatrix: [[{ qText: '-' }]] }])
    await session.close()
  })
})
