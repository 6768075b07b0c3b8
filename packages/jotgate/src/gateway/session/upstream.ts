import { changeSession, productFor, type QlikSession } from '../../qlik/index.ts'
import type { NodePlace } from '../nodes/upstream-nodes.ts'
import type { UpstreamSession } from './upstream-session.ts'

/** A Qlik session with what only the list of them changes. */
export interface Upstream {
  /** What others get of it. */
  readonly shown: UpstreamSession
  readonly place: NodePlace
  /** When it was used for HTTP last: what is sure to count at Qlik. */
  lastUsedAt: number
  /** Whether the store has an older state, and since when it has that. */
  isDirty: boolean
  writtenAt: number
  /** Qlik has answered 401. */
  isLost: boolean
}

export function createUpstream(
  id: string,
  opened: QlikSession,
  { place, lastUsedAt, writtenAt }: Pick<Upstream, 'place' | 'lastUsedAt' | 'writtenAt'>,
): Upstream {
  let current = opened
  const product = productFor(opened.deployment)
  const shown: UpstreamSession = Object.freeze({
    id,
    node: opened.deployment.url,
    get current() {
      return current
    },
    receiveCookies(headers: Headers) {
      if (!headers.has('set-cookie')) return
      current = product.receiveAnswer(current, headers)
      upstream.isDirty = true
    },
    receiveCsrfToken(csrfToken: string) {
      current = changeSession(current, { csrfToken })
      upstream.isDirty = true
    },
  })
  const upstream: Upstream = { shown, place, lastUsedAt, isDirty: false, writtenAt, isLost: false }
  return upstream
}
