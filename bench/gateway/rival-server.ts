// One of the proxies for Node, in a process of its own. Each sets one header field, as a proxy that logs in would.
import { once } from 'node:events'
import { Agent, createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { answerQuestions } from './processes.ts'

const cookie = 'eas.sid=1'

interface HttpProxy {
  web(request: IncomingMessage, response: ServerResponse): void
  ws(request: IncomingMessage, socket: Duplex, head: Buffer): void
  on(name: string, listener: (...values: never[]) => void): void
}

interface HttpProxyModule {
  createProxyServer(options: object): HttpProxy
}

interface Fastify {
  register(plugin: unknown, options: object): void
  listen(at: object): Promise<unknown>
  server: { address(): AddressInfo }
}

async function startHttpProxy(module: HttpProxyModule, target: string): Promise<number> {
  const agent = new Agent({ keepAlive: true })
  const proxy = module.createProxyServer({ target, agent, ws: true, headers: { cookie } })
  proxy.on('error', () => undefined)
  const server = createServer((request, response) => proxy.web(request, response))
  server.on('upgrade', (request, socket, head) => proxy.ws(request, socket, head))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

async function startFastifyProxy(
  fastify: () => Fastify,
  plugin: unknown,
  upstream: string,
): Promise<number> {
  const server = fastify()
  server.register(plugin, {
    upstream,
    websocket: true,
    replyOptions: {
      rewriteRequestHeaders: (_: unknown, headers: object) => ({ ...headers, cookie }),
    },
  })
  await server.listen({ port: 0, host: '127.0.0.1' })
  return server.server.address().port
}

let port = 0

answerQuestions(async (question) => {
  if ('port' in question) return { port }
  const { folder, name, upstreamPort } = question
  const require = createRequire(join(String(folder), 'package.json'))
  const target = `http://127.0.0.1:${upstreamPort}`
  const found = require(String(name))
  port =
    name === '@fastify/http-proxy'
      ? await startFastifyProxy(require('fastify'), found, target)
      : await startHttpProxy(found, target)
  return {}
})
