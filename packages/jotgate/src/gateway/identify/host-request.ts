import type { RequestToIdentify } from './identity.ts'

/**
 * What a host application is asked about: what the client sent, and nothing that ran before. For an open
 * web socket it is the newest request of its session, so what a middleware put on that request may be old.
 */
export interface HostRequest {
  /** All fields, the host application's cookie among them. */
  readonly headers: Headers
  readonly method: string
  /** Path and query. */
  readonly url: string
  /** The client's address. */
  readonly address: string
  /** Aborts when the answer is no longer waited for. */
  readonly signal: AbortSignal
}

export function toHostRequest(request: RequestToIdentify, signal: AbortSignal): HostRequest {
  const headers = new Headers()
  for (const [name, value] of request.fields) headers.append(name, value)
  return Object.freeze({
    headers,
    method: request.method,
    url: request.path + request.query,
    address: request.address,
    signal,
  })
}
