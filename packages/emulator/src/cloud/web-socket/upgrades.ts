import type { IncomingMessage } from 'node:http'
import type { WebSocket } from 'ws'
import {
  createEngineSockets,
  type EngineSockets,
  type Handshake,
} from '../../control/engine-sockets.ts'
import { parseCookies } from '../../http/cookies.ts'
import { type Cloud, toEngineUser } from '../cloud.ts'
import { joinSwitches, type QlikFailure, toErrorBody } from '../error-envelope.ts'
import { toFaultAnswer } from '../errors/fault-answer.ts'
import { describeRequest } from '../record-requests.ts'
import { noteActivity, switchThatEnded } from '../sessions/sessions.ts'
import { mayOpenBySpace } from '../spaces/access.ts'
import type { CloudSession } from '../state/state.ts'
import { evaluateUpgrade } from './evaluate-upgrade.ts'

/** Close codes that @qlik/api 2.19.0 knows (qlik-cloud.md §3.4). */
const closeCodes = { authenticationFailed: 4006, noPermission: 4203 }

/** The first error of a refusal, for the record. */
function toRecorded({ code, title, detail }: QlikFailure) {
  return { code, title, ...(detail === undefined ? {} : { detail }) }
}

/** Ends the web socket with its session; traffic keeps the session alive while the switch says so. */
function tieToSession(cloud: Cloud, socket: WebSocket, session: CloudSession): void {
  const end = (reason: string) => socket.close(closeCodes.authenticationFailed, reason)
  session.sockets.add(end)
  socket.on('close', () => session.sockets.delete(end))
  socket.on('message', () => {
    noteActivity(cloud, session, 'webSocketKeepsSession')
  })
}

function decide(cloud: Cloud, request: IncomingMessage): Handshake {
  const { caller, url, outcome } = evaluateUpgrade(cloud, request)
  const described = describeRequest(cloud, request, url, caller)
  if ('failure' in outcome) {
    const { failure, form } = outcome
    const ended = switchThatEnded(cloud, parseCookies(request.headers.cookie))
    const switches = joinSwitches(
      caller.kind === 'nobody' && ended ? { decidedBy: ended } : {},
      form ? failure : joinSwitches(failure, { shapedBy: ['webSocketRefusal'] }),
    )
    const recorded = { ...described, ...switches }
    const error = toRecorded(failure)
    const { status, title } = failure
    if (form || cloud.switches.get().webSocketRefusal === 'http') {
      const body = toErrorBody(failure, 'string')
      return { recorded, outcome: { kind: 'refuse', status, body, error } }
    }
    const closeCode = status === 401 ? closeCodes.authenticationFailed : closeCodes.noPermission
    return { recorded, outcome: { kind: 'close', closeCode, reason: title, error } }
  }
  const { app, caller: known, closing } = outcome
  if (closing !== undefined) {
    const { closeCode, reason, sessionState } = closing
    const recorded = { ...described, ...joinSwitches(closing) }
    const notifications =
      sessionState === undefined ? [] : [['OnConnected', { qSessionState: sessionState }] as const]
    return { recorded, outcome: { kind: 'close', closeCode, reason, notifications } }
  }
  const { defaultEngineTtlSec } = cloud.switches.get()
  const ttl = defaultEngineTtlSec === 0 ? {} : { ttlSeconds: defaultEngineTtlSec }
  return {
    recorded: described,
    outcome: {
      kind: 'accept',
      request: {
        ...ttl,
        ...app,
        user: toEngineUser(cloud.state, known),
        // An engine session without an app lists and opens apps that the address does not name.
        mayOpen: (appId, purpose) => mayOpenBySpace(cloud, appId, known, purpose === 'open'),
      },
      ...(known.kind === 'session'
        ? { onOpen: (socket) => tieToSession(cloud, socket, known.session) }
        : {}),
    },
  }
}

/** The engine's web sockets, at `/app/{appId}`. */
export function createCloudSockets(cloud: Cloud): EngineSockets {
  return createEngineSockets(cloud, {
    decide: (request) => decide(cloud, request),
    answerFault: toFaultAnswer,
  })
}
