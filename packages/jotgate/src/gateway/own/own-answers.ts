import { createHmac } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { isJotgateError } from '../../errors/index.ts'
import { qlikHeaders } from '../../protocol/index.ts'
import type { OwnPath, QlikProduct } from '../../qlik/index.ts'
import type { Deployment } from '../../token/index.ts'
import type { JsonObject } from '../../values/index.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { Enter } from '../enter.ts'
import { gatewayErrors } from '../errors.ts'
import { findSession, isProgram, type Programs } from '../find-session.ts'
import type { BasePath } from '../forward/base-path.ts'
import type { Cors } from '../forward/cors.ts'
import {
  logOutAddress,
  readReturnAddress,
  returnParameter,
  toLoginAddress,
} from '../forward/login-address.ts'
import { assertPage } from '../forward/page-rules.ts'
import type { GatewayRequest } from '../request.ts'
import { sendProblem } from '../server/problem.ts'
import { assertOneCredential } from '../server/read-request.ts'
import { clearCookie, hasSessionCookie, toSetCookie } from '../session/cookie.ts'
import type { GatewaySession, GatewaySessions } from '../session/gateway-session.ts'
import type { UpstreamSessions } from '../session/upstream-session.ts'
import type { Site } from '../site.ts'

/** What the answers are made with. */
export interface OwnAnswersParts {
  readonly site: Site
  readonly cors: Cors
  readonly deployment: Deployment
  readonly product: Pick<QlikProduct, 'gatewayRules'>
  readonly base: BasePath
  readonly sessions: Pick<
    GatewaySessions,
    'find' | 'findByToken' | 'use' | 'end' | 'endsAt' | 'endReasonOf'
  >
  /** The deployment that a session is for. At a login it may be another one than of those who have no session. */
  upstreamOf(session: GatewaySession): {
    readonly deployment: Deployment
    readonly base: BasePath
    readonly sessions: Pick<UpstreamSessions, 'stateOf'>
  }
  /** Asks the host application whether it is still the same person, and ends the session when it is not. */
  readonly watch: { check(session: GatewaySession, request: GatewayRequest): Promise<unknown> }
  readonly enter: Pick<Enter, 'logIn'>
  readonly audit: Pick<AuditLog, 'countDenial'>
  readonly programs: Programs
  /** The time now, in milliseconds since 1970. Default `Date.now`. */
  readonly clock?: () => number
  /** Where the host application logs people in. */
  readonly loginUrl?: string | undefined
  /** Whether `/login` and `/logout` are the host application's. Default false. */
  readonly sameOrigin?: boolean | undefined
}

/** What the gateway answers itself, in Qlik's place and about its sessions. */
export interface OwnAnswers {
  /** @returns false when it is not for the gateway itself, and nothing was answered */
  answer(request: GatewayRequest, response: ServerResponse): Promise<boolean>
  /** Whether a path is one of its own. */
  owns(path: string): boolean
  /** What a page learns of its session: the body of `/.jotgate/session`, and of a login. */
  describe(session: GatewaySession): JsonObject
}

/** One of its answers. */
type Answer = (request: GatewayRequest, response: ServerResponse) => Promise<void> | void

