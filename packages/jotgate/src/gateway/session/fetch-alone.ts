import { fetch as fetchByUndici } from 'undici'
import type { Transport } from '../../qlik/index.ts'

/**
 * Makes a fetch that opens a connection for each call, and closes it after the answer. An answer that nobody asked
 * for could otherwise be read as that to the next call: the login of somebody else, who would get this person's
 * Qlik session (G-S4).
 */
export function createFetchAlone(
  transport: Pick<Transport, 'createDispatcher'>,
): typeof globalThis.fetch {
  const send = fetchByUndici as unknown as (input: unknown, init: object) => Promise<Response>
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input)
    // It has the connection of one origin, so no redirect may lead elsewhere.
    const dispatcher = transport.createDispatcher(url.origin)
    try {
      return await send(input, { redirect: 'manual', ...init, dispatcher })
    } finally {
      // It closes after the answer's last byte, or when that is discarded.
      dispatcher.close().catch(() => undefined)
    }
  }
}
