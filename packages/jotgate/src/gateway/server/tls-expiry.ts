import type { Logger } from 'pino'
import type { Tls } from './tls.ts'

/**
 * Writes into the gateway's log which certificates expire within 30 days: at once, and once a day.
 *
 * @returns what stops it
 */
export function logExpiry(tls: Pick<Tls, 'notices'>, log: Pick<Logger, 'warn'>): () => void {
  const tell = () => {
    for (const notice of tls.notices()) log.warn(notice)
  }
  tell()
  const timer = setInterval(tell, everyMs)
  timer.unref()
  return () => clearInterval(timer)
}

const everyMs = 86_400_000
