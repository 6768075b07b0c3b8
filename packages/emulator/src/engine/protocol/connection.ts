import type { WebSocket } from 'ws'
import type { JsonObject } from '../json.ts'
import { engineLimits } from '../limits.ts'
import type { EngineSession, SessionClient } from '../model/session.ts'
import { runInSlices } from '../slices.ts'
import { dispatch } from './dispatch.ts'
import type { EngineSurroundings } from './method.ts'

/** What a socket's coming and going means to its session. */
export interface ConnectionEvents {
  onClose(client: SessionClient): void
  /** Sees every text frame as it stood on the wire: `in` from the client, `out` to it. */
  onFrame?: FrameObserver | undefined
}

/** Looks at frames, for a record of the traffic; it changes nothing. */
export type FrameObserver = (direction: 'in' | 'out', text: string) => void

/** Joins a socket to a session: greets it, answers its frames, passes changes on to it. */
export function connectSocket(
  socket: WebSocket,
  session: EngineSession,
  isAttached: boolean,
  surroundings: EngineSurroundings,
  events: ConnectionEvents,
): void {
  const send = (message: JsonObject): void => {
    if (socket.readyState !== socket.OPEN) return
    const text = JSON.stringify(message)
    events.onFrame?.('out', text)
    socket.send(text)
  }
  const client: SessionClient = { send, close: (code, reason) => socket.close(code, reason) }
  session.clients.add(client)
  socket.on('message', (data, isBinary) => {
    if (isBinary) return socket.close(1003, 'The engine takes text frames only')
    const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as ArrayBuffer)
    if (bytes.byteLength > engineLimits.frameBytes.value)
      return socket.close(1009, 'The frame is too large')
    if (session.waiting.length >= engineLimits.waitingCalls.value)
      return socket.close(1013, 'Too many calls are waiting')
    const text = bytes.toString('utf8')
    events.onFrame?.('in', text)
    enqueue(session, (done) => {
      runInSlices(dispatch(text, session, surroundings), {
        onResult: ({ answer, changed, closed }) => {
          if (answer !== undefined) send(answer)
          const isNews = changed.length > 0 || closed.length > 0
          for (const other of isNews ? session.clients : []) {
            if (other !== client) other.send({ jsonrpc: '2.0', change: changed, close: closed })
          }
          done()
        },
        isWanted: () => socket.readyState === socket.OPEN,
        onDropped: done,
      })
    })
  })
  // A socket that breaks emits `error` and then `close`; without a listener it would end the process.
  socket.on('error', () => socket.terminate())
  socket.on('close', () => {
    session.clients.delete(client)
    events.onClose(client)
  })
  send({
    jsonrpc: '2.0',
    method: 'OnConnected',
    params: { qSessionState: isAttached ? 'SESSION_ATTACHED' : 'SESSION_CREATED' },
  })
}

/** Runs the calls of a session one after the other: none sees the state change while it is computed. */
function enqueue(session: EngineSession, run: (done: () => void) => void): void {
  session.waiting.push(run)
  if (session.waiting.length === 1) runNext(session)
}

function runNext(session: EngineSession): void {
  session.waiting[0]?.(() => {
    session.waiting.shift()
    if (session.waiting.length > 0) setImmediate(() => runNext(session))
  })
}