/** Makes the answers of the gateway itself. */
export function createOwnAnswers(parts: OwnAnswersParts): OwnAnswers {
  const { site, cors, deployment, product, base, sessions, watch, loginUrl } = parts
  const { clock = Date.now, sameOrigin = false } = parts
  const { ownPaths, productInfo, describeUser } = product.gatewayRules

  const describe = (session: GatewaySession): JsonObject => {
    const { idle, absolute } = sessions.endsAt(session)
    const { subject, name } = session.user
    const { deployment, base, sessions: upstreamSessions } = parts.upstreamOf(session)
    return {
      user: { subject, ...(name === undefined ? {} : { name }) },
      product: deployment.product,
      ...(base.own === '' ? {} : { prefix: base.own.slice(1) }),
      // A page's clock may differ.
      now: clock(),
      idleEndsAt: idle,
      endsAt: absolute,
      state: upstreamSessions.stateOf(session),
    }
  }

  /** When it is still the same person's. */
  const checked = async (
    session: GatewaySession | undefined,
    request: GatewayRequest,
  ): Promise<GatewaySession | undefined> => {
    if (session === undefined) return undefined
    await watch.check(session, request)
    return session.ended.aborted ? undefined : session
  }

  /** At a login the cookie names the session that ends, and a page sends the token. */
  const assertCaller = (request: GatewayRequest, isEntering: boolean) => {
    try {
      if (!isEntering) assertOneCredential(request, hasSessionCookie(request))
      const isByProgram = !isEntering && isProgram(request)
      assertPage(request, { site, kind: 'http', isProgram: isByProgram })
    } catch (error) {
      if (isJotgateError(error))
        parts.audit.countDenial({ address: request.address, reason: error.code })
      throw error
    }
  }

  /** For what is asked in Qlik's place, by programs too: it counts as use. */
  const sessionInUse = async (request: GatewayRequest): Promise<GatewaySession | undefined> => {
    const session = await checked(await findSession(request, parts), request)
    if (session !== undefined) sessions.use(session)
    return session
  }

  const sendLoggedOut = (request: GatewayRequest, response: ServerResponse) => {
    const reason = sessions.endReasonOf(request)
    const error = gatewayErrors.ERR_GATEWAY_NOT_IDENTIFIED({ reason: 'no session' })
    sendProblem(response, error, request.id, reason === undefined ? {} : { reason })
  }

  const answerSession: Answer = async (request, response) => {
    const session = await checked(await sessions.find(request), request)
    if (session === undefined) sendLoggedOut(request, response)
    else sendJson(response, describe(session), 'no-store')
  }

  /** For Qlik's clients, which do not send a request before they have one. The gateway does not look at it. */
  const answerCsrfToken: Answer = async (request, response) => {
    const session = await sessionInUse(request)
    if (session === undefined) {
      sendLoggedOut(request, response)
      return
    }
    const token = createHmac('sha256', session.id).update(qlikHeaders.csrfToken).digest('base64url')
    response.setHeader(qlikHeaders.csrfToken, token)
    response.setHeader('cache-control', 'no-store')
    response.writeHead(204).end()
  }

  const answerCurrentUser: Answer = async (request, response) => {
    const session = await sessionInUse(request)
    const answer = describeUser?.({
      user: session?.user,
      deployment,
      query: new URLSearchParams(request.query),
      logOutUrl: logOutAddress(site),
      logInUrl(wanted) {
        const returnTo = readReturnAddress(wanted, site)
        return loginUrl === undefined || returnTo === undefined
          ? undefined
          : toLoginAddress(loginUrl, returnTo)
      },
    })
    sendJson(response, answer ?? {}, 'no-store')
  }

  const answerEnter: Answer = async (request, response) => {
    const { session, secret } = await parts.enter.logIn(request)
    response.setHeader('set-cookie', toSetCookie(secret))
    sendJson(response, describe(session), 'no-store')
  }

  const answerLogIn: Answer = (request, response) => {
    if (loginUrl === undefined) throw gatewayErrors.ERR_GATEWAY_NO_LOGIN_PAGE({})
    const returnTo = returnAddressOf(request)
    redirect(response, returnTo === undefined ? loginUrl : toLoginAddress(loginUrl, returnTo))
  }

  /** A page that a person sees leads on; a page's own request has no answer. */
  const answerLogOut: Answer = async (request, response) => {
    if (request.method === 'GET') assertOwnNavigation(request)
    const session = await endingSession(request)
    if (session !== undefined) await sessions.end(session, 'signed-out')
    response.setHeader('set-cookie', clearCookie())
    response.setHeader('cache-control', 'no-store')
    const next = request.method === 'GET' ? (returnAddressOf(request) ?? loginUrl) : undefined
    if (next !== undefined) redirect(response, next)
    else if (request.method !== 'GET') response.writeHead(204).end()
    else response.setHeader('content-type', 'text/plain').end('You are logged out.\n')
  }

  /** Also of a program. Whose it is need not be asked again for its end. */
  const endingSession = async (request: GatewayRequest): Promise<GatewaySession | undefined> => {
    if (!isProgram(request)) return sessions.find(request)
    const { tokenHash } = (await parts.programs.identify(request)) ?? {}
    return tokenHash === undefined ? undefined : sessions.findByToken(tokenHash, request.site)
  }

  const returnAddressOf = ({ query }: GatewayRequest): string | undefined => {
    const wanted = new URLSearchParams(query).get(returnParameter)
    return wanted === null ? undefined : readReturnAddress(wanted, site)
  }

  const inQliksPlace: Readonly<Record<OwnPath['answer'], Answer>> = {
    'product-info': (_request, response) => sendJson(response, productInfo, 'max-age=300'),
    'log-in': answerLogIn,
    'log-out': answerLogOut,
    'csrf-token': answerCsrfToken,
    'current-user': answerCurrentUser,
  }
  const isHosts = ({ answer }: OwnPath) => sameOrigin && answer.startsWith('log-')
  const answers = new Map<string, Answer>([
    ['GET /.jotgate/session', answerSession],
    ['HEAD /.jotgate/session', answerSession],
    ['POST /.jotgate/login', answerEnter],
    ['GET /.jotgate/login', answerLogIn],
    ['GET /.jotgate/logout', answerLogOut],
    ['POST /.jotgate/logout', answerLogOut],
    ...ownPaths
      .filter((one) => !isHosts(one))
      .flatMap(({ methods, path, answer }) =>
        methods.map((method) => [`${method} ${path}`, inQliksPlace[answer]] as const),
      ),
  ])
  const paths = new Set([...answers.keys()].map((key) => key.slice(key.indexOf(' ') + 1)))
  const isOfGateway = (path: string) => path.startsWith('/.jotgate/')
  /** What is the gateway's alone is at the root, and below the base path: a proxy in front may pass nothing else on. */
  const nameOf = (path: string) => (isOfGateway(path) ? path : (base.below(path) ?? ''))

  return {
    describe,
    owns(path) {
      const name = nameOf(path)
      return isOfGateway(name) || paths.has(name)
    },
    async answer(request, response) {
      const preflight = cors.preflight(request)
      if (preflight !== undefined) {
        setFields(response, preflight)
        response.writeHead(204).end()
        return true
      }
      const answer = answers.get(`${request.method} ${nameOf(request.path)}`)
      if (answer === undefined) return false
      setFields(response, cors.fieldsFor(request))
      assertCaller(request, answer === answerEnter)
      await answer(request, response)
      return true
    },
  }
}

