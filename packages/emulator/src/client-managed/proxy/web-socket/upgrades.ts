import type { IncomingMessage } from 'node:http'
import type { WebSocket } from 'ws'
import {
  createEngineSockets,
  type EngineSockets,
  type Handshake,
} from '../../../control/engine-sockets.ts'
import { baseUrlOf } from '../../../http/request-target.ts'
import type { ClientManaged } from '../../client-managed.ts'
import { toFaultAnswer } from '../../errors/fault-answer.ts'
import { toRecordedRefusal } from '../answers.ts'
import { mayReadApp } from '../ask-rules.ts'
import { toCookieLine } from '../cookies.ts'
import { toEngineUser } from '../engine-user.ts'
import { nodeAt } from '../node-at.ts'
import { describeExchange } from '../record-exchange.ts'
import type { ProxySession, SessionEnd } from '../sessions.ts'
import { evaluateUpgrade } from './evaluate-upgrade.ts'

type Notify = (notification: readonly [string, Readonly<Record<string, unknown>>]) => void

const messages: Readonly<Record<SessionEnd, string>> = {
  OnSessionLoggedOut: 'The session has been logged out',
  OnSessionTimedOut: 'The session has timed out',
  OnSessionClosed: 'The session has been closed',
}

const denials = {
  OnMaxParallelSessionsExceeded: 'The user has too many parallel sessions',
  OnLicenseAccessDenied: 'The user has no access by the licence',
  OnNoEngineAvailable: 'No engine of the load balancing nodes can be reached',
} as const

/** Ends the web socket with its session; traffic keeps the session alive while the switch says so. */
function tieToSession(
  site: ClientManaged,
  session: ProxySession,
  socket: WebSocket,
  notify: Notify,
): void {
  const { sockets } = session
  const end = (notification: SessionEnd) => {
    const { sessionEndCloseCode: code } = site.switches.get()
    notify([notification, { severity: 'fatal', message: messages[notification] }])
    if (code === 1006) socket.terminate()
    else socket.close(code, '')
  }
  sockets.add(end)
  socket.on('close', () => sockets.delete(end))
  socket.on('message', () => {
    site.sessions.touchBySocket(session)
  })
  socket.on('ping', (data) => {
    const { webSocketPing } = site.switches.get()
    if (webSocketPing === 'answered') socket.pong(data)
    // Nothing that comes after it is read any more.
    else if (webSocketPing === 'hangs') socket.removeAllListeners('message')
  })
}

function decide(site: ClientManaged, nodeIndex: number, request: IncomingMessage): Handshake {
  const { url, config, authentication, outcome } = evaluateUpgrade(site, nodeIndex, request)
  const session = authentication?.kind === 'session' ? authentication.session : undefined
  const token =
    authentication === undefined || authentication.kind === 'nobody'
      ? undefined
      : authentication.token
  const recorded = {
    ...describeExchange(site, request, url, {
      ...(config === undefined ? {} : { virtualProxy: `/${config.prefix}` }),
      session,
    }),
    ...(token === undefined ? {} : { token }),
  }
  if (outcome.kind === 'refused') {
    const { status, headers, body } = outcome.refusal
    return {
      recorded: { ...recorded, ...toRecordedRefusal(outcome.refusal) },
      outcome: { kind: 'refuse', status, headers, body },
    }
  }
  if (outcome.kind === 'log-in') {
    const { loginUri, decidedBy } = outcome
    const told = { ...(loginUri === undefined ? {} : { loginUri }), mustAuthenticate: true }
    return {
      recorded: {
        ...recorded,
        ...(decidedBy === undefined ? {} : { decidedBy }),
        shapedBy: ['webSocketWithoutSession'],
      },
      outcome: {
        kind: 'close',
        closeCode: 1000,
        reason: '',
        notifications: [['OnAuthenticationInformation', told]],
        error: { code: 'OnAuthenticationInformation', title: 'mustAuthenticate: true' },
      },
    }
  }
  const { user, isAnonymous } = outcome.session
  const prefix = config === undefined || config.prefix === '' ? '' : `/${config.prefix}`
  const greeting = [
    'OnAuthenticationInformation',
    {
      userId: user.id,
      userDirectory: user.directory,
      ...(isAnonymous ? {} : { logoutUri: `${baseUrlOf(request)}${prefix}/qps/user` }),
      mustAuthenticate: false,
    },
  ] as const
  if (outcome.kind === 'denied') {
    const { notification: name, decidedBy } = outcome
    const message = denials[name]
    return {
      recorded: { ...recorded, ...(decidedBy === undefined ? {} : { decidedBy }) },
      outcome: {
        kind: 'close',
        closeCode: 1000,
        reason: '',
        notifications: [greeting, [name, { severity: 'fatal', message }]],
        error: { code: name, title: message },
      },
    }
  }
  const isNew = authentication?.kind === 'session' && authentication.isNew
  return {
    recorded,
    outcome: {
      kind: 'accept',
      ...(isNew && config !== undefined
        ? { headers: [['Set-Cookie', toCookieLine(config, request, outcome.session.id)]] }
        : {}),
      notifications: [greeting],
      request: {
        ...outcome.app,
        user: toEngineUser(site.repository, outcome.session),
        mayOpen: (appId) => mayReadApp(site, outcome.session, appId),
        saveExport: (file) =>
          site.tempContents.add(user, nodeAt(site.repository, nodeIndex).nodeId, file),
        ...(config?.extendedSecurityEnvironment
          ? { environment: JSON.stringify(outcome.session.environment) }
          : {}),
      },
      onOpen: (socket, notify) => tieToSession(site, outcome.session, socket, notify),
    },
  }
}

/** The engine’s web sockets at the proxy of one node, at `/{prefix}/app/{appId}`. */
export function createProxySockets(site: ClientManaged, nodeIndex: number): EngineSockets {
  return createEngineSockets(site, {
    decide: (request) => decide(site, nodeIndex, request),
    answerFault: toFaultAnswer,
    autoPong: false,
  })
}
