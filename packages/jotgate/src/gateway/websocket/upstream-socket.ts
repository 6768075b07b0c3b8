import type { Duplex } from 'node:stream'
import type { Transport } from '../../qlik/index.ts'
import { gatewayErrors } from '../errors.ts'
import { createKey, readChoice, type UpgradeChoice, type UpgradeOffer } from './handshake.ts'

/** What Qlik answered to an upgrade. */
export type UpgradeAnswer =
  | {
      readonly outcome: 'open'
      /** Paused; what came after the 101 is still in it. */
      readonly socket: Duplex
      readonly choice: UpgradeChoice
      readonly headers: Headers
    }
  | {
      readonly outcome: 'answer'
      readonly status: number
      readonly headers: Headers
      readonly body: Buffer
    }

export interface UpstreamOptions {
  /** Each socket has a connection of its own, which was never another request's. */
  readonly transport: Pick<Transport, 'createDispatcher'>
  /** Qlik's origin. */
  readonly origin: string
  /** How long Qlik may take to answer. */
  readonly answerMs: number
}

/** An answer other than 101 is an error's text; a longer one is dropped. */
const maxBodyLength = 65_536

/** Belongs to one connection, or to the handshake, which is the gateway's own with Qlik: RFC 9110, section 7.6.1. */
const ownFields =
  /^(connection|upgrade|keep-alive|te|trailer|transfer-encoding|content-length|expect|proxy-.*|sec-websocket-.*)$/

/**
 * Opens a web socket at Qlik, over a connection of its own.
 *
 * @param request.headers all that Qlik gets besides the handshake
 * @param request.signal gives up
 * @throws ERR_GATEWAY_QLIK_UNREACHABLE (502), ERR_GATEWAY_QLIK_TIMEOUT (504), ERR_GATEWAY_QLIK_ANSWER (502) for what is
 * not HTTP, or no answer to this handshake; the signal's reason
 */
export function openUpstream(
  request: {
    readonly target: string
    readonly headers: readonly (readonly [name: string, value: string])[]
    readonly offer: UpgradeOffer
    readonly signal: AbortSignal
  },
  { transport, origin, answerMs }: UpstreamOptions,
): Promise<UpgradeAnswer> {
  const { target, headers, offer, signal } = request
  const key = createKey()
  const dispatcher = transport.createDispatcher(origin, { connectTimeoutMs: answerMs })
  const { promise, resolve, reject } = Promise.withResolvers<UpgradeAnswer>()
  const giveUp = () => fail(signal.reason)
  const fail = (error: unknown) => {
    reject(error)
    dispatcher.destroy(toError(error)).catch(ignore)
  }
  const settle = (answer: UpgradeAnswer) => {
    resolve(answer)
    dispatcher.close().catch(ignore)
  }
  if (signal.aborted) giveUp()
  signal.addEventListener('abort', giveUp, { once: true })

  let status = 0
  let received = new Headers()
  const body: Buffer[] = []
  let length = 0
  dispatcher.dispatch(
    {
      origin,
      path: target,
      method: 'GET',
      upgrade: 'websocket',
      headersTimeout: answerMs,
      bodyTimeout: answerMs,
      headers: [
        ...headers.filter(([name]) => !ownFields.test(name)),
        ['sec-websocket-version', '13'],
        ['sec-websocket-key', key],
        ...offered('sec-websocket-extensions', offer.extensions),
        ...offered('sec-websocket-protocol', offer.protocols),
      ].flat(),
    },
    {
      // undici wants this one of every handler.
      onRequestStart: ignore,
      onRequestUpgrade(_controller, _status, fields, socket) {
        // Whatever happens next, an error of the socket must have a listener.
        socket.on('error', ignore)
        const choice = readChoice(fields, key, offer)
        if (signal.aborted || 'problem' in choice) {
          socket.destroy()
          if ('problem' in choice) fail(unlike(choice.problem))
        } else settle({ outcome: 'open', socket, choice, headers: toHeaders(fields) })
      },
      onResponseStart(_controller, code, fields) {
        status = code
        received = toHeaders(fields)
      },
      onResponseData(controller, chunk) {
        length += chunk.length
        if (length <= maxBodyLength) body.push(chunk)
        else {
          settle({ outcome: 'answer', status, headers: received, body: Buffer.alloc(0) })
          controller.abort(new Error('The answer is too long'))
        }
      },
      onResponseEnd() {
        settle({ outcome: 'answer', status, headers: received, body: Buffer.concat(body) })
      },
      onResponseError(_controller, cause) {
        fail(explain(cause))
      },
    },
  )
  return promise.finally(() => signal.removeEventListener('abort', giveUp))

  function explain(cause: unknown) {
    const code = String((cause as { code?: unknown }).code)
    // A mistake of the gateway's own.
    if (code === 'UND_ERR_INVALID_ARG') return cause
    if (/^(HPE_|UND_ERR_SOCKET$)/.test(code))
      return gatewayErrors.ERR_GATEWAY_QLIK_ANSWER(
        { problem: `is broken off (${code})` },
        { cause },
      )
    if (!/^UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT$/.test(code))
      return gatewayErrors.ERR_GATEWAY_QLIK_UNREACHABLE({ reason: code }, { cause })
    const missing = code.includes('CONNECT') ? 'connection' : 'answer'
    return gatewayErrors.ERR_GATEWAY_QLIK_TIMEOUT({ missing, timeoutMs: answerMs }, { cause })
  }
}

const unlike = (problem: string) =>
  gatewayErrors.ERR_GATEWAY_QLIK_ANSWER({ problem: `opens a web socket ${problem}` })

const offered = (name: string, value: string | undefined) =>
  value === undefined ? [] : [[name, value] as const]

const toError = (reason: unknown) => (reason instanceof Error ? reason : new Error(String(reason)))

function toHeaders(fields: Readonly<Record<string, string | string[] | undefined>>): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(fields))
    for (const one of [value ?? []].flat()) headers.append(name, one)
  return headers
}

const ignore = () => undefined
