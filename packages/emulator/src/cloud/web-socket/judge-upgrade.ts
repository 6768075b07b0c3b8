import type { IncomingMessage } from 'node:http'
import type { Caller, Cloud, KnownCaller } from '../cloud.ts'
import { hasCsrfToken } from '../csrf.ts'
import { notImplemented, type QlikFailure, unauthorized } from '../error-envelope.ts'
import { checkHost } from '../host-check.ts'
import { foreignOriginOf, isListedBy, webIntegrationIdOf } from '../origins.ts'
import { findCaller } from '../sessions/caller.ts'
import { type AppPath, parseAppPath } from './app-path.ts'

/** What came of judging the handshake of a web socket. */
export interface UpgradeJudgement {
  readonly caller: Caller
  readonly url: URL
  /** Why not, or what is asked for. */
  readonly outcome:
    | { readonly failure: QlikFailure; readonly form: boolean }
    | { readonly app: AppPath; readonly caller: KnownCaller }
}

/** The target as a URL; its host is of no matter. `//x` stays a path. */
function toUrl(target: string | undefined): URL {
  const at = (target ?? '/').indexOf('?')
  const path = at === -1 ? (target ?? '/') : (target ?? '/').slice(0, at)
  const url = new URL('http://localhost/')
  url.pathname = path
  url.search = at === -1 ? '' : (target ?? '').slice(at)
  return url
}

/**
 * Judges a handshake exactly as a request: a session by cookies or the administrator's key; with an
 * Origin, an integration that lists it; by cookies, the session's CSRF token too.
 */
export function judgeUpgrade(cloud: Cloud, request: IncomingMessage): UpgradeJudgement {
  const url = toUrl(request.url)
  const nobody: Caller = { kind: 'nobody', bearer: false }
  const wrongForm = (failure: QlikFailure): UpgradeJudgement => ({
    caller: nobody,
    url,
    outcome: { failure, form: true },
  })
  const hostFailure = checkHost(request)
  if (hostFailure !== undefined) return wrongForm(hostFailure)
  const app = parseAppPath(url.pathname)
  if (app === undefined) return wrongForm(notImplemented('WebSocket', url.pathname))

  const { authorization, cookie } = request.headers
  const caller = findCaller(cloud, { authorization, cookie })
  const refused = (failure: QlikFailure): UpgradeJudgement => ({
    caller,
    url,
    outcome: { failure, form: false },
  })
  const origin = foreignOriginOf(request)
  const id = webIntegrationIdOf(request, url.searchParams)
  if (origin !== undefined && !isListedBy(cloud, id, origin))
    return refused({
      status: cloud.switches.get().originRefusalStatus,
      code: 'LOGIN-10',
      title: 'Origin not included in web integration whitelist',
      meta: { emulator: 'inferred' },
    })
  if (caller.kind === 'nobody') return refused(unauthorized)
  if (caller.kind === 'session' && !hasCsrfToken(request, url.searchParams, caller.session))
    return refused({ status: 403, code: 'CSRF-TOKEN-2', title: 'CSRF token missing or invalid' })
  return { caller, url, outcome: { app, caller } }
}
