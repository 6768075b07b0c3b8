import type { AppDefinition } from '../data/app-definition.ts'
import type { EngineUser } from '../data/section-access.ts'
import type { Table } from '../data/table.ts'
import { engineError, errorCodes } from '../engine-error.ts'
import type { JsonObject } from '../json.ts'
import type { Doc } from './doc.ts'

/** What a handle stands for. */
export type Target =
  | { readonly kind: 'Global' }
  | { readonly kind: 'Doc' }
  | { readonly kind: 'GenericObject'; readonly id: string }

/** Where frames of a session go: one for each socket that is attached to it. */
export interface SessionClient {
  send(message: JsonObject): void
  close(code: number, reason: string): void
}

/**
 * An engine session: one user, one app, one identity. Handles, objects and selections belong to it
 * and not to a socket, so that a second socket, or one that comes back, finds them.
 */
export interface EngineSession {
  readonly key: string
  readonly user: EngineUser
  readonly app: AppDefinition | undefined
  /** The rows that the user may see; undefined: they may not open the app. */
  readonly table: Table | undefined
  readonly clients: Set<SessionClient>
  readonly handles: Map<number, Target>
  /** Set when the app was opened. */
  doc: Doc | undefined
  /** How long the session outlives its last socket. */
  ttlSeconds: number
}

/** The handles that are fixed; objects are numbered from 2 on. */
export const globalHandle = -1
export const docHandle = 1

/** The handle of an object: the one that it has, or the next free one. */
export function handleOfObject(session: EngineSession, id: string): number {
  for (const [handle, target] of session.handles) {
    if (target.kind === 'GenericObject' && target.id === id) return handle
  }
  const handle = Math.max(docHandle, ...session.handles.keys()) + 1
  session.handles.set(handle, { kind: 'GenericObject', id })
  return handle
}

/** The doc of a session; refused while no app is open. */
export function openDocOf(session: EngineSession): Doc {
  if (session.doc === undefined) throw engineError(errorCodes.appNotOpen, 'no app is open')
  return session.doc
}
