/** An engine socket as the console shows it. */
export interface LoggedSocket {
  /** Counts up from 1. */
  readonly number: number
  readonly appId: string
  readonly identity?: string
  readonly userId: string
  readonly openedAt: string
  readonly closedAt?: string
  readonly closeCode?: number
  readonly closeReason?: string
}

/** One frame of an engine socket. */
export interface LoggedFrame {
  /** Counts up from 1. */
  readonly number: number
  readonly socket: number
  readonly at: string
  /** `in` from the client, `out` to it. */
  readonly direction: 'in' | 'out'
  readonly bytes: number
  readonly id?: number | string
  readonly handle?: number
  /** Of a request, of a notification, and of the request that an answer belongs to. */
  readonly method?: string
  readonly error?: {
    readonly code?: number
    readonly message?: string
    readonly parameter?: string
  }
  /** The handles that changed. */
  readonly change?: readonly number[]
  /** The beginning of the frame, as it stood on the wire. */
  readonly text: string
  readonly isCut: boolean
}
