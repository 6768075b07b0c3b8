import type { WebSocket } from 'ws'
import { accessTo, createAppAccess, isWithoutApp, type MayOpen } from './app-access.ts'
import type { AppDefinition } from './data/app-definition.ts'
import { previewTable, type TablePreview } from './data/preview.ts'
import { type EngineUser, tableForUser } from './data/section-access.ts'
import { engineLimits } from './limits.ts'
import type { Bookmark } from './model/bookmark.ts'
import { docHandle, type EngineSession, globalHandle } from './model/session.ts'
import { connectSocket, type FrameObserver } from './protocol/connection.ts'
import type { FaultOfCall, SaveExport, SecondOpenDoc } from './protocol/method.ts'

/** Who opens a socket, and to which app. */
export interface EngineRequest {
  /** `engineData` and `SessionApp_…` are sessions without an app, which can open one. */
  readonly appId: string
  /** Another identity is another session of the same user, with its own selections. */
  readonly identity?: string
  /** What else tells the sessions of one user apart, such as the browser in an Extended security environment. */
  readonly environment?: string
  /** How long the session is kept after its last socket; 0 where it is left out, 86,400 at most. */
  readonly ttlSeconds?: number
  readonly user: EngineUser
  /** What the product says beside section access; every app may be opened where it is omitted. */
  readonly mayOpen?: MayOpen
  /**
   * What `OpenDoc` answers in a session that has the app open: the document (the default), or error
   * 1002, which Qlik's clients know of; no source settles when Qlik gives it.
   */
  readonly secondOpenDoc?: SecondOpenDoc
  /** Sees the frames of this socket. */
  readonly onFrame?: FrameObserver
  /** Asked before each call of this socket, by its name (`Doc.GetObject`): what it is refused with on purpose. */
  readonly faultOf?: FaultOfCall
  /** Where files of `ExportData` go; the call is refused where it is omitted. */
  readonly saveExport?: SaveExport
}

/** The engine of the emulator: apps, sessions and the sockets attached to them. */
export interface Engine {
  apps(): readonly { readonly id: string; readonly name: string }[]
  hasApp(appId: string): boolean
  /** False when section access leaves the user nothing, or there is no such app. */
  mayOpen(appId: string, user: EngineUser): boolean
  /** Takes over a socket that is open. Who the user is was settled before. */
  accept(socket: WebSocket, request: EngineRequest): void
  /** The fields and first rows of an app's table, whoever may see them; undefined without such an app. */
  preview(appId: string, rowLimit: number): TablePreview | undefined
  /** Ends all sessions of a user and closes their sockets, as a logout does. */
  closeSessionsOf(userId: string): void
  /** Ends all sessions and forgets bookmarks; the apps stay. */
  reset(): void
  /** Ends all sessions and timers. */
  close(): void
}

/** Runs something later; gives the function that calls it off. */
export type Schedule = (run: () => void, delayMs: number) => () => void

/** Close codes that Qlik's own client knows (@qlik/api 2.19.0). */
const closeCodes = {
  engineTerminating: 4003,
  authenticationFailed: 4006,
  noPermission: 4203,
  appNotFound: 4204,
} as const
const ttlLimitSeconds = 86_400

/**
 * Makes an engine for some apps.
 *
 * @param options.apps the apps, from `createMoviesApp` or `readAppFile`; no two with one ID
 * @param options.schedule the clock that ends sessions whose last socket is gone; default `setTimeout`
 * @throws TypeError when two apps have the same ID
 */
