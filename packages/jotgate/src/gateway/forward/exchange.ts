import type { ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import type { GatewayRequest } from '../request.ts'
import { type AnswerHeaders, maxRewrittenBytes, type UpstreamHead } from './answer-headers.ts'
import type { Forwarding } from './decision.ts'
import type { HeaderFields } from './request-headers.ts'
import type { AddressRewriter, AddressStream } from './rewrite-addresses.ts'
import type { UpstreamConnection } from './upstream-agents.ts'

/** One request to Qlik, and its answer. */
export interface Exchange {
  readonly request: GatewayRequest
  readonly response: ServerResponse
  readonly decision: Forwarding
  readonly connection: UpstreamConnection
  readonly body: Readable | undefined
  /** Fields of the gateway's own. */
  readonly added: HeaderFields
  /** Whether an answer is held back, since another try may follow; asked once, before anything is passed on. */
  readonly holdsBack: (status: number) => boolean
  /** Says, when it is known, whether it is held back; the answer waits meanwhile. Undefined passes it on at once. */
  readonly reconsiders?: ((status: number) => Promise<boolean> | undefined) | undefined
}

/** How it went. */
export type ExchangeResult =
  /** The answer is on its way to the client, whole. */
  | { readonly kind: 'answered' }
  /** The client has gone, or takes nothing. */
  | { readonly kind: 'client-gone' }
  /** Nothing has been passed on. */
  | { readonly kind: 'held-back'; readonly status: number }
  | { readonly kind: 'failed'; readonly error: unknown; readonly hasBegun: boolean }

/** What is the same for all. */
export interface ExchangeParts {
  readonly answerHeaders: AnswerHeaders
  readonly addresses: AddressRewriter
  /** Gives up when a client takes nothing for so long. */
  readonly idleMs: number
  readonly onLongBody?: (request: GatewayRequest) => void
}

/** An exchange that runs. */
export interface RunningExchange {
  readonly result: Promise<ExchangeResult>
  /** Ends it now, on both sides; the client gets the error when its answer has not begun. */
  stop(error: unknown): void
}

/**
 * Sends a request to Qlik, and its answer to the client as it comes: no part is kept longer than it takes to write
 * it, and neither side is read faster than the other takes it. An answer that breaks off closes the client's
 * connection, so that nobody takes a part for the whole.
 */
export function runExchange(exchange: Exchange, parts: ExchangeParts): RunningExchange {
  const { request, response, decision, connection, body, added } = exchange
  const { promise: result, resolve } = Promise.withResolvers<ExchangeResult>()
  let isDone = false
  let hasWritten = false
  /** Of a body that is passed on as it comes, when Qlik says it. */
  let length: number | undefined
  let rewriting: AddressStream | undefined
  let stalled: NodeJS.Timeout | undefined
  /** What comes of an answer while it waits: undici gives the rest of a closed connection in spite of a pause. */
  let waiting: (() => void)[] | undefined

  function finish(how: ExchangeResult) {
    if (isDone) return
    isDone = true
    clearTimeout(stalled)
    response.off('close', onClose)
    resolve(how)
  }

  function fail(error: unknown) {
    const hasBegun = response.headersSent
    if (hasBegun) response.destroy()
    finish({ kind: 'failed', error, hasBegun })
  }

  /** The client has gone, or takes nothing. */
  function onClose() {
    if (isDone) return
    response.destroy()
    finish({ kind: 'client-gone' })
  }

  function write(controller: Dispatcher.DispatchController, piece: Uint8Array) {
    if (piece.length === 0) return
    hasWritten = true
    if (response.write(piece) || response.writableLength < maxWaitingBytes) return
    controller.pause()
    if (stalled !== undefined) return
    stalled = setTimeout(onClose, parts.idleMs)
    response.once('drain', () => {
      clearTimeout(stalled)
      stalled = undefined
      controller.resume()
    })
  }

  function begin(status: number, headers: UpstreamHead['headers']) {
    if (isDone) return
    const { route, upstream } = decision
    const head = parts.answerHeaders({ status, headers }, { method: request.method, route, added })
    if (head.setCookies.length > 0) upstream?.receiveCookies(toHeaders(head.setCookies))
    if (head.rewritesBody) rewriting = parts.addresses.createStream({ maxBytes: maxRewrittenBytes })
    else length = head.length
    // The rest of a body that nobody wants is not read.
    if (body !== undefined && !request.incoming.complete) head.fields.push('connection', 'close')
    response.writeHead(status, head.fields)
    // The head of a short body is written with it; for another it does not wait.
    if (length !== undefined && length <= maxOneWrite) return
    process.nextTick(() => {
      if (!isDone && !hasWritten) response.flushHeaders()
    })
  }

  const handler: Dispatcher.DispatchHandler = {
    onRequestStart(controller) {
      if (isDone) controller.abort(new Error('No longer wanted'))
    },
    onResponseStart(controller, status, headers) {
      if (isDone) return
      if (status < 200) {
        if (status === 103) sendHints(response, headers.link, parts.addresses)
        return
      }
      if (exchange.holdsBack(status)) return finish({ kind: 'held-back', status })
      const verdict = exchange.reconsiders?.(status)
      if (verdict === undefined) return begin(status, headers)
      waiting = [() => begin(status, headers)]
      controller.pause()
      verdict
        .then((isHeldBack) => {
          if (isHeldBack) return finish({ kind: 'held-back', status })
          const steps = waiting ?? []
          waiting = undefined
          for (const step of steps) step()
          controller.resume()
        })
        .catch(fail)
    },
    onResponseData(controller, chunk) {
      if (isDone) return
      if (waiting !== undefined) {
        waiting.push(() => handler.onResponseData?.(controller, chunk))
        return
      }
      if (chunk.length === length && length <= maxOneWrite) {
        hasWritten = true
        // As a string it goes out with the head in one write.
        response.end(chunk.toString('latin1'), 'latin1')
      } else write(controller, rewriting === undefined ? chunk : rewriting.write(chunk))
    },
    onResponseEnd(controller, trailers) {
      if (isDone) return
      if (waiting !== undefined) {
        waiting.push(() => handler.onResponseEnd?.(controller, trailers))
        return
      }
      if (rewriting !== undefined) {
        const rest = rewriting.end()
        if (rest.length > 0) response.write(rest)
        if (rewriting.isCut) parts.onLongBody?.(request)
      }
      if (!response.writableEnded) response.end()
      finish({ kind: 'answered' })
    },
    onResponseError: (_controller, error) => fail(error),
  }

  response.on('close', onClose)
  if (response.destroyed) onClose()
  else
    connection.dispatcher.dispatch(
      {
        origin: connection.node,
        path: decision.target,
        method: request.method as Dispatcher.HttpMethod,
        headers: toFlat(decision.headers),
        body: body ?? null,
      },
      handler,
    )
  return { result, stop: fail }
}

/** What may wait for a client. Node's own 16 kB would stop Qlik's side for each piece, and halve the speed. */
const maxWaitingBytes = 131_072

/** Of larger bodies, copying costs more than the second write. */
const maxOneWrite = 16_384

/** In a loop: `flat` takes ten times as long, for each request. */
function toFlat(fields: HeaderFields): string[] {
  const flat: string[] = []
  for (const [name, value] of fields) flat.push(name, value)
  return flat
}

function toHeaders(setCookies: readonly string[]): Headers {
  const headers = new Headers()
  for (const line of setCookies) headers.append('set-cookie', line)
  return headers
}

/** RFC 8297: the links of what the answer will need. */
function sendHints(
  response: ServerResponse,
  given: string | readonly string[] = [],
  addresses: AddressRewriter,
) {
  // Older clients take it for the answer.
  if (response.req.httpVersionMinor < 1) return
  const links = [given].flat().map(addresses.inText)
  try {
    if (links.length > 0) response.writeEarlyHints({ link: links })
  } catch {
    // Node checks the form of links. Hints are not worth an error.
  }
}
