import type { EngineUser } from '../data/section-access.ts'
import { engineError, errorCodes } from '../engine-error.ts'
import type { JsonObject } from '../json.ts'
import type { Doc } from './doc.ts'

/** What a handle stands for; the kind is the class of the schema. */
export type Target =
  | { readonly kind: 'Global' | 'Doc'; readonly id: '' }
  | {
      readonly kind: 'GenericObject' | 'Field' | 'GenericVariable' | 'GenericBookmark'
      readonly id: string
    }

/** Where frames of a session go: one for each socket that is attached to it. */
export interface SessionClient {
  send(message: JsonObject): void
  close(code: number, reason: string): void
}

/**
 * An engine session: one user, one identity, and the app of its address, or none until it opens one. Handles,
 * objects and selections belong to it and not to a socket, so that a second socket, or one that comes back,
 * finds them.
 */
export interface EngineSession {
  readonly key: string
  readonly user: EngineUser
  readonly clients: Set<SessionClient>
  readonly handles: Map<number, Target>
  /** Never one that was given before: a client may still hold it. */
  nextHandle: number
  /** Set when the app was opened. */
  doc: Doc | undefined
  /** Calls that wait for the one before them; the first is being answered. */
  readonly waiting: ((done: () => void) => void)[]
  /** How long the session outlives its last socket. */
  ttlSeconds: number
}

/** The handles that are fixed; objects are numbered from 2 on. */
export const globalHandle = -1
export const docHandle = 1

/** The handle of a thing: the one that it has, or the next free one. */
export function handleOf(session: EngineSession, target: Target): number {
  for (const [handle, known] of session.handles) {
    if (known.kind === target.kind && known.id === target.id) return handle
  }
  const handle = session.nextHandle
  session.nextHandle += 1
  session.handles.set(handle, target)
  return handle
}

export function handleOfObject(session: EngineSession, id: string): number {
  return handleOf(session, { kind: 'GenericObject', id })
}

/** The doc of a session; refused while no app is open. */
export function openDocOf(session: EngineSession): Doc {
  if (session.doc === undefined) throw engineError(errorCodes.appNotOpen, 'no app is open')
  return session.doc
}