export function createEngine(options: {
  apps: readonly AppDefinition[]
  schedule?: Schedule
}): Engine {
  const { apps, schedule = scheduleByTimer } = options
  const appsById = new Map(apps.map((app) => [app.id, app]))
  if (appsById.size !== apps.length) throw new TypeError('two apps have the same ID')
  const sessions = new Map<string, EngineSession>()
  const endings = new Map<EngineSession, () => void>()

  const bookmarks = new Map<string, Map<string, Bookmark>>()

  const bookmarksOf = (user: EngineUser, app: AppDefinition): Map<string, Bookmark> => {
    const key = JSON.stringify([user.userId, app.id])
    const known = bookmarks.get(key) ?? new Map()
    bookmarks.set(key, known)
    return known
  }

  const endSession = (session: EngineSession, code: number, reason: string): void => {
    endings.get(session)?.()
    endings.delete(session)
    if (sessions.get(session.key) === session) sessions.delete(session.key)
    for (const client of session.clients) client.close(code, reason)
  }

  const isFull = (known: EngineSession | undefined, userId: string): boolean => {
    const { socketsOfSession, sessionsOfUser } = engineLimits
    if (known !== undefined) return known.clients.size >= socketsOfSession.value
    const ofUser = [...sessions.values()].filter((session) => session.user.userId === userId)
    return ofUser.length >= sessionsOfUser.value
  }

  const createSession = (key: string, { user }: EngineRequest): EngineSession => {
    const session: EngineSession = {
      key,
      user,
      clients: new Set(),
      handles: new Map([[globalHandle, { kind: 'Global', id: '' }]]),
      nextHandle: docHandle + 1,
      doc: undefined,
      waiting: [],
      ttlSeconds: 0,
    }
    sessions.set(key, session)
    return session
  }

  const onLastSocketClosed = (session: EngineSession): void => {
    if (session.clients.size > 0 || sessions.get(session.key) !== session) return
    if (session.ttlSeconds === 0) {
      sessions.delete(session.key)
      return
    }
    endings.set(
      session,
      schedule(
        () => endSession(session, closeCodes.engineTerminating, ''),
        session.ttlSeconds * 1000,
      ),
    )
  }

  return {
    apps: () => apps.map(({ id, name }) => ({ id, name })),
    hasApp: (appId) => appsById.has(appId),
    mayOpen: (appId, user) => {
      const app = appsById.get(appId)
      return app !== undefined && tableForUser(app.table, app.sectionAccess, user) !== undefined
    },
    preview: (appId, rowLimit) => {
      const app = appsById.get(appId)
      return app === undefined ? undefined : previewTable(app.table, rowLimit)
    },
    accept: (socket, request) => {
      const app = appsById.get(request.appId)
      if (app === undefined && !isWithoutApp(request.appId))
        return socket.close(closeCodes.appNotFound, 'App not found')
      const { user, mayOpen = () => true } = request
      const key = sessionKey(request, app === undefined ? apps : [app])
      const found = sessions.get(key)
      const isLost = found?.doc !== undefined && !mayOpen(found.doc.app.id, 'list')
      // Its user may open the app no longer: attaching them would show it all the same.
      if (isLost) endSession(found, closeCodes.noPermission, 'No permission to open the app')
      const known = isLost ? undefined : found
      if (isFull(known, user.userId)) return socket.close(1013, 'Too many connections')
      const session = known ?? createSession(key, request)
      endings.get(session)?.()
      endings.delete(session)
      const asked = Math.trunc(request.ttlSeconds ?? 0)
      session.ttlSeconds = Math.min(Math.max(asked, session.ttlSeconds, 0), ttlLimitSeconds)
      connectSocket(
        socket,
        session,
        known !== undefined,
        {
          access: createAppAccess({
            apps,
            app,
            user,
            mayOpen,
            bookmarksOf: (one) => bookmarksOf(user, one),
          }),
          secondOpenDoc: request.secondOpenDoc ?? 'document',
          faultOf: request.faultOf,
          saveExport: request.saveExport,
        },
        {
          onClose: () => onLastSocketClosed(session),
          onFrame: request.onFrame,
        },
      )
    },
    closeSessionsOf: (userId) => {
      for (const session of [...sessions.values()]) {
        if (session.user.userId !== userId) continue
        endSession(session, closeCodes.authenticationFailed, 'The user logged out')
      }
    },
    reset: () => {
      for (const session of [...sessions.values()]) {
        endSession(session, closeCodes.engineTerminating, 'The emulator was reset')
      }
      bookmarks.clear()
    },
    close: () => {
      for (const session of [...sessions.values()]) {
        endSession(session, closeCodes.engineTerminating, 'The emulator ends')
      }
    },
  }
}

/**
 * Sessions of one user, app and identity are one. What section access grants is part of the key: a
 * user who comes back with other groups must not be attached to the rows of the old ones.
 */
function sessionKey(
  { appId, identity, environment, user }: EngineRequest,
  apps: readonly AppDefinition[],
): string {
  return JSON.stringify([
    user.userId,
    appId,
    identity ?? '',
    environment ?? '',
    accessTo(apps, user),
  ])
}

const scheduleByTimer: Schedule = (run, delayMs) => {
  const timer = setTimeout(run, delayMs)
  // A session that waits for its user must not keep the process alive.
  timer.unref()
  return () => clearTimeout(timer)
}
