import { isObject, parseJsonObject } from '../../values/index.ts'
import type { SocketFrame } from './exchange.ts'
import {
  type Fault,
  failed,
  failureIn,
  hostNotAllowed,
  inGatewayLog,
  isCrossOrigin,
  pageIn,
  partyNames,
  type StepContext,
} from './fault.ts'
import { knownAs } from './known-error.ts'

/** Why the web socket to the engine was refused, or closed, or the app does not open. */
export function socketFault(context: StepContext): Fault | undefined {
  const { step } = context
  if (step.kind !== 'socket') return undefined
  const { frames, status, durationMs } = step.exchange
  if (status !== 101) return refusedHandshake(context)
  const told = notification(context, frames ?? []) ?? engineError(context, frames ?? [])
  if (told !== undefined) return told
  const hasAnswer = frames === undefined || frames.some(({ isFromServer }) => isFromServer)
  // A socket that was only just opened when the file was saved has nothing to say either.
  if (hasAnswer || (durationMs ?? 0) < 5000) return undefined
  return failed(
    'har-socket-silent',
    'The web socket was opened, and the engine never said anything',
    `${step.path}: 101, and no message in ${Math.round((durationMs ?? 0) / 1000)} s`,
    'Look whether a proxy between browser and Qlik passes web sockets on after the handshake.',
  )
}

function refusedHandshake(context: StepContext): Fault | undefined {
  const { step, recording } = context
  const { status, failure, url } = step.exchange
  const page = pageIn(recording)
  const evidence = `The handshake of ${step.path} was answered with ${status === 0 ? (failureIn(context) ?? 'nothing that the file tells') : status}`
  if (status === 0 && /ABORT|CANCEL/i.test(failure ?? '')) return undefined
  if (step.to === 'gateway' && status >= 502 && status <= 504)
    return failed(
      'har-gateway-qlik',
      'The gateway could not open the web socket at Qlik',
      evidence,
      `${inGatewayLog(step)}Most often Qlik refuses the gateway’s token or is not reached: \`jotgate session open\` with the same deployment says which.`,
    )
  if (step.to === 'gateway')
    return failed(
      'har-socket-refused',
      'The gateway refused the web socket',
      evidence,
      `Look for the request in the gateway’s log. ${page} must be among \`allowedOrigins\`, the path in the allow-list, and the session open.`,
    )
  const isCloud = url.searchParams.has('qlik-web-integration-id')
  const hasCsrf = url.searchParams.has('qlik-csrf-token')
  if (isCloud || !isCrossOrigin(context))
    return failed(
      'har-socket-refused',
      'Qlik refused the web socket',
      evidence,
      hasCsrf
        ? 'Check that the session’s cookie is sent with the handshake: an earlier step shows whether the browser sends cookies. The CSRF token in the address must belong to this session.'
        : 'Put the CSRF token of this session into the address, as qlik-csrf-token: on Qlik Cloud from /api/v1/csrf-token, on client-managed Qlik from /qps/csrftoken below the prefix.',
      'Qlik Community, article 2509211; qlik.dev',
    )
  return hostNotAllowed(
    context,
    `${evidence}${hasCsrf ? '' : '; the address has no qlik-csrf-token'}`,
    hasCsrf
      ? ''
      : ' From November 2024 on the address also needs qlik-csrf-token, from /qps/csrftoken below the prefix.',
  )
}

const fatal =
  /^(OnMaxParallelSessionsExceeded|OnLicense|OnSession(Closed|LoggedOut|TimedOut)|OnNo\w+Available|On\w+Failed)/

/** What the proxy or the engine says by itself. */
function notification(context: StepContext, frames: readonly SocketFrame[]): Fault | undefined {
  for (const { isFromServer, text } of frames) {
    if (!isFromServer || !text.includes('"method"')) continue
    const { method, params } = parseJsonObject(text) ?? {}
    if (typeof method !== 'string' || !isObject(params)) continue
    const state = typeof params.qSessionState === 'string' ? params.qSessionState : ''
    const name = /_ERROR_|_FAILURE$/.test(state)
      ? state
      : fatal.test(method) || params.mustAuthenticate === true
        ? method
        : undefined
    if (name !== undefined) return toldAs(context, name)
  }
  return undefined
}

function toldAs({ step }: StepContext, name: string): Fault {
  const shown = name.slice(0, 60)
  const known = knownAs(shown)
  return failed(
    'har-socket-notification',
    `${partyNames[step.to]} opened the web socket and said ${shown}${known === undefined ? '' : `: ${known.cause}`}`,
    `${step.path}: the message ${shown}`,
    known?.action ??
      sessionStates[shown] ??
      `Look for ${shown} in Qlik’s own documentation, and at the user’s licence and rights.`,
    known?.source ?? 'github.com/qlik-oss/gopherciser, session states',
  )
}

/** What the states of a session that no page explains ask for. */
const sessionStates: Readonly<Record<string, string>> = {
  SESSION_ERROR_APP_ACCESS_DENIED:
    'Give the user a right to the app: a role in its space on Qlik Cloud, a stream or a security rule on client-managed Qlik. Groups in the token may give it.',
  SESSION_ERROR_LIMIT_EXCEEDED:
    'Log in once, and send the cookie with everything that follows; end sessions that are not needed.',
  SESSION_ERROR_LICENSE_RENEW: 'Wait a little and open the app again.',
}

const openCalls = /"method":"(OpenDoc|OpenApp|GetActiveDoc)"/

/** The engine refuses to open the app. */
function engineError(
  { recording }: StepContext,
  frames: readonly SocketFrame[],
): Fault | undefined {
  const opening = new Set(
    frames
      .filter(({ isFromServer, text }) => !isFromServer && openCalls.test(text))
      .map(({ text }) => parseJsonObject(text)?.id),
  )
  for (const { isFromServer, text } of frames) {
    if (!isFromServer || !text.includes('"error"')) continue
    const { id, error } = parseJsonObject(text) ?? {}
    if (!opening.has(id) || !isObject(error)) continue
    const code = Number(error.code)
    const [why, hint] = engineCodes[code] ?? [
      'does not open the app',
      'Look at the engine’s log for the time of the step.',
    ]
    const message =
      typeof error.message === 'string'
        ? `, ${recording.redactor.cleanForeign(error.message.slice(0, 120))}`
        : ''
    return failed(
      'har-app-refused',
      `The engine ${why}`,
      `OpenDoc was answered with the error ${Number.isFinite(code) ? code : 'without a code'}${message}`,
      hint,
      'enigma.js schema, LocalizedErrorCode',
    )
  }
  return undefined
}

const engineCodes: Readonly<Record<number, readonly [string, string]>> = {
  5: [
    'says that the user may not open the app',
    'Give the user a right to the app: a role in its space on Qlik Cloud, a stream or a security rule on client-managed Qlik. With section access in the app, the user must stand in its table.',
  ],
  403: [
    'says that the user may not open the app',
    'Give the user a right to the app: a role in its space on Qlik Cloud, a stream or a security rule on client-managed Qlik.',
  ],
  1003: [
    'knows no such app',
    'Compare the app ID with the address of the app in Qlik. An app that the user may not see is not found either.',
  ],
  1008: [
    'could not connect to the app',
    'Open the app in Qlik itself, and look at the engine’s memory.',
  ],
}
