/** One request of a HAR and what came of it, in one form whichever program wrote the file. */
export interface Exchange {
  /** When it began: milliseconds since 1970 by the clock of the browser. */
  readonly at: number
  readonly durationMs: number | undefined
  readonly method: string
  readonly url: URL
  readonly kind: ExchangeKind
  readonly requestHeaders: Headers
  /** What was posted; empty when nothing was, or when the file leaves it out. */
  readonly requestBody: string
  /** 0 when the browser got no answer, or does not tell it. */
  readonly status: number
  readonly responseHeaders: Headers
  /** Of text, at most `maxBodyCharacters`; undefined when the file leaves it out. */
  readonly responseBody: string | undefined
  /** What the browser says went wrong, such as `net::ERR_FAILED`. */
  readonly failure: string | undefined
  /** What went through a web socket; undefined when the file leaves it out. */
  readonly frames: readonly SocketFrame[] | undefined
}

/** What the browser asked for: a page, a page in a frame, a web socket, a CORS preflight, or anything else. */
export type ExchangeKind = 'page' | 'frame' | 'socket' | 'preflight' | 'other'

/** A text frame of a web socket, or a frame that closes it. */
export interface SocketFrame {
  readonly isFromServer: boolean
  readonly text: string
  readonly closes: boolean
}

/** More of a body is not looked at: what says why a login fails is short. */
export const maxBodyCharacters = 262_144

/** The first value of a header field. */
export const headerOf = (headers: Headers, name: string): string | undefined =>
  headers.get(name) ?? undefined
