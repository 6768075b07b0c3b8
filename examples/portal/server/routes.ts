import { type Context, Hono } from 'hono'
import type { Signer } from 'jotgate'
import type { PortalEvent } from './events.ts'
import { isFromOwnPage } from './own-page.ts'
import type { PageFiles } from './page-files.ts'
import { type Problem, problems, toProblemResponse } from './problem.ts'
import type { QlikPlace } from './qlik-place.ts'
import { readSmallBody } from './request-body.ts'
import { toContentPolicies, toSecurityHeaders } from './security-headers.ts'
import { createSessionCookie } from './session-cookie.ts'
import { createSessionStore, type PortalSession } from './session-store.ts'
import { renderSignInPage } from './sign-in-page.ts'
import { createTokenEndpoint } from './token-endpoint.ts'
import { type DemoUser, demoUsers } from './users.ts'

export interface RouteOptions {
  publicUrl: URL
  qlik: QlikPlace
  signer: Signer
  files: PageFiles
  clock: () => number
  randomBytes: (size: number) => Uint8Array
  onEvent: (event: PortalEvent) => void
}

interface RequestNotes {
  Variables: { requestId: string }
}

/**
 * Builds everything that the portal answers:
 *
 * | address | who may | what |
 * |---|---|---|
 * | `GET /` | everybody | the sign-in page, or the dashboard for who is signed in |
 * | `POST /login`, `POST /logout` | our own pages | starts and ends the portal's session |
 * | `GET /config.json` | who is signed in | who they are, and where Qlik is |
 * | `POST /token` | our own pages, for who is signed in | a token for that person |
 * | `GET /assets/…`, `/gate.svg` | everybody | the files that the pages are made of |
 */
