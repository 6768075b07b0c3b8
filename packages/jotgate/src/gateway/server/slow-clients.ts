import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { createUnderWay } from './under-way.ts'

/** How slow a client may be. */
export interface SlowLimits {
  /** A body must bring `minBytes` in each window of so many milliseconds. Default 10000. */
  readonly bodyWindowMs: number
  /** Default 2400, which is the rate that Kestrel asks for. */
  readonly minBytes: number
  /** A client must take something of an answer that waits for it in so many milliseconds. Default 30000. */
  readonly answerWindowMs: number
}

export const slowLimits: SlowLimits = {
  bodyWindowMs: 10_000,
  minBytes: 2_400,
  answerWindowMs: 30_000,
}

/** Looks after the clients of exchanges that are under way. */
export interface SlowClients {
  /** Follows one. @returns what ends that, for when its response closes */
  watch(incoming: IncomingMessage, response: ServerResponse): () => void
  /** Cuts those that have been too slow: called about once a second. */
  sweep(): void
}

interface Exchange {
  readonly incoming: IncomingMessage
  readonly response: ServerResponse
  readonly socket: Socket
  /** Since the first look: most are over before it. */
  bodySince: number | undefined
  bodyBytes: number
  answerSince: number
  answerBytes: number
}

/**
 * Cuts clients that hold a connection by sending or taking next to nothing. Whole requests and answers may last as
 * long as they like: a download, a stream of an answer. What waits for Qlik is not the client's fault.
 *
 * @param limits how slow a client may be
 * @param onSlow answers a body that comes too slowly, and closes its connection
 */
export function createSlowClients(
  limits: SlowLimits,
  onSlow: (response: ServerResponse) => void,
  now: () => number = () => performance.now(),
): SlowClients {
  const exchanges = createUnderWay<Exchange>()

  function isBodySlow(exchange: Exchange, time: number): boolean {
    const { incoming, socket } = exchange
    const isOurs = incoming.complete || incoming.readableLength >= incoming.readableHighWaterMark
    const bytes = socket.bytesRead - exchange.bodyBytes
    const since = exchange.bodySince
    if (isOurs || since === undefined || time - since >= limits.bodyWindowMs) {
      exchange.bodySince = time
      exchange.bodyBytes = socket.bytesRead
      return !isOurs && since !== undefined && bytes < limits.minBytes
    }
    return false
  }

  function isAnswerStuck(exchange: Exchange, time: number): boolean {
    const { socket } = exchange
    const taken = socket.bytesWritten - socket.writableLength
    if (socket.writableLength === 0 || taken !== exchange.answerBytes) {
      exchange.answerSince = time
      exchange.answerBytes = taken
      return false
    }
    return time - exchange.answerSince >= limits.answerWindowMs
  }

  return {
    watch(incoming, response) {
      const { socket } = incoming
      const body = { bodySince: undefined, bodyBytes: 0 }
      return exchanges.add({ incoming, response, socket, ...body, answerSince: 0, answerBytes: -1 })
    },
    sweep() {
      const time = now()
      for (const exchange of exchanges.list()) {
        if (isAnswerStuck(exchange, time)) exchange.socket.destroy()
        else if (isBodySlow(exchange, time)) onSlow(exchange.response)
      }
    },
  }
}
