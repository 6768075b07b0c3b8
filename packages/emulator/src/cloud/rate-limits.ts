import type { Context, MiddlewareHandler } from 'hono'
import type { Cloud, CloudEnv } from './cloud.ts'
import { noteSwitches } from './error-envelope.ts'

const windowMinutes = 5
const windowMs = windowMinutes * 60_000

/** A minute's calls by tier; the window of five minutes lets bursts through (qlik-cloud.md §5). */
const callsPerMinute = { 1: 1000, 2: 100, filter: 200 } as const

export type Tier = keyof typeof callsPerMinute

/** Reading is tier 1, changing tier 2; `POST /users/actions/filter` has a figure of its own. */
export function tierOf(method: string, path: string): Tier {
  if (path === '/api/v1/users/actions/filter') return 'filter'
  return method === 'GET' || method === 'HEAD' ? 1 : 2
}

/**
 * Counts a call of somebody.
 *
 * @returns how many seconds to wait, when the limit is reached; the calls that are refused do not count
 */
export function countCall(cloud: Cloud, who: string, tier: Tier): number | undefined {
  if (cloud.switches.get().rateLimits === 'off') return undefined
  const { rateCounts } = cloud.state
  const nowMs = cloud.clock.now().getTime()
  const key = `${tier} ${who}`
  const known = rateCounts.get(key)
  // A clock that a test sets back begins a new window too.
  const isOpen =
    known !== undefined && nowMs >= known.windowStartMs && nowMs - known.windowStartMs < windowMs
  const count = isOpen ? known : { windowStartMs: nowMs, calls: 0 }
  rateCounts.set(key, count)
  if (count.calls >= callsPerMinute[tier] * windowMinutes)
    return Math.ceil((count.windowStartMs + windowMs - nowMs) / 1000)
  count.calls += 1
  return undefined
}

/** The documented answer, whose error has no `status`. */
export function refuseByRate(
  c: Context<CloudEnv>,
  seconds: number,
  decidedBy: 'rateLimits' | 'loginsCountBy' = 'rateLimits',
): Response {
  noteSwitches(c, { decidedBy })
  c.header('retry-after', String(seconds))
  const detail = `You need to wait ${seconds} seconds until limit is lifted.`
  return c.json({ errors: [{ code: 'HTTP-429', title: 'API rate limit reached.', detail }] }, 429)
}

/** Limits each caller; those whom nobody knows yet share one count. */
export function limitRate(cloud: Cloud): MiddlewareHandler<CloudEnv> {
  return async (c, next) => {
    const caller = c.get('caller')
    const who = caller.kind === 'nobody' ? 'nobody' : caller.user.id
    const seconds = countCall(cloud, who, tierOf(c.req.method, c.req.path))
    return seconds === undefined ? next() : refuseByRate(c, seconds)
  }
}
