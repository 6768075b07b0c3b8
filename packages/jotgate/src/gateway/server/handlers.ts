import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Logger } from 'pino'
import { isJotgateError } from '../../errors/index.ts'
import { denialReasonOf, gatewayErrors } from '../errors.ts'
import type { GatewayRequest } from '../request.ts'
import type { Sites } from '../sites/sites.ts'
import { addressGroup, canonicalAddress, type ReadAddress } from './client-address.ts'
import { sendProblem, sendProblemOnSocket } from './problem.ts'
import type { RateLimit } from './rate-limit.ts'
import { createRequestId, type RequestLimits, readRequest, targetOf } from './read-request.ts'

/**
 * What the gateway does with a request that was read, whose ID goes into each answer. What it throws is answered as a
 * problem.
 */
export interface GatewayCore {
  handle(request: GatewayRequest, response: ServerResponse): Promise<void>
  upgrade(request: GatewayRequest, socket: Duplex, head: Buffer): Promise<void>
}

/** What `createHandlers` takes. */
export interface HandlerOptions {
  readonly core: GatewayCore
  readonly sites: Sites
  /** With `sameOrigin`: whether a path at a site is the gateway's. Default all are. */
  readonly owns?: (site: string, path: string) => boolean
  readonly limits?: RequestLimits
  readonly readAddress?: ReadAddress | undefined
  /** How much one address may ask. Default as much as it likes. */
  readonly addressRate?: RateLimit
  readonly log?: Logger
  /** A request was refused before anybody looked at it: for the counts of the audit log. */
  readonly onRefused?: (refusal: { address: string; reason: string }) => void
  /** A request was answered, after so many milliseconds; with status 0 when its client had gone before. */
  readonly onAnswered?: (status: number, ms: number) => void
  /** A request or an upgrade was answered by an error. */
  readonly onProblem?: (code: string) => void
}

/** A gateway as functions for node:http and whatever is built on it. */
export interface Handlers {
  /**
   * Answers a request. `next` is called, and nothing else done, for what is not the gateway's: another Host, and with
   * `sameOrigin` other paths. Without `next` that is refused.
   */
  handler(incoming: IncomingMessage, response: ServerResponse, next?: () => void): void
  /** Answers a request for a web socket: Node's event `upgrade`. `next` as above. */
  upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer, next?: () => void): void
}

/** Makes the functions that a server is given: the one place where requests enter and errors become answers. */
export function createHandlers(options: HandlerOptions): Handlers {
  const { core, sites, owns, limits, readAddress, addressRate, log } = options
  const { onRefused, onAnswered, onProblem } = options

  function isOwn(incoming: IncomingMessage): boolean {
    const { rawHeaders } = incoming
    const site = rawHeaders
      .map((name, at) =>
        at % 2 === 0 && name.toLowerCase() === 'host'
          ? sites.at(rawHeaders[at + 1] ?? '')
          : undefined,
      )
      .find((found) => found !== undefined)
    if (site === undefined) return false
    return owns?.(site.publicUrl, targetOf(incoming).split('?', 1)[0] ?? '') ?? true
  }

  function assertRate(address: string): void {
    const retryAfterSeconds = addressRate?.take(addressGroup(address)) ?? 0
    if (retryAfterSeconds > 0) throw gatewayErrors.ERR_GATEWAY_RATE({ retryAfterSeconds })
  }

  function report(error: unknown, requestId: string): void {
    if (isJotgateError(error) && error.status < 500) {
      log?.debug({ requestId, code: error.code, reason: denialReasonOf(error) }, error.message)
      return
    }
    log?.error({ requestId, err: error }, 'A request failed')
  }

  /** Reads and passes on; whatever fails is answered by `answer`. */
  async function run(
    incoming: IncomingMessage,
    kind: 'http' | 'upgrade',
    go: (request: GatewayRequest) => Promise<void>,
    answer: (error: unknown, id: string) => void,
  ): Promise<void> {
    const id = createRequestId()
    let address = canonicalAddress(incoming.socket.remoteAddress)
    let isTaken = false
    try {
      const request = readRequest(incoming, { sites, kind, id, limits, readAddress })
      address = request.address
      assertRate(address)
      isTaken = true
      await go(request)
    } catch (error) {
      const reason = isJotgateError(error) ? error.code : 'ERR_GATEWAY_UNEXPECTED'
      if (!isTaken) onRefused?.({ address, reason })
      onProblem?.(reason)
      report(error, id)
      answer(error, id)
    }
  }

  return {
    handler(incoming, response, next) {
      if (next !== undefined && !isOwn(incoming)) {
        next()
        return
      }
      // Without a listener, a client that goes away in the middle would end the process.
      incoming.on('error', ignore)
      response.on('error', ignore)
      incoming.on('close', () => closeWaiting(incoming, response))
      const since = performance.now()
      void run(
        incoming,
        'http',
        (request) => core.handle(request, response),
        (error, id) => sendProblem(response, error, id),
      ).then(() => onAnswered?.(statusOf(response), performance.now() - since))
    },
    upgrade(incoming, socket, head, next) {
      if (next !== undefined && !isOwn(incoming)) {
        next()
        return
      }
      // T-W04: before the first await.
      socket.on('error', ignore)
      void run(
        incoming,
        'upgrade',
        (request) => core.upgrade(request, socket, head),
        (error, id) => sendProblemOnSocket(socket, error, id),
      )
    },
  }
}

/**
 * Node 22 tells nothing of answers that wait for others on a connection which was cut: who makes one would never stop.
 * Newer lines of Node have said it before.
 */
function closeWaiting(incoming: IncomingMessage, response: ServerResponse): void {
  if (response.closed) return
  // Node takes the socket from a request whose connection has failed.
  const socket: Socket | null = incoming.socket
  if (!socket?.destroyed) return
  response.destroy()
  response.emit('close')
}

const statusOf = (response: ServerResponse) =>
  response.destroyed && !response.writableFinished ? 0 : response.statusCode

/** `close` follows each error, and is what everybody waits for. */
function ignore(): void {}