/**
 * A log-out by a link is one that a person follows on a page of this site. Another page's image, frame or link, or
 * a browser that reads ahead, would log them out against their will.
 *
 * @throws ERR_GATEWAY_PAGE
 */
function assertOwnNavigation(request: GatewayRequest): void {
  const isAhead = /prefetch|prerender/.test(request.field('sec-purpose') ?? '')
  const mode = request.field('sec-fetch-mode') ?? 'navigate'
  const isOther = request.field('sec-fetch-site') === 'cross-site'
  if (isAhead || isOther || mode !== 'navigate')
    throw gatewayErrors.ERR_GATEWAY_PAGE({
      problem: 'would log a person out without a link that they followed on a page of this site',
    })
}

function setFields(
  response: ServerResponse,
  fields: readonly (readonly [name: string, value: string])[],
): void {
  for (const [name, value] of fields) response.setHeader(name, value)
}

function sendJson(response: ServerResponse, body: JsonObject, cacheControl: string): void {
  response.setHeader('content-type', 'application/json')
  response.setHeader('x-content-type-options', 'nosniff')
  response.setHeader('cache-control', cacheControl)
  response.end(JSON.stringify(body))
}

function redirect(response: ServerResponse, location: string): void {
  response.setHeader('cache-control', 'no-store')
  response.setHeader('referrer-policy', 'no-referrer')
  response.setHeader('location', location)
  response.writeHead(302).end()
}
