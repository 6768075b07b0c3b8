import { parseQlikProblem } from '../../protocol/index.ts'
import type { HostToken } from '../direct/peer.ts'
import { failureOf } from './failures.ts'

/** What it means that Qlik Cloud refused the token. */
export async function cloudRefusal(
  host: HostToken,
  response: Response,
  url: string,
): Promise<Error> {
  const problem = parseQlikProblem(await response.text().catch(() => ''), [host.token])
  const refusal = { url, status: response.status, ...problem }
  // Qlik's code for an origin that the web integration does not list.
  if (problem.code === 'LOGIN-10') {
    const reason = 'origin-not-listed'
    return failureOf('ERR_BROWSER_ORIGIN', { reason, ...refusal })
  }
  return (
    clockError(host, refusal) ??
    failureOf('ERR_BROWSER_LOGIN_REFUSED', { reason: 'refused', ...refusal })
  )
}

/** What it means that a virtual proxy refused the token: it gives a status, and no reason. */
export function proxyRefusal(host: HostToken, refusal: Refusal): Error {
  return (
    clockError(host, refusal) ??
    failureOf('ERR_BROWSER_PROXY_REFUSED', { reason: 'refused', ...refusal })
  )
}

interface Refusal {
  readonly url: string
  readonly status: number
}

function clockError(host: HostToken, refusal: Refusal): Error | undefined {
  const problem = clockProblem(host, Date.now())
  return problem === undefined
    ? undefined
    : failureOf('ERR_BROWSER_CLOCK', { reason: 'clock', problem, ...refusal })
}

/** More than any tolerance that Qlik is known to have. */
const clockToleranceMs = 60_000

/** A token that has just been signed is valid now, unless clocks differ. */
function clockProblem({ claims }: HostToken, now: number): string | undefined {
  const { nbf, iat, exp } = claims
  const isAhead = [nbf, iat].some((time) => Number(time) * 1000 > now + clockToleranceMs)
  if (isAhead) return 'is not valid yet'
  return Number(exp) * 1000 < now - clockToleranceMs ? 'has expired' : undefined
}
