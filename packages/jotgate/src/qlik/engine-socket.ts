import type { EngineAddress } from '../protocol/index.ts'
import { engineUrl } from './engine-url.ts'
import type { SessionCallOptions } from './product.ts'
import { productFor } from './product-for.ts'
import type { SocketClass, Transport } from './transport.ts'

/** What opens a web socket to an app's engine: the two options that enigma.js wants. */
export interface EngineSocket {
  /** The address. It may hold a CSRF token, so it does not belong into a log. */
  readonly url: string
  /** Opens the socket. */
  readonly createSocket: () => WebSocket
}

/**
 * Prepares a web socket to the engine of an app, as the user of a session. It is for one socket: client-managed
 * Qlik may take a CSRF token once only, so each gets the one that is valid now.
 *
 * @param options.session what `openSession` gave
 * @param options.appId the app, 1 to 256 characters; `engineData` on client-managed Qlik for none
 * @param options.identity a name for an engine session of its own, 1 to 256 characters
 * @param options.ttlSeconds how long the engine session outlives its last socket, 0 to 86400
 * @param options.transport what `createTransport` made, for a proxy server or a private authority
 * @throws ERR_QLIK_OPTION, and the errors of the part when Qlik is asked for a CSRF token
 * @see https://github.com/qlik-oss/enigma.js, createSocket
 * @example
 * import { engineSocket, type QlikSession } from 'jotgate/qlik'
 *
 * async function openEngine(session: QlikSession, appId: string) {
 *   const { createSocket } = await engineSocket({ session, appId })
 *   const socket = createSocket()
 *   socket.addEventListener('message', ({ data }) => console.log(data))
 * }
 */
export async function engineSocket(
  options: SessionCallOptions & EngineAddress & { transport?: Transport },
): Promise<EngineSocket> {
  const { transport, session, appId, identity, ttlSeconds, ...how } = options
  // Checks the address before Qlik is asked.
  engineUrl({ session, appId, identity, ttlSeconds })
  const product = productFor(session.deployment)
  const asked = { ...(transport === undefined ? {} : { fetch: transport.fetch }), ...how, session }
  const prepared = await product.prepareUpgrade(asked)
  const url = engineUrl({ session: prepared, appId, identity, ttlSeconds })
  const { headers } = product.authorizeUpgrade(prepared)
  const Socket = globalThis.WebSocket as unknown as SocketClass
  return {
    url,
    createSocket: () =>
      transport === undefined ? new Socket(url, { headers }) : transport.openSocket(url, headers),
  }
}
