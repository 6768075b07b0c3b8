import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { EngineRequest } from '../engine/index.ts'
import { checkTarget } from '../http/request-target.ts'
import { type AnswerBody, type AnswerEffect, describeEffect, toWireBody } from './faults/fault.ts'
import type { RunningProduct } from './product.ts'
import type { RecordedFailure, RecordedRequest } from './recorder.ts'
import type { Workbench } from './workbench.ts'

const maximumFrameBytes = 16 * 1024 * 1024

/** What a product decides on the handshake of a web socket. */
export interface Handshake {
  /** What of the request may be written down. */
  readonly recorded: Omit<RecordedRequest, 'number' | 'product' | 'status' | 'setCookies'>
  readonly outcome:
    | RefusedHandshake
    | ClosedHandshake
    | {
        readonly kind: 'accept'
        readonly request: Omit<EngineRequest, 'onFrame' | 'faultOf'>
        /** Header lines of the 101, such as a cookie. */
        readonly headers?: readonly (readonly [string, string])[]
        /** Sent before the engine's own first message. */
        readonly notifications?: readonly Notification[]
        /** Called with the socket before the engine gets it, and with what sends a message of the product. */
        readonly onOpen?: (socket: WebSocket, notify: (notification: Notification) => void) => void
      }
}

/** The handshake is answered as an ordinary request. */
interface RefusedHandshake {
  readonly kind: 'refuse'
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: AnswerBody
  readonly error?: RecordedFailure
}

/** A message of the server: name and parameters. */
type Notification = readonly [string, Readonly<Record<string, unknown>>]

/** The handshake is accepted, and the web socket then closed. */
interface ClosedHandshake {
  readonly kind: 'close'
  readonly closeCode: number
  readonly reason: string
  /** Sent before. */
  readonly notifications?: readonly Notification[]
  readonly error?: RecordedFailure
}

/** The engine sockets of one product. */
export interface EngineSockets {
  handle(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Closes every open one with a code; 1006 breaks the connection without a close frame. Gives how many. */
  cut(closeCode: number, reason: string): number
  /** Ends every open one. */
  close(): void
}

function toFrame([method, params]: Notification): string {
  return JSON.stringify({ jsonrpc: '2.0', method, params })
}

function refuseByHttp(socket: Duplex, { status, headers = {}, body }: RefusedHandshake): void {
  const { type, text } = toWireBody(body)
  const all = {
    'content-type': type,
    'content-length': String(Buffer.byteLength(text)),
    ...headers,
  }
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Refused'}`,
      ...Object.entries(all).map(([name, value]) => `${name}: ${value}`),
      'Connection: close',
      '',
      text,
    ].join('\r\n'),
    () => socket.destroy(),
  )
}

/**
 * Makes what answers handshakes by a product's decision, or by a fault in its place, and hands the sockets to
 * the engine with their frames observed.
 *
 * @param product.decide looks at a handshake; what it changes of the product happens in each case, also when a fault answers
 */
export function createEngineSockets(
  workbench: Workbench,
  product: {
    decide(request: IncomingMessage): Handshake
    answerFault: RunningProduct<unknown>['answerFault']
    /** Whether pings are answered; true by default. */
    autoPong?: boolean
  },
): EngineSockets {
  const { recorder, faults, frames, engine, errors, product: name } = workbench
  const { autoPong = true } = product
  const server = new WebSocketServer({ noServer: true, maxPayload: maximumFrameBytes, autoPong })
  const headersOf = new WeakMap<IncomingMessage, readonly (readonly [string, string])[]>()
  server.on('headers', (lines, request) => {
    for (const [name, value] of headersOf.get(request) ?? []) lines.push(`${name}: ${value}`)
  })

  const carryOut = (
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    { recorded, outcome }: Handshake,
  ) => {
    const record = (more: Pick<RecordedRequest, 'status'> & Partial<RecordedRequest>) =>
      recorder.add({ ...recorded, product: name, setCookies: [], ...more })
    if (outcome.kind === 'refuse') {
      const { status, error } = outcome
      record({ status, ...(error === undefined ? {} : { error }) })
      refuseByHttp(socket, outcome)
      return
    }
    if (outcome.kind === 'accept') headersOf.set(request, outcome.headers ?? [])
    server.handleUpgrade(request, socket, head, (opened) => {
      opened.on('error', () => opened.terminate())
      if (outcome.kind === 'close') {
        const { closeCode, reason, notifications = [], error } = outcome
        record({ status: 101, closeCode, ...(error === undefined ? {} : { error }) })
        for (const notification of notifications) opened.send(toFrame(notification))
        opened.close(closeCode, reason)
        return
      }
      record({ status: 101 })
      const { appId, identity, user } = outcome.request
      const log = frames.open({
        appId,
        ...(identity === undefined ? {} : { identity }),
        userId: user.userId,
      })
      opened.on('close', (code, reason) => log.closed(code, reason.toString()))
      const notify = (notification: Notification) => {
        const frame = toFrame(notification)
        log.frame('out', frame)
        opened.send(frame)
      }
      for (const notification of outcome.notifications ?? []) notify(notification)
      outcome.onOpen?.(opened, notify)
      const { path } = recorded
      engine.accept(opened, {
        ...outcome.request,
        onFrame: log.frame,
        faultOf: (call) => faults.applyToCall({ path, name: call }),
      })
    })
  }

  /** A fault in place of the product's decision. */
  const toFaultHandshake = (recorded: Handshake['recorded'], effect: AnswerEffect): Handshake => {
    const described = { ...recorded, fault: describeEffect(effect) }
    if (effect.kind !== 'close-socket')
      return { recorded: described, outcome: { kind: 'refuse', ...product.answerFault(effect) } }
    const { closeCode, notification } = effect
    const known = errors.closes.find((one) =>
      notification === undefined ? one.closeCode === closeCode : one.notification === notification,
    )
    const { reason = known?.text ?? '' } = effect
    const said = notification ?? known?.notification
    const notifications = [
      ...(known?.sessionState === undefined
        ? []
        : [['OnConnected', { qSessionState: known.sessionState }] as const]),
      ...(said === undefined ? [] : [[said, known?.parameters ?? {}] as const]),
    ]
    return { recorded: described, outcome: { kind: 'close', closeCode, reason, notifications } }
  }

  return {
    handle(request, socket, head) {
      // Before anything else: a peer that goes away now must not end the process.
      socket.on('error', () => socket.destroy())
      const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
      // A request that was not meant for this machine gets no fault: it must not use up one that a test counts.
      const { latencyMs, effect } =
        checkTarget(request) === undefined
          ? faults.apply({ product: name, method: 'GET', path, isSocket: true })
          : { latencyMs: 0 }
      const go = () => {
        if (socket.destroyed) return
        const handshake = product.decide(request)
        carryOut(
          request,
          socket,
          head,
          effect === undefined ? handshake : toFaultHandshake(handshake.recorded, effect),
        )
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
