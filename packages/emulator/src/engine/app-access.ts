import type { AppDefinition } from './data/app-definition.ts'
import { accessFingerprint, type EngineUser, tableForUser } from './data/section-access.ts'
import type { Table } from './data/table.ts'
import type { Bookmark } from './model/bookmark.ts'

/** Whether the product lets the user open an app; to list it, or to open it now. Section access comes on top. */
export type MayOpen = (appId: string, purpose: 'list' | 'open') => boolean

/** An app as one user has it. */
export interface UsersApp {
  readonly app: AppDefinition
  /** The rows that the user may see; undefined: they may not open the app. */
  readonly table: Table | undefined
  /** Those that the user made in the app: they outlive the session. */
  readonly bookmarks: Map<string, Bookmark>
}

/** Which apps the user of one socket gets at. */
export interface AppAccess {
  /** All that they may open, for `GetDocList`. */
  list(): readonly AppDefinition[]
  /** The app that `OpenDoc` names by ID or name; undefined when the session has no such app. */
  find(idOrName: string): UsersApp | undefined
}

/** Whether an address leads to the engine and to none of its apps, as Qlik's own pages ask for lists of apps. */
export function isWithoutApp(appId: string): boolean {
  return appId === 'engineData' || appId.startsWith('SessionApp_')
}

/**
 * Works out what a socket gets at. Nothing is kept: rights can change while a session lasts.
 *
 * @param options.app the app of the socket's address, the only one that it can open; any where there is none
 */
export function createAppAccess(options: {
  apps: readonly AppDefinition[]
  app: AppDefinition | undefined
  user: EngineUser
  mayOpen: MayOpen
  bookmarksOf: (app: AppDefinition) => Map<string, Bookmark>
}): AppAccess {
  const { apps, app: only, user, mayOpen, bookmarksOf } = options
  const openable = only === undefined ? apps : [only]
  const rowsOf = (app: AppDefinition, purpose: 'list' | 'open'): Table | undefined =>
    mayOpen(app.id, purpose) ? tableForUser(app.table, app.sectionAccess, user) : undefined
  return {
    list: () => apps.filter((app) => rowsOf(app, 'list') !== undefined),
    find: (idOrName) => {
      const app =
        openable.find(({ id }) => id === idOrName) ?? openable.find(({ name }) => name === idOrName)
      if (app === undefined) return undefined
      return { app, table: rowsOf(app, 'open'), bookmarks: bookmarksOf(app) }
    },
  }
}

/** What section access grants a user in some apps; two users with the same answer see the same data. */
export function accessTo(apps: readonly AppDefinition[], user: EngineUser): string {
  return JSON.stringify(apps.map(({ sectionAccess }) => accessFingerprint(sectionAccess, user)))
}
