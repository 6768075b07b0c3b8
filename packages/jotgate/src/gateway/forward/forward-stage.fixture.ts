import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { createTransport, productFor } from '../../qlik/index.ts'
import { cloud } from '../../token/index.ts'
import { nodesAt } from '../nodes/nodes.fixture.ts'
import { type Front, frontHost, startFront } from '../server/front.fixture.ts'
import { sendProblem } from '../server/problem.ts'
import type { GatewaySession } from '../session/gateway-session.ts'
import { here } from '../session/place.fixture.ts'
import type { UpstreamSession } from '../session/upstream-session.ts'
import { createBasePath } from './base-path.ts'
import type { Decision, Forwarding } from './decision.ts'
import { createForwarder, type Forwarder, type ForwarderOptions } from './forward-http.ts'
import { createRequestHeaders } from './request-headers.ts'

/** Qlik as bytes: what came on each connection, and what a test writes back. */
export interface RawUpstream {
  readonly url: string
  /** All that has come, connection by connection. */
  readonly received: string[]
  readonly sockets: Socket[]
  close(): Promise<void>
}

/** Calls `answer` for each request whose head has come. */
export async function startRawUpstream(
  answer: (head: string, socket: Socket, connection: number) => void,
): Promise<RawUpstream> {
  const received: string[] = []
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    const at = sockets.push(socket) - 1
    received.push('')
    let rest = ''
    socket.on('data', (chunk) => {
      const text = chunk.toString('latin1')
      received[at] += text
      rest += text
      for (;;) {
        const end = rest.indexOf('\r\n\r\n')
        if (end === -1) return
        const head = rest.slice(0, end + 4)
        const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0)
        if (rest.length < head.length + length) return
        rest = rest.slice(head.length + length)
        answer(head, socket, at)
      }
    })
    socket.on('error', () => socket.destroy())
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    sockets,
    close: () =>
      new Promise((closed) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => closed())
      }),
  }
}

/** What a client got. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly rawHeaders: readonly string[]
  readonly body: Buffer
  readonly text: string
  readonly hints: readonly string[]
  /** False when the connection was closed before the end. */
  readonly isWhole: boolean
}

interface Asking {
  method?: string
  headers?: Readonly<Record<string, string | string[]>>
  body?: string | Uint8Array
  /** Whose request it is; nobody's asks for a static file. */
  as?: string | undefined
  onRequest?: (request: ClientRequest) => void
}

/** A person at the gateway: both sessions, as the test sees them. */
export interface Person {
  readonly session: GatewaySession
  upstream: UpstreamSession
  readonly ending: AbortController
  /** Lines of Set-Cookie that came into the jar. */
  readonly jar: string[]
}

/** A gateway's front with a forwarder behind it: the field `x-as` says whose request it is. */
export interface ForwardStage {
  readonly front: Front
  readonly forwarder: Forwarder
  ask(path: string, asking?: Asking): Promise<Answer>
  /** The answer as soon as its head is there. */
  open(path: string, asking?: Asking): Promise<IncomingMessage>
  person(name: string): Person
  /** Errors that were answered. */
  readonly errors: unknown[]
  close(): Promise<void>
}

export async function startForwardStage(
  upstreamUrl: string,
  {
    renew,
    renewCsrfToken,
    rewrites = false,
    ...options
  }: Partial<ForwarderOptions> & {
    rewrites?: boolean
    renew?: (person: Person, decide: () => Decision) => Decision
    renewCsrfToken?: (person: Person, decide: () => Decision) => Promise<Decision | undefined>
  } = {},
): Promise<ForwardStage> {
  const deployment = cloud({ url: upstreamUrl, issuer: 'acme.example' })
  const transport = await createTransport({})
  const people = new Map<string, Person>()
  const errors: unknown[] = []
  const front = await startFront({
    core: {
      async handle(request, response) {
        const name = request.field('x-as')
        const decide = () => decisionFor(name)
        const decisionFor = (name: string | undefined): Forwarding => {
          const target = request.path + request.query
          const access = name === undefined ? 'public' : 'session'
          const route = { access, pattern: request.path, rewrites } as const
          if (name === undefined)
            return { outcome: 'forward', route, target, headers: headersFor(request, route) }
          const { session, upstream } = person(name)
          const credentials = { cookie: `user=${name}; session=${upstream.id}` }
          const headers = headersFor(request, { ...route, credentials })
          return { outcome: 'forward', route, session, upstream, target, headers }
        }
        try {
          const again = {
            added: [
              ['vary', 'Origin'],
              ['x-request-id', request.id],
            ] as const,
            ...(renew && name && { renew: async () => renew(person(name), decide) }),
            ...(renewCsrfToken &&
              name && { renewCsrfToken: () => renewCsrfToken(person(name), decide) }),
          }
          const other = await forwarder.forward(request, response, decisionFor(name), again)
          if (other?.outcome === 'deny') throw other.error
          if (other !== undefined) response.writeHead(401).end()
        } catch (error) {
          errors.push(error)
          sendProblem(response, error, request.id)
        }
      },
    },
  })
  const headersFor = createRequestHeaders(front.site)
  const forwarder = createForwarder({
    site: front.site,
    deployment,
    product: productFor(deployment),
    base: createBasePath(''),
    transport,
    nodes: nodesAt([deployment.url]),
    ...options,
  })

  function person(name: string): Person {
    const known = people.get(name)
    if (known !== undefined) return known
    const ending = new AbortController()
    const jar: string[] = []
    const made: Person = {
      ending,
      jar,
      session: {
        id: name,
        holder: 'browser',
        ...here,
        user: { subject: name, name },
        identity: { source: 'assertion', subject: name },
        openedAt: 0,
        ended: ending.signal,
      },
      upstream: upstreamOf(`${name}-1`, jar, upstreamUrl),
    }
    people.set(name, made)
    return made
  }

  const open = (path: string, asking: Asking = {}, hints: string[] = []) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      const { method = 'GET', headers = {}, body, as, onRequest } = asking
      const request = httpRequest({
        port: front.port,
        host: '127.0.0.1',
        path,
        method,
        agent: false,
        maxHeaderSize: 131_072,
        headers: { host: frontHost, ...headers, ...(as === undefined ? {} : { 'x-as': as }) },
      })
      request.on('information', ({ statusCode, headers }) =>
        hints.push(`${statusCode} ${String(headers.link)}`),
      )
      request.on('response', resolve).on('error', reject)
      onRequest?.(request)
      if (onRequest === undefined) request.end(body)
    })

  return {
    front,
    forwarder,
    open,
    person,
    errors,
    async ask(path, asking) {
      const hints: string[] = []
      const answer = await open(path, asking, hints)
      const chunks: Buffer[] = []
      let isWhole = true
      try {
        for await (const chunk of answer) chunks.push(chunk as Buffer)
      } catch {
        isWhole = false
      }
      const body = Buffer.concat(chunks)
      const { statusCode: status = 0, headers, rawHeaders } = answer
      return { status, headers, rawHeaders, body, text: body.toString(), hints, isWhole }
    },
    async close() {
      await forwarder.close()
      await front.close()
      await transport.close()
    },
  }
}

/** A Qlik session whose jar is a list. */
export const upstreamOf = (id: string, jar: string[], node: string): UpstreamSession => ({
  id,
  node,
  // The forwarder does not look into it.
  current: undefined as never,
  receiveCookies: (headers) => jar.push(...headers.getSetCookie()),
  receiveCsrfToken: () => undefined,
})
