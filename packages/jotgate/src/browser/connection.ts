import type { QlikUser } from '../protocol/index.ts'
import type { SingleOptions } from './direct/single-url.ts'
import type { ConnectionState } from './reasons.ts'

/** A page's connection to Qlik, as one person. Its functions can be passed on by themselves. */
export interface QlikConnection {
  /** How it is now: connected, waiting for its next attempt, or ended for good. */
  readonly state: ConnectionState
  /** Who the person is at Qlik, which was asked at the login and whenever the page was away. */
  user(): Promise<QlikUser>
  /**
   * The browser's fetch, for paths of this Qlik (on client-managed Qlik below the prefix of the virtual proxy): with its
   * cookies, and the web integration and the CSRF token, or the Xrfkey. After a 401 it logs in again, once; after a refused CSRF token it gets a new one, once. A body
   * that is a stream cannot be sent twice, so its refusal is returned. Redirects stay within Qlik's
   * origin, and only GET and HEAD follow them.
   */
  fetch(path: string | URL, init?: RequestInit): Promise<Response>
  /**
   * The address of an app's engine, as enigma.js wants it.
   *
   * @param options.identity a name for an engine session of its own (own selections)
   * @param options.ttlSeconds how long the engine session outlives its last socket, 0 to 86400
   */
  webSocketUrl(appId: string, options?: { identity?: string; ttlSeconds?: number }): string
  /** Opens such an address, with the CSRF token that is valid now. It closes when the connection ends. */
  createSocket(url: string): WebSocket
  /**
   * The address of one object or sheet, for a frame of this page. The tenant has to list this page's
   * origin among its CSP origins (`frameAncestors`), or the browser refuses the frame.
   *
   * @param options.objectId what to show; or `sheetId`
   * @param options.identity the name of the engine session, to share its selections with your own charts
   */
  singleUrl(appId: string, options: SingleOptions): string
  /**
   * Ends the session at Qlik, and with it every connection to this Qlik, in all tabs of this origin. Client-managed Qlik
   * reportedly ends all sessions of the user at this virtual proxy.
   */
  logout(): Promise<void>
  /**
   * Ends this connection and closes its sockets; the session at Qlik stays. For a component that is removed
   * from the page. The last connection that is closed stops every timer and listener.
   */
  close(): void
}

/** A page's connection to client-managed Qlik. */
export interface ClientManagedConnection extends QlikConnection {
  /** The address of the hub, for a frame or a link: it opens as the person of the connection. */
  hubUrl(): string
}