export function createRoutes(options: RouteOptions): Hono<RequestNotes> {
  const { publicUrl, qlik, signer, files, clock, randomBytes, onEvent } = options
  const policies = toContentPolicies(new URL(qlik.url))
  const securityHeaders = toSecurityHeaders(publicUrl)
  const cookie = createSessionCookie(publicUrl)
  const sessions = createSessionStore({ clock, randomBytes })
  const userById = new Map(demoUsers.map((user) => [user.id, user]))

  const sessionIdOf = (request: Request) => cookie.read(request.headers.get('cookie') ?? undefined)
  const sessionOf = (request: Request): PortalSession | undefined => {
    const id = sessionIdOf(request)
    return id === undefined ? undefined : sessions.find(id)
  }
  const userOf = (session: PortalSession): DemoUser | undefined => userById.get(session.userId)
  const answerToken = createTokenEndpoint({
    publicOrigin: publicUrl.origin,
    signer,
    sessionOf,
    userOf,
    clock,
    onEvent,
  })

  const routes = new Hono<RequestNotes>()

  routes.use(async (c, next) => {
    c.set('requestId', Buffer.from(randomBytes(12)).toString('base64url'))
    await next()
    for (const [name, value] of Object.entries(securityHeaders)) c.header(name, value)
    c.header('X-Request-Id', c.get('requestId'))
    // What differs by person must not be kept by anything on the way.
    if (!c.res.headers.has('Cache-Control')) c.header('Cache-Control', 'no-store')
    if (!c.res.headers.has('Content-Security-Policy'))
      c.header('Content-Security-Policy', policies.other)
  })

  const refuse = (c: Context<RequestNotes>, problem: Problem, headers?: Record<string, string>) => {
    const { path } = c.req
    const { status, title } = problem
    onEvent({ type: 'refused', requestId: c.get('requestId'), path, status, title })
    return toProblemResponse(problem, c.get('requestId'), headers)
  }

  /** Mostly this is somebody who typed 127.0.0.1 for localhost, so the page tells the address. */
  const foreignForm = {
    ...problems.foreignOrigin,
    hint: `Open ${publicUrl.origin} and sign in there.`,
  }

  /** Forms are sent by people, who get words on the page that they came from. */
  const refuseForm = async (c: Context<RequestNotes>, problem: Problem) => {
    const { status, title } = problem
    onEvent({ type: 'refused', requestId: c.get('requestId'), path: c.req.path, status, title })
    c.header('Content-Security-Policy', policies.signIn)
    return c.html(await renderSignInPage(files.signInHtml, demoUsers, problem), status)
  }

  routes.get('/', async (c) => {
    if (sessionOf(c.req.raw)) {
      c.header('Content-Security-Policy', policies.dashboard)
      return c.html(files.dashboardHtml)
    }
    c.header('Content-Security-Policy', policies.signIn)
    return c.html(await renderSignInPage(files.signInHtml, demoUsers))
  })

  routes.post('/login', async (c) => {
    const request = c.req.raw
    // Without this, another site could sign a visitor in as somebody of its choice (login CSRF).
    if (!isFromOwnPage(request.headers, publicUrl.origin)) return refuseForm(c, foreignForm)
    const contentType = c.req.header('content-type')?.split(';')[0]?.trim()
    if (contentType !== 'application/x-www-form-urlencoded')
      return refuseForm(c, problems.contentType)
    const body = await readSmallBody(request)
    if (body === undefined) return refuseForm(c, problems.bodyTooLarge)
    const user = userById.get(new URLSearchParams(body).get('user') ?? '')
    if (!user) return refuseForm(c, problems.unknownUser)

    // A new ID at each login, and the old one dies: an ID that somebody planted is never adopted.
    const oldId = sessionIdOf(request)
    if (oldId !== undefined) sessions.end(oldId)
    const id = sessions.open(user.id)
    if (id === undefined) return refuseForm(c, problems.tooManySessions)
    onEvent({ type: 'signed-in', requestId: c.get('requestId'), userId: user.id })
    c.header('Set-Cookie', cookie.give(id))
    return c.redirect('/', 303)
  })

  routes.post('/logout', async (c) => {
    if (!isFromOwnPage(c.req.raw.headers, publicUrl.origin)) return refuseForm(c, foreignForm)
    const id = sessionIdOf(c.req.raw)
    const session = id === undefined ? undefined : sessions.find(id)
    if (id !== undefined && session) {
      sessions.end(id)
      onEvent({ type: 'signed-out', requestId: c.get('requestId'), userId: session.userId })
    }
    c.header('Set-Cookie', cookie.take())
    return c.redirect('/', 303)
  })

  routes.get('/config.json', (c) => {
    const session = sessionOf(c.req.raw)
    const user = session && userOf(session)
    if (!user) return refuse(c, problems.notSignedIn)
    const { url, webIntegrationId, appId } = qlik
    return c.json({
      user: { name: user.name, role: user.role, subject: user.subject },
      qlik: { url, webIntegrationId, appId },
    })
  })

  routes.post('/token', async (c) => {
    const response = await answerToken(c.req.raw, {
      requestId: c.get('requestId'),
      refuse: (problem, headers) => refuse(c, problem, headers),
    })
    response.headers.set('Vary', 'Origin, Sec-Fetch-Site, Cookie')
    return response
  })

  for (const [path, file] of files.assets)
    routes.get(path, () => {
      const { contentType, cacheControl } = file
      return new Response(file.body, {
        headers: { 'Content-Type': contentType, 'Cache-Control': cacheControl },
      })
    })

  const methodsOf = new Map<string, string>([
    ['/login', 'POST'],
    ['/logout', 'POST'],
    ['/token', 'POST'],
    ...['/', '/config.json', ...files.assets.keys()].map((path) => [path, 'GET, HEAD'] as const),
  ])
  routes.notFound((c) => {
    const allowed = methodsOf.get(c.req.path)
    return allowed
      ? refuse(c, problems.methodNotAllowed, { Allow: allowed })
      : refuse(c, problems.notFound)
  })
  routes.onError((error, c) => {
    onEvent({ type: 'failed', requestId: c.get('requestId'), path: c.req.path, error })
    return toProblemResponse(problems.failure, c.get('requestId'))
  })
  return routes
}
