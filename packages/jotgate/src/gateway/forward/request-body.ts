import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import type { GatewayRequest } from '../request.ts'

/** A request's body, which is sent on as it comes, and can be sent again while it is small. */
export interface RequestBody {
  /** Opens it from its beginning; what was opened before is no longer read. */
  open(): Readable
  /** Whether it can be opened again. */
  readonly canRepeat: boolean
  /** Whether the client has sent all of it. */
  readonly isComplete: boolean
}

/** What is kept of a body, to send it again under a renewed session. */
const maxKeptBytes = 65_536

/**
 * Reads the body of a request while it is sent on, no faster than that. Up to 64 kB are kept to be sent again.
 *
 * @returns undefined when the request has none
 */
export function readRequestBody(
  request: Pick<GatewayRequest, 'field' | 'incoming'>,
): RequestBody | undefined {
  const hasBody =
    request.field('transfer-encoding') !== undefined ||
    (request.field('content-length') ?? '0') !== '0'
  return hasBody ? createRequestBody(request.incoming) : undefined
}

function createRequestBody(incoming: IncomingMessage): RequestBody {
  let kept: Buffer[] | undefined = []
  let keptBytes = 0
  let hasEnded = false
  /** The one that is read now, and how much of what is kept it has been given. */
  let reader: { stream: Readable; given: number } | undefined

  function onData(chunk: Buffer) {
    keptBytes += chunk.length
    if (keptBytes > maxKeptBytes) kept = undefined
    kept?.push(chunk)
    if (reader === undefined) incoming.pause()
    else {
      reader.given++
      if (!reader.stream.push(chunk)) incoming.pause()
    }
  }

  function onEnd() {
    hasEnded = true
    reader?.stream.push(null)
  }

  let isReading = false
  function readOn() {
    if (hasEnded) {
      reader?.stream.push(null)
      return
    }
    if (!isReading) {
      isReading = true
      incoming.on('data', onData).on('end', onEnd)
      // A client that goes away is noticed by its answer.
      incoming.on('error', () => undefined)
    }
    incoming.resume()
  }

  return {
    open() {
      reader?.stream.destroy()
      const stream: Readable = new Readable({
        highWaterMark: maxKeptBytes,
        read() {
          if (reader?.stream !== stream) return
          const next = kept?.[reader.given]
          if (next === undefined) readOn()
          else {
            reader.given++
            stream.push(next)
          }
        },
        destroy(error, done) {
          if (reader?.stream === stream) {
            reader = undefined
            if (!hasEnded) incoming.pause()
          }
          done(error)
        },
      })
      reader = { stream, given: 0 }
      return stream
    },
    get canRepeat() {
      return kept !== undefined
    },
    get isComplete() {
      return incoming.complete
    },
  }
}
