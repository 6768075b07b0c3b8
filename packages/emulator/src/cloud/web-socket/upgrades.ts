import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { type Cloud, toEngineUser } from '../cloud.ts'
import { type QlikFailure, toErrorBody } from '../error-envelope.ts'
import { describeRequest } from '../record-requests.ts'
import { touchSession } from '../sessions/sessions.ts'
import type { CloudSession } from '../state.ts'
import { judgeUpgrade } from './judge-upgrade.ts'

/** Close codes that @qlik/api 2.19.0 knows (qlik-cloud.md §3.4). */
const closeCodes = { authenticationFailed: 4006, noPermission: 4203 }

const maximumFrameBytes = 16 * 1024 * 1024

/** Answers the handshakes of web sockets. */
export interface UpgradeHandler {
  handle(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Ends every open web socket. */
  close(): void
}

/** Refuses as HTTP: the handshake gets an ordinary answer. */
function refuseByHttp(socket: Duplex, failure: QlikFailure): void {
  const body = JSON.stringify(toErrorBody(failure, 'string'))
  socket.end(
    [
      `HTTP/1.1 ${failure.status} ${STATUS_CODES[failure.status] ?? 'Refused'}`,
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
    () => socket.destroy(),
  )
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
  return {
    handle(request, socket, head) {
      // Before anything else: a peer that goes away now must not end the process.
      socket.on('error', () => socket.destroy())
      const { caller, url, outcome } = judgeUpgrade(cloud, request)
      const described = describeRequest(cloud, request, url, caller)
      if ('failure' in outcome) {
        const { failure } = outcome
        if (outcome.form || cloud.switches.get().webSocketRefusal === 'http') {
          cloud.recorder.add({ ...described, status: failure.status, setCookies: [] })
          refuseByHttp(socket, failure)
          return
        }
        const closeCode =
          failure.status === 401 ? closeCodes.authenticationFailed : closeCodes.noPermission
        server.handleUpgrade(request, socket, head, (refused) => {
          cloud.recorder.add({ ...described, status: 101, closeCode, setCookies: [] })
          refused.on('error', () => refused.terminate())
          refused.close(closeCode, failure.title)
        })
        return
      }
      server.handleUpgrade(request, socket, head, (accepted) => {
        cloud.recorder.add({ ...described, status: 101, setCookies: [] })
        accepted.on('error', () => accepted.terminate())
        const { app, caller: known } = outcome
        if (known.kind === 'session') tieToSession(cloud, accepted, known.session)
        cloud.engine.accept(accepted, { ...app, user: toEngineUser(cloud.state, known.user) })
      })
    },
    close() {
      for (const client of server.clients) client.terminate()
      server.close()
    },
  }
}
