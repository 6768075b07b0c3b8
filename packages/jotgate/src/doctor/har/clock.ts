import { headerOf } from './exchange.ts'
import { partyNames } from './fault.ts'
import type { Step } from './recording.ts'
import type { HarFinding } from './report.ts'

/** Tokens live for a minute or a few: a difference of more than this can break a login. */
const worthTellingMs = 30_000

/** Whether a server’s clock differs from the browser’s, by the Date of what was not kept in a cache. */
export function clockWarning(steps: readonly Step[]): HarFinding | undefined {
  for (const { exchange, to } of steps) {
    const { at, durationMs = 0, responseHeaders, url } = exchange
    const date = Date.parse(headerOf(responseHeaders, 'date') ?? '')
    if (Number.isNaN(date) || responseHeaders.has('age')) continue
    // The answer was written somewhere between these two; Date has whole seconds.
    const ahead = date - (at + durationMs)
    const behind = at - (date + 1000)
    const differs = Math.max(ahead, behind)
    if (differs < worthTellingMs) continue
    return {
      id: 'har-clock',
      verdict: 'warning',
      title: `${partyNames[to]} and the browser disagree about the time by ${Math.round(differs / 1000)} s`,
      evidence: `${url.host} said ${new Date(date).toISOString()}, when the browser had ${new Date(at).toISOString()}`,
      hint: 'Find out which clock is wrong. The one of the person’s device does not matter to a login; those of the server that signs tokens and of Qlik do.',
    }
  }
  return undefined
}
