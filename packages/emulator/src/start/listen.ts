import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Server as SecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import type { Listener } from '../control/product.ts'
import { emulatorError } from '../errors.ts'
import { setPublicUrl } from '../http/request-target.ts'
import type { SecureServers } from '../tls/secure-server.ts'

/** A listener that listens. */
export interface OpenListener {
  readonly name: string
  /** `http://localhost:PORT`, or `https:` with TLS. */
  readonly url: string
  readonly port: number
  /** Ends every connection and stops listening. */
  close(): Promise<void>
}

/** The origin alone, in the spelling that browsers send. */
function checkPublicUrl(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  const isWeb = parsed?.protocol === 'https:' || parsed?.protocol === 'http:'
  if (parsed === undefined || !isWeb || ![parsed.origin, `${parsed.origin}/`].includes(url))
    throw emulatorError('ERR_EMULATOR_PUBLIC_URL', { url })
  return parsed.origin
}

async function listen(server: Server | SecureServer, host: string, port: number): Promise<number> {
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw emulatorError('ERR_EMULATOR_PORT', { port, reason: 'it is not a port number' })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen({ host, port }, resolve)
  try {
    await promise
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    const reason = code === 'EADDRINUSE' ? 'another program uses it' : String(code)
    throw emulatorError('ERR_EMULATOR_PORT', { port, reason }, { cause: error })
  }
  server.removeListener('error', reject)
  return (server.address() as AddressInfo).port
}

/**
 * Opens one listener of a product.
 *
 * @param where.secure makes its server where TLS is served; plain http without it
 * @param where.now the time that answers tell in Date
 */
export async function openListener(
  listener: Listener,
  { host, secure, now }: { host: string; secure?: SecureServers | undefined; now: () => Date },
): Promise<OpenListener> {
  const publicUrl =
    listener.publicUrl === undefined ? undefined : checkPublicUrl(listener.publicUrl)
  const { maxHeaderBytes: maxHeaderSize = 16_384 } = listener
  const asksClient = listener.asksClientCertificate === true
  const server: Server | SecureServer =
    secure?.createServer({ maxHeaderSize, asksClient }) ?? createServer({ maxHeaderSize })
  if (publicUrl !== undefined)
    for (const event of ['request', 'upgrade'])
      server.on(event, (request: IncomingMessage) => setPublicUrl(request, publicUrl))
  server.on('request', (_: IncomingMessage, answer: ServerResponse) =>
    answer.setHeader('date', now().toUTCString()),
  )
  // Node's own server speaks HTTP/1.1, whose bindings these are.
  const fetch = listener.fetch as Parameters<typeof getRequestListener>[0]
  server.on('request', getRequestListener(fetch, { overrideGlobalObjects: false }))
  if (listener.upgrade !== undefined) server.on('upgrade', listener.upgrade)
  const port = await listen(server, host, listener.port)
  return {
    name: listener.name,
    url: `${secure === undefined ? 'http' : 'https'}://localhost:${port}`,
    port,
    async close() {
      const closed = Promise.withResolvers<void>()
      server.close(() => closed.resolve())
      server.closeAllConnections()
      await closed.promise
    },
  }
}
