/** What a fault does to the requests that it is for. */
export type FaultEffect =
  /** Holds the answer, or the handshake of a web socket, back; other faults may follow. */
  | { readonly kind: 'latency'; readonly ms: number }
  /** 429 as documented. Default of `retryAfterSeconds`: 13, as in Qlik's example. */
  | { readonly kind: 'rate-limit'; readonly retryAfterSeconds?: number }
  /** 500 to 599 with Qlik's envelope. */
  | { readonly kind: 'server-error'; readonly status: number }
  /** An error of the catalogue, by its ID. */
  | { readonly kind: 'documented-error'; readonly error: string }
  /** Engine sockets only: opened, greeted where the code says so, and closed. */
  | {
      readonly kind: 'close-socket'
      readonly closeCode: number
      readonly reason?: string
      /** Sent before: `OnSessionTimedOut`; that of the close code when omitted. */
      readonly notification?: string
    }
  /** Calls of the engine: answered with a JSON-RPC error, the method does not run. */
  | {
      readonly kind: 'engine-error'
      readonly code: number
      readonly message?: string
      /** `GetLayout`, or `GenericObject.GetLayout`; every method when omitted. */
      readonly call?: string
    }

/** What is answered in place of the product. */
export type AnswerEffect = Exclude<FaultEffect, { kind: 'latency' | 'engine-error' }>

/** One thing that goes wrong. */
export interface Fault {
  readonly effect: FaultEffect
  /** What the path must begin with, for calls of the engine their socket's; every path when omitted. */
  readonly pathPrefix?: string
  /** Only this HTTP method; every method when omitted. */
  readonly method?: string
  /** How many requests, or calls of the engine, it is for; all when omitted. */
  readonly times?: number
  /** The probability for each of them, over 0 up to 1 (the default). */
  readonly probability?: number
}

/** A fault that is switched on, and how often it was applied. */
export interface ActiveFault extends Fault {
  readonly id: number
  readonly timesApplied: number
}

/** What is answered over HTTP in place of the product. */
export interface FaultAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: AnswerBody
}

/** An object is sent as JSON, a string as it is: with the content-type of the headers, `text/plain` where they have none. */
export type AnswerBody = Readonly<Record<string, unknown>> | string

/** A body as bytes, with the type that it has when the headers name none. */
export function toWireBody(body: AnswerBody): { readonly type: string; readonly text: string } {
  return typeof body === 'string'
    ? { type: 'text/plain; charset=utf-8', text: body }
    : { type: 'application/json', text: JSON.stringify(body) }
}

/** A fault in words, for the record of a request. */
export function describeEffect(effect: FaultEffect): string {
  switch (effect.kind) {
    case 'latency':
      return `latency ${effect.ms} ms`
    case 'rate-limit':
      return '429'
    case 'server-error':
      return String(effect.status)
    case 'documented-error':
      return effect.error
    case 'close-socket':
      return `close ${effect.closeCode}`
    case 'engine-error':
      return `engine error ${effect.code}`
  }
}
