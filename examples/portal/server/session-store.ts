import { createHash } from 'node:crypto'

/** Somebody who is logged in to the portal. */
export interface PortalSession {
  readonly userId: string
}

/** The portal's sessions, kept on the server; the browser holds nothing but an opaque ID. */
export interface SessionStore {
  /** Starts a session under a fresh ID; nothing comes back when the store is full. */
  open(userId: string): string | undefined
  /** The session of this ID, if it is alive; being asked for keeps it alive. */
  find(id: string): PortalSession | undefined
  /** Ends the session of this ID, if there is one. */
  end(id: string): void
}

export interface SessionStoreOptions {
  /** Milliseconds since 1970. */
  clock: () => number
  randomBytes: (size: number) => Uint8Array
  /** A session nobody used for so long is over; 30 minutes by default. */
  idleSeconds?: number
  /** A session as old as this is over, used or not; 8 hours by default. */
  absoluteSeconds?: number
  /** How many people may be logged in at once; 10,000 by default. */
  maximumSessions?: number
}

interface StoredSession extends PortalSession {
  readonly openedAt: number
  usedAt: number
}

/**
 * Makes an empty store.
 *
 * A full store refuses the newcomer: were the oldest session dropped instead, whoever can log in
 * often could throw everybody else out.
 */
export function createSessionStore(options: SessionStoreOptions): SessionStore {
  const { clock, randomBytes } = options
  const idleMs = (options.idleSeconds ?? 30 * 60) * 1000
  const absoluteMs = (options.absoluteSeconds ?? 8 * 60 * 60) * 1000
  const maximumSessions = options.maximumSessions ?? 10_000
  const sessions = new Map<string, StoredSession>()

  function isAlive(session: StoredSession): boolean {
    const now = clock()
    return now - session.usedAt < idleMs && now - session.openedAt < absoluteMs
  }

  function dropExpired(): void {
    for (const [key, session] of sessions) if (!isAlive(session)) sessions.delete(key)
  }

  return {
    open(userId) {
      if (sessions.size >= maximumSessions) dropExpired()
      if (sessions.size >= maximumSessions) return undefined
      const id = Buffer.from(randomBytes(32)).toString('base64url')
      const now = clock()
      sessions.set(keyOf(id), { userId, openedAt: now, usedAt: now })
      return id
    },
    find(id) {
      const key = keyOf(id)
      const session = sessions.get(key)
      if (!session) return undefined
      if (!isAlive(session)) {
        sessions.delete(key)
        return undefined
      }
      session.usedAt = clock()
      return session
    },
    end(id) {
      sessions.delete(keyOf(id))
    },
  }
}

/** Only a digest is kept: a look into the server's memory gives nobody a session to use. */
function keyOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url')
}
