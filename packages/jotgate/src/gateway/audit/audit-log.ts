/** What is written down. Each is one line. */
export interface AuditEvent {
  readonly event:
    | 'start'
    | 'stop'
    | 'enter'
    | 'refuse'
    | 'mint'
    | 'qlik-session-open'
    | 'qlik-session-end'
    | 'qlik-session-left'
    | 'socket-open'
    | 'session-end'
    | 'denied'
    | 'administration'
  readonly requestId?: string
  /** Where the gateway has several: the `publicUrl` of the site, and the name of the upstream. */
  readonly site?: string
  readonly upstream?: string
  /** Gateway session and Qlik session, by their IDs, which are not secret. */
  readonly session?: string
  readonly qlikSession?: string
  /** As the host application names them, and as Qlik does. */
  readonly hostSubject?: string
  readonly subject?: string
  readonly groups?: readonly string[]
  readonly address?: string
  readonly reason?: string
  /** Of a token, its ID and its end in seconds since 1970. */
  readonly jti?: string
  readonly expiresAt?: number
  /** Of a socket, its path; of denials, how many. */
  readonly path?: string
  readonly count?: number
}

/** The record of every decision. */
export interface AuditLog {
  /**
   * Writes a line; resolves when it would survive a power cut. One fsync serves all that wait.
   *
   * @throws ERR_GATEWAY_AUDIT (503) when it cannot be written: then what it would have recorded must not happen
   */
  record(event: AuditEvent): Promise<void>
  /** For endings, which act first: kept in memory while the log is away, up to a bound. */
  recordLater(event: AuditEvent): void
  /** Counts a denial without a session: one line a minute for each address, reason and site. */
  countDenial(denial: { address: string; reason: string; site?: string }): void
  /** Whether the last write succeeded. */
  readonly healthy: boolean
  close(): Promise<void>
}
