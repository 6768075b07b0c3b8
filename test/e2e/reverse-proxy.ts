import { once } from 'node:events'
import { type IncomingMessage, request as requestHttp } from 'node:http'
import { createServer } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { createKeyPair } from 'jotgate/keys'

/** A proxy that ends TLS in front of a server on loopback, as nginx does. */
export interface ReverseProxy {
  readonly port: number
  /** The server behind, by its port. */
  passTo(port: number): void
  close(): Promise<void>
}

/**
 * Starts one on a free port.
 *
 * @param options.host `keep` passes the client's `Host` on, `replace` puts the server's in its place,
 * which is what nginx does when it is told nothing
 */
export async function createReverseProxy(options: {
  host: 'keep' | 'replace'
}): Promise<ReverseProxy> {
  let target = 0
  const { privateKeyPem, certificatePem } = await createKeyPair({ bits: 2048 })
  const server = createServer({ key: privateKeyPem, cert: certificatePem })
  const sockets = new Set<Duplex>()

  const headersFor = ({ rawHeaders }: IncomingMessage): string[] =>
    rawHeaders.map((text, index) =>
      options.host === 'replace' &&
      rawHeaders[index - 1]?.toLowerCase() === 'host' &&
      index % 2 === 1
        ? `127.0.0.1:${target}`
        : text,
    )

  server.on('request', (request, answer) => {
    const { method, url: path } = request
    // By a connection of its own: one that was kept could be closed in the moment in which it is used.
    const to = { host: '127.0.0.1', port: target, agent: false }
    const onward = requestHttp(
      { ...to, method, path, headers: headersFor(request) },
      (response) => {
        answer.writeHead(response.statusCode ?? 502, response.rawHeaders)
        response.pipe(answer)
      },
    )
    onward.on('error', () => answer.destroy())
    answer.on('close', () => onward.destroy())
    request.pipe(onward)
  })
  server.on('upgrade', (request, client: Duplex, head) => {
    const onward = connect(target, '127.0.0.1')
    const names = headersFor(request)
    const lines = names.flatMap((name, index) =>
      index % 2 === 0 ? [`${name}: ${names[index + 1]}`] : [],
    )
    onward.write(`${request.method} ${request.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
    onward.write(head)
    for (const [one, other] of [
      [client, onward],
      [onward, client],
    ] as const) {
      sockets.add(one)
      one.on('error', () => other.destroy())
      one.on('close', () => other.destroy())
      one.pipe(other)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    passTo: (port) => {
      target = port
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      server.closeAllConnections()
    },
  }
}
