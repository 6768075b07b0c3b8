import { isJotgateError, type User } from 'jotgate'
import type { PortalEvent } from './events.ts'
import type { SignedLogin } from './login-record.ts'
import { isFromOwnPage } from './own-page.ts'
import { type Problem, problems, toProblemResponse } from './problem.ts'
import { createRateLimit } from './rate-limit.ts'
import { readSmallBody } from './request-body.ts'
import type { PortalSession } from './session-store.ts'
import type { DemoUser } from './users.ts'

export interface TokenEndpointOptions {
  /** Scheme, host and port of the portal where it was asked: the one origin whose pages get tokens there. */
  publicOriginOf: (request: Request) => string
  /** Signs tokens for Qlik, or assertions for a gateway. */
  signer: {
    sign(
      user: User,
      options: { signal: AbortSignal },
    ): Promise<{ readonly token: string; readonly jti: string }>
  }
  /** The live session of a request, from its cookie. */
  sessionOf: (request: Request) => PortalSession | undefined
  /** Who a session belongs to. */
  userOf: (session: PortalSession) => DemoUser | undefined
  /** Who that person is to Qlik. */
  toQlikUser: (user: DemoUser) => User
  clock: () => number
  onEvent: (event: PortalEvent) => void
  /** Hears of each that was signed, for the session that asked. */
  onSigned: (session: PortalSession, signed: SignedLogin) => void
}

interface TokenRequest {
  requestId: string
  /** Notes a refusal and makes the answer that tells it. */
  refuse: (problem: Problem, headers?: Record<string, string>) => Response
}

/** So many tokens in a minute for each person: each view that is opened may log in once. */
const tokensPerMinute = 30

/**
 * Makes the handler of `POST /token` and its like: the one place where a login to the portal becomes a token for
 * Qlik. The questions stand in this order, and only who passes all of them costs a signature:
 *
 * 1. Does one of our own pages ask? Otherwise another site could ask in its visitor's name.
 * 2. Is it JSON? A plain HTML form cannot send that.
 * 3. Who is logged in? The session cookie says it, and nothing else does.
 * 4. Did this person ask too often? A new login to the portal does not start a new count.
 * 5. Is the body empty? It has no say in who the token is for.
 *
 * @param options see `TokenEndpointOptions`
 */
export function createTokenEndpoint(options: TokenEndpointOptions) {
  const { publicOriginOf, signer, sessionOf, userOf, toQlikUser, clock, onEvent, onSigned } =
    options
  const takeFromRate = createRateLimit({
    limit: tokensPerMinute,
    windowSeconds: 60,
    clock,
  })

  return async (request: Request, { requestId, refuse }: TokenRequest): Promise<Response> => {
    if (!isFromOwnPage(request.headers, publicOriginOf(request)))
      return refuse(problems.foreignOrigin)
    if (!isJson(request.headers.get('content-type'))) return refuse(problems.contentType)

    const session = sessionOf(request)
    const user = session && userOf(session)
    if (!session || !user) return refuse(problems.notSignedIn)

    const rate = takeFromRate(user.subject)
    if (!rate.allowed)
      return refuse(problems.tooManyTokens, {
        'Retry-After': String(rate.retryAfterSeconds),
      })

    const body = await readSmallBody(request)
    if (body === undefined) return refuse(problems.bodyTooLarge)
    if (!/^\s*(\{\s*\})?\s*$/.test(body)) return refuse(problems.bodyNotEmpty)

    try {
      const qlikUser = toQlikUser(user)
      const beganAt = performance.now()
      const { token, jti } = await signer.sign(qlikUser, { signal: request.signal })
      const durationMs = performance.now() - beganAt
      const { pathname: path } = new URL(request.url)
      const { subject } = qlikUser
      onSigned(session, { requestId, at: clock(), durationMs, jti, subject, path })
      onEvent({ type: 'token-issued', requestId, userId: user.id, jti })
      return Response.json({ token })
    } catch (error) {
      onEvent({ type: 'failed', requestId, path: new URL(request.url).pathname, error })
      return isJotgateError(error) && error.status === 503
        ? toProblemResponse(problems.signerBusy, requestId, { 'Retry-After': '1' })
        : toProblemResponse(problems.failure, requestId)
    }
  }
}

function isJson(contentType: string | null): boolean {
  return contentType?.split(';')[0]?.trim().toLowerCase() === 'application/json'
}
