import { parseQlikProblem } from '../../protocol/index.ts'
import { pageOrigin } from '../direct/page-globals.ts'
import type { HostToken } from '../direct/peer.ts'
import { failureOf } from './failures.ts'

/** What it means that Qlik refused the token. */
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
    return failureOf('ERR_BROWSER_ORIGIN', { reason, pageOrigin: pageOrigin(), ...refusal })
  }
  const wrongTime = clockProblem(host, Date.now())
  if (wrongTime === undefined)
    return failureOf('ERR_BROWSER_LOGIN_REFUSED', { reason: 'refused', ...refusal })
  return failureOf('ERR_BROWSER_CLOCK', { reason: 'clock', problem: wrongTime, ...refusal })
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
