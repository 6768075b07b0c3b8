import type { IncomingMessage } from 'node:http'
import { type AppPath, parseAppPath } from '../../http/app-path.ts'
import { foreignOriginOf, toTargetUrl } from '../../http/request-target.ts'
import { addressRefused, lets } from '../administration/ip-policies.ts'
import type { Caller, Cloud, KnownCaller, RefusalSwitches } from '../cloud.ts'
import { hasCsrfToken } from '../csrf.ts'
import { notImplemented, type QlikFailure, unauthorized } from '../error-envelope.ts'
import { checkHost } from '../host-check.ts'
import { mayAskFrom } from '../origins.ts'
import { findSocketCaller } from '../sessions/caller.ts'
import { checkAppAccess, delayOf } from '../spaces/access.ts'
import { takeLicence } from '../state/licences.ts'

/** What the rules say about the handshake of a web socket. */
export interface UpgradeEvaluation {
  readonly caller: Caller
  readonly url: URL
  /** Why not, or what is asked for. */
  readonly outcome:
    | { readonly failure: QlikFailure; readonly form: boolean }
    | { readonly app: AppPath; readonly caller: KnownCaller; readonly closing?: Closing }
}

/** A handshake that is accepted, and a web socket that is then closed: the user lacks a right. */
interface Closing extends RefusalSwitches {
  readonly closeCode: number
  readonly reason: string
  /** Sent before, as the state of the session. */
  readonly sessionState?: string
}

/** Qlik's codes and texts for apps that somebody may not open (qlik-cloud.md §3.4). */
function checkRight(cloud: Cloud, appId: string, caller: KnownCaller): Closing | undefined {
  if (checkAppAccess(cloud, appId, caller) === 'space') {
    const decidedBy = delayOf(cloud, appId, caller)
    return {
      closeCode: 4203,
      reason: 'No permission to open the app',
      ...(decidedBy === undefined ? {} : { decidedBy }),
    }
  }
  const at = cloud.clock.now().toISOString()
  if (caller.isAdmin || takeLicence(cloud.state.licences, caller.user.subject, at)) return undefined
  const closing = {
    closeCode: 4230,
    reason: 'You are not entitled to perform that operation',
    shapedBy: ['noLicence'],
  } as const
  return cloud.switches.get().noLicence === 'close'
    ? closing
    : { ...closing, sessionState: 'SESSION_ERROR_NO_LICENSE' }
}

/**
 * Checks a handshake exactly as a request: a session by cookies, a key or a token; with an Origin, an
 * integration or OAuth client that lists it; by cookies, the session's CSRF token too.
 */
export function evaluateUpgrade(cloud: Cloud, request: IncomingMessage): UpgradeEvaluation {
  const url = toTargetUrl(request.url)
  const nobody: Caller = { kind: 'nobody', bearer: false }
  const wrongForm = (failure: QlikFailure): UpgradeEvaluation => ({
    caller: nobody,
    url,
    outcome: { failure, form: true },
  })
  const hostFailure = checkHost(request)
  if (hostFailure !== undefined) return wrongForm(hostFailure)
  if (!lets(cloud.state.ipPolicies.values(), request.socket.remoteAddress))
    return wrongForm(addressRefused)
  const app = parseAppPath(url.pathname)
  if (app === undefined) return wrongForm(notImplemented('WebSocket', url.pathname))

  const { authorization, cookie } = request.headers
  const caller = findSocketCaller(cloud, { authorization, cookie }, url.searchParams)
  const refused = (failure: QlikFailure): UpgradeEvaluation => ({
    caller,
    url,
    outcome: { failure, form: false },
  })
  const origin = foreignOriginOf(request)
  if (origin !== undefined && !mayAskFrom(cloud, request, url, origin))
    return refused({
      status: cloud.switches.get().originRefusalStatus,
      code: 'LOGIN-10',
      title: 'Origin not included in web integration whitelist',
      meta: { emulator: 'inferred' },
      shapedBy: ['originRefusalStatus'],
    })
  if (caller.kind === 'nobody') return refused(unauthorized)
  if (caller.kind === 'session' && !hasCsrfToken(request, url.searchParams, caller.session))
    return refused({ status: 403, code: 'CSRF-TOKEN-2', title: 'CSRF token missing or invalid' })
  const closing = checkRight(cloud, app.appId, caller)
  return { caller, url, outcome: { app, caller, ...(closing === undefined ? {} : { closing }) } }
}
