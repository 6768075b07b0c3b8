import type { EndReason, GatewaySession } from '../session/gateway-session.ts'

/** How long it took to close the sockets of a session that ended. */
export interface SocketsClosed {
  readonly event: 'sockets-closed'
  readonly reason: EndReason
  readonly count: number
  /** From the order to the last socket that closed, in milliseconds. */
  readonly ms: number
}

interface Watched {
  readonly stops: Set<(reason: EndReason) => void>
  readonly onEnd: () => void
  /** What is measured, from when the session ended. */
  order?: { readonly reason: EndReason; readonly count: number; readonly at: number }
}

/**
 * Tells the sockets of a session that it has ended, and measures until the last one is closed. A session is
 * listened to once, however many sockets it has.
 *
 * @param onClosed hears each measurement
 */
export function watchSessions(onClosed: (closed: SocketsClosed) => void) {
  const sessions = new Map<AbortSignal, Watched>()

  const add = (ended: AbortSignal): Watched => {
    const watched: Watched = {
      stops: new Set(),
      onEnd() {
        const reason = ended.reason as EndReason
        const { stops } = watched
        watched.order = { reason, count: stops.size, at: performance.now() }
        for (const stop of [...stops]) stop(reason)
      },
    }
    ended.addEventListener('abort', watched.onEnd, { once: true })
    sessions.set(ended, watched)
    return watched
  }

  /**
   * @param stop is called when the session ends
   * @returns what says that the socket is closed
   */
  return ({ ended }: Pick<GatewaySession, 'ended'>, stop: (reason: EndReason) => void) => {
    const watched = sessions.get(ended) ?? add(ended)
    const { stops, onEnd } = watched
    stops.add(stop)
    return () => {
      if (!stops.delete(stop) || stops.size > 0) return
      sessions.delete(ended)
      ended.removeEventListener('abort', onEnd)
      const { order } = watched
      if (!order) return
      const { reason, count, at } = order
      onClosed({ event: 'sockets-closed', reason, count, ms: performance.now() - at })
    }
  }
}
