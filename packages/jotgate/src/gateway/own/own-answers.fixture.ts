import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { productFor } from '../../qlik/index.ts'
import { cloud } from '../../token/index.ts'
import { createBasePath } from '../forward/base-path.ts'
import { createCors } from '../forward/cors.ts'
import type { Identity } from '../identify/identity.ts'
import { sendProblem } from '../server/problem.ts'
import { readRequest } from '../server/read-request.ts'
import { createGatewaySessions } from '../session/gateway-sessions.ts'
import { personNamed } from '../session/session.fixture.ts'
import { readSite } from '../site.ts'
import { createSites } from '../sites/sites.ts'
import { memoryStore } from '../store/memory-store.ts'
import { createOwnAnswers, type OwnAnswersParts } from './own-answers.ts'

/** What came back. */
export interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

export const pageOrigin = 'http://www.acme.localhost:1'

/** A server that gives the gateway's own answers, and 404 with `not own` for all else. */
export async function startOwnAnswers({
  clock = Date.now,
  ...options
}: Partial<OwnAnswersParts> & { clock?: () => number } = {}) {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const site = readSite(`http://qlik.acme.localhost:${port}`, [pageOrigin])
  const deployment = cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' })
  const place = { site: site.publicUrl, upstream: 'acme' }
  const sessions = await createGatewaySessions({ store: memoryStore(), clock })
  const identities = new Map<string, Identity>()
  const denials: string[] = []
  const own = createOwnAnswers({
    site,
    cors: createCors(site),
    product: productFor(deployment),
    base: createBasePath(''),
    deployment,
    sessions,
    upstreamOf: () => ({
      deployment: options.deployment ?? deployment,
      base: options.base ?? createBasePath(''),
      sessions: { stateOf: () => 'waiting' },
    }),
    watch: { check: async () => undefined },
    enter: { logIn: () => Promise.reject(new Error('nobody logs in here')) },
    audit: { countDenial: ({ reason }) => denials.push(reason) },
    programs: {
      identify: async (request) => identities.get(request.field('authorization') ?? ''),
      admit: async (_request, identity) =>
        (await sessions.open({ identity, user: identity.user, holder: 'program', place })).session,
    },
    loginUrl: `${pageOrigin}/login`,
    ...options,
  })
  server.on('request', async (incoming, response) => {
    try {
      const request = readRequest(incoming, { sites: createSites([site]), kind: 'http' })
      if (!(await own.answer(request, response))) response.writeHead(404).end('not own')
    } catch (error) {
      sendProblem(response, error, 'id')
    }
  })

  return {
    own,
    site,
    place,
    sessions,
    identities,
    /** The reasons of those that were counted. */
    denials,
    /** Node's fetch sets fields of its own, which a browser would not. */
    ask(method: string, path: string, headers: Record<string, string> = {}): Promise<Answered> {
      const { promise, resolve, reject } = Promise.withResolvers<Answered>()
      const call = httpRequest(
        { port, host: '127.0.0.1', method, path, headers: { host: site.host, ...headers } },
        async (answer) => {
          const chunks: Buffer[] = []
          for await (const chunk of answer) chunks.push(chunk)
          const body = Buffer.concat(chunks).toString()
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body })
        },
      )
      call.on('error', reject).end()
      return promise
    },
    async logIn(subject: string) {
      const identity = personNamed(subject)
      const opening = { identity, user: identity.user, holder: 'browser', place } as const
      const { session, secret } = await sessions.open(opening)
      return { session, cookie: `__Host-jotgate=${secret}` }
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await sessions.close()
    },
  }
}
