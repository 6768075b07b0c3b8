import type { Logger } from 'pino'

/** What no session is opened without. */
interface Needed {
  readonly healthy: boolean
}

/**
 * Writes into the gateway's log when the store or the audit log is away, and when it is back: people who have a
 * session notice nothing, and an operator should.
 *
 * @returns what stops it
 */
export function logHealth(
  needed: { readonly store: Needed; readonly audit: Needed },
  log: Pick<Logger, 'error' | 'info'>,
): () => void {
  const parts = [
    { name: 'session store', part: needed.store, was: true },
    { name: 'audit log', part: needed.audit, was: true },
  ]
  const timer = setInterval(() => {
    for (const one of parts) {
      const is = one.part.healthy
      if (is === one.was) continue
      one.was = is
      if (is) log.info(`The ${one.name} is back: sessions are opened again`)
      else log.error(`The ${one.name} cannot be written: no session is opened until it is back`)
    }
  }, everyMs)
  timer.unref()
  return () => clearInterval(timer)
}

const everyMs = 1000
