import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { documentedCloses } from '../../control/faults/documented-closes.ts'
import { type AnswerEffect, closeTextOf, describeEffect } from '../../control/faults/fault.ts'
import { toFaultAnswer } from '../../control/faults/fault-answer.ts'
import { type Cloud, toEngineUser } from '../cloud.ts'
import { type QlikFailure, toErrorBody } from '../error-envelope.ts'
import { checkHost } from '../host-check.ts'
import { describeRequest } from '../record-requests.ts'
import { touchSession } from '../sessions/sessions.ts'
import type { CloudSession } from '../state/state.ts'
import { judgeUpgrade } from './judge-upgrade.ts'

/** Close codes that @qlik/api 2.19.0 knows (qlik-cloud.md §3.4). */
const closeCodes = { authenticationFailed: 4006, noPermission: 4203 }

const maximumFrameBytes = 16 * 1024 * 1024

/** Answers the handshakes of web sockets. */
export interface UpgradeHandler {
  handle(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /**
   * Closes every open web socket with a code; 1006 breaks the connection without a close frame. Gives how many.
   */
  cut(closeCode: number, reason: string): number
  /** Ends every open web socket. */
  close(): void
}

/** Refuses as HTTP: the handshake gets an ordinary answer. */
function refuseByHttp(
  socket: Duplex,
  status: number,
  body: Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = JSON.stringify(body)
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Refused'}`,
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(text)}`,
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      'Connection: close',
      '',
      text,
    ].join('\r\n'),
    () => socket.destroy(),
  )
}

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
    if (cloud.switches.get().webSocketKeepsSession) touchSession(cloud, session)
  })
}

/** Makes what judges handshakes and hands the sockets over to the engine. */
export function createUpgradeHandler(cloud: Cloud): UpgradeHandler {
  const server = new WebSocketServer({ noServer: true, maxPayload: maximumFrameBytes })

  const judge = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const { caller, url, outcome } = judgeUpgrade(cloud, request)
    const described = describeRequest(cloud, request, url, caller)
    if ('failure' in outcome) {
      const { failure } = outcome
      const error = toRecorded(failure)
      if (outcome.form || cloud.switches.get().webSocketRefusal === 'http') {
        cloud.recorder.add({ ...described, status: failure.status, setCookies: [], error })
        refuseByHttp(socket, failure.status, toErrorBody(failure, 'string'))
        return
      }
      const closeCode =
        failure.status === 401 ? closeCodes.authenticationFailed : closeCodes.noPermission
      server.handleUpgrade(request, socket, head, (refused) => {
        cloud.recorder.add({ ...described, status: 101, closeCode, setCookies: [], error })
        refused.on('error', () => refused.terminate())
        refused.close(closeCode, failure.title)
      })
      return
    }
    const { app, caller: known, closing } = outcome
    if (closing !== undefined) {
      server.handleUpgrade(request, socket, head, (refused) => {
        const { closeCode, reason, sessionState } = closing
        cloud.recorder.add({ ...described, status: 101, closeCode, setCookies: [] })
        refused.on('error', () => refused.terminate())
        const params = { qSessionState: sessionState }
        if (sessionState !== undefined)
          refused.send(JSON.stringify({ jsonrpc: '2.0', method: 'OnConnected', params }))
        refused.close(closeCode, reason)
      })
      return
    }
    server.handleUpgrade(request, socket, head, (accepted) => {
      cloud.recorder.add({ ...described, status: 101, setCookies: [] })
      accepted.on('error', () => accepted.terminate())
      const { appId, identity } = app
      const log = cloud.frames.open({
        appId,
        ...(identity === undefined ? {} : { identity }),
        userId: known.user.id,
      })
      accepted.on('close', (code, reason) => log.closed(code, reason.toString()))
      if (known.kind === 'session') tieToSession(cloud, accepted, known.session)
      const user = toEngineUser(cloud.state, known)
      const { defaultEngineTtlSec } = cloud.switches.get()
      const ttl = defaultEngineTtlSec === 0 ? {} : { ttlSeconds: defaultEngineTtlSec }
      const path = url.pathname
      const faultOf = (name: string) => cloud.faults.strikeCall({ path, name })
      cloud.engine.accept(accepted, { ...ttl, ...app, user, onFrame: log.frame, faultOf })
    })
  }

  /** A fault in place of the tenant's judgement. */
  const fail = (request: IncomingMessage, socket: Duplex, head: Buffer, effect: AnswerEffect) => {
    const { caller, url } = judgeUpgrade(cloud, request)
    const described = {
      ...describeRequest(cloud, request, url, caller),
      setCookies: [],
      fault: describeEffect(effect),
    }
    if (effect.kind !== 'close-socket') {
      const { status, headers, body } = toFaultAnswer(effect)
      cloud.recorder.add({ ...described, status })
      refuseByHttp(socket, status, body, headers)
      return
    }
    const { closeCode, reason = closeTextOf(closeCode) } = effect
    const known = documentedCloses.find((one) => one.closeCode === closeCode)
    server.handleUpgrade(request, socket, head, (refused) => {
      cloud.recorder.add({ ...described, status: 101, closeCode })
      refused.on('error', () => refused.terminate())
      const send = (method: string, params: Readonly<Record<string, unknown>>) =>
        refused.send(JSON.stringify({ jsonrpc: '2.0', method, params }))
      if (known?.sessionState !== undefined)
        send('OnConnected', { qSessionState: known.sessionState })
      if (known?.notification !== undefined) send(known.notification, {})
      refused.close(closeCode, reason)
    })
  }

  return {
    handle(request, socket, head) {
      // Before anything else: a peer that goes away now must not end the process.
      socket.on('error', () => socket.destroy())
      const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
      // What did not mean this machine meets no fault: it must not use up one that a test has counted.
      const { latencyMs, effect } =
        checkHost(request) === undefined
          ? cloud.faults.strike({ method: 'GET', path, isSocket: true })
          : { latencyMs: 0 }
      const go = () => {
        if (socket.destroyed) return
        if (effect === undefined) judge(request, socket, head)
        else fail(request, socket, head, effect)
      }
      if (latencyMs === 0) return go()
      const timer = setTimeout(go, latencyMs).unref()
      socket.once('close', () => clearTimeout(timer))
    },
    cut(closeCode, reason) {
      let cut = 0
      for (const client of server.clients) {
        if (client.readyState !== client.OPEN) continue
        if (closeCode === 1006) client.terminate()
        else client.close(closeCode, reason)
        cut += 1
      }
      return cut
    },
    close() {
      for (const client of server.clients) client.terminate()
      server.close()
    },
  }
}
