import { readWholeNumber, valueOrThrow } from '../../values/index.ts'
import { gatewayErrors } from '../errors.ts'
import type { GatewaySession } from '../session/gateway-session.ts'

/** How many web sockets may be open. */
export interface SocketLimits {
  /** Of one user, over all sessions. Default 100, 1 to 10000. */
  readonly maxPerPerson: number
  /** Default 10000, 1 to 1000000. */
  readonly max: number
}

/** Those that are open, at all deployments. */
export interface SocketCount {
  readonly count: number
  /** Those of one session. */
  countOf(sessionId: string): number
  /**
   * Counts one of this user of a deployment. Two deployments may have users of one name.
   *
   * @returns what gives its place back, once
   * @throws ERR_GATEWAY_USER_SOCKETS (429), ERR_GATEWAY_SOCKETS (503)
   */
  take(session: Pick<GatewaySession, 'id' | 'user' | 'upstream'>): () => void
}

/**
 * Counts web sockets.
 *
 * @throws ERR_GATEWAY_OPTION
 */
export function createSocketCount(limits: Partial<SocketLimits> = {}): SocketCount {
  const read = (name: keyof SocketLimits, fallback: number, max: number) =>
    valueOrThrow(
      readWholeNumber(`sockets.${name}`, limits[name], { min: 1, max, fallback }),
      gatewayErrors.ERR_GATEWAY_OPTION,
    )
  const perUser = read('maxPerPerson', 100, 10_000)
  const most = read('max', 10_000, 1_000_000)
  const users = new Map<string, number>()
  const sessions = new Map<string, number>()
  let count = 0
  return {
    get count() {
      return count
    },
    countOf: (sessionId) => sessions.get(sessionId) ?? 0,
    take({ id, upstream, user: { directory, subject } }) {
      if (count >= most) throw gatewayErrors.ERR_GATEWAY_SOCKETS({ most })
      const user = JSON.stringify([upstream, directory, subject])
      const own = users.get(user) ?? 0
      if (own >= perUser) throw gatewayErrors.ERR_GATEWAY_USER_SOCKETS({ most: perUser })
      count += 1
      users.set(user, own + 1)
      sessions.set(id, (sessions.get(id) ?? 0) + 1)
      let isTaken = true
      return () => {
        if (!isTaken) return
        isTaken = false
        count -= 1
        decrease(users, user)
        decrease(sessions, id)
      }
    },
  }
}

function decrease(counts: Map<string, number>, name: string): void {
  const left = (counts.get(name) ?? 1) - 1
  if (left > 0) counts.set(name, left)
  else counts.delete(name)
}
