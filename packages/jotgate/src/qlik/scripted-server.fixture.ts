import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as it arrived. */
export interface ReceivedRequest {
  method: string
  /** With its query. */
  path: string
  headers: IncomingHttpHeaders
  body: string
}

export interface ScriptedAnswer {
  status?: number
  headers?: Record<string, string | string[]>
  /** An object is sent as JSON. */
  body?: object | string
}

export type Script = (
  request: ReceivedRequest,
  response: ServerResponse,
) => ScriptedAnswer | undefined | Promise<ScriptedAnswer | undefined>

/** A real HTTP server on loopback that answers as a test says, and remembers what it was asked. */
export interface ScriptedServer {
  url: string
  requests: ReceivedRequest[]
  close(): Promise<void>
}

/** Starts one. A script that returns nothing has answered by itself, or leaves the client waiting. */
export async function startScriptedServer(script: Script): Promise<ScriptedServer> {
  const requests: ReceivedRequest[] = []
  const server = createServer(async (incoming, response) => {
    let body = ''
    for await (const chunk of incoming.setEncoding('utf8')) body += chunk
    const { method = '', url: path = '', headers } = incoming
    const request = { method, path, headers, body }
    requests.push(request)
    const answer = await script(request, response)
    if (answer === undefined) return
    const isJson = typeof answer.body === 'object'
    const type = isJson ? { 'content-type': 'application/json' } : {}
    response.writeHead(answer.status ?? 200, { ...type, ...answer.headers })
    response.end(isJson ? JSON.stringify(answer.body) : answer.body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://localhost:${port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** A script by method and path; anything else is answered 404. */
export function byRoute(routes: Record<string, Script>): Script {
  return (request, response) => {
    const [path = ''] = request.path.split('?')
    const route = routes[`${request.method} ${path}`]
    return route === undefined ? { status: 404 } : route(request, response)
  }
}
