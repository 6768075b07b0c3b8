import { type Context, Hono } from 'hono'
import type { Signer } from 'jotgate'
import type { AddressInUse, createAddressChoice, Route } from './addresses.ts'
import type { AssertionSigners } from './assertion-signer.ts'
import type { PortalEvent } from './events.ts'
import { createLoginTrail, type LoginSource } from './login-record.ts'
import { isFromOwnPage } from './own-page.ts'
import type { PageFiles } from './page-files.ts'
import { type Problem, problems, toProblemResponse } from './problem.ts'
import type { QlikPlace, ServerPlace } from './qlik-place.ts'
import { readSmallBody } from './request-body.ts'
import { createSessionStore, type PortalSession } from './session-store.ts'
import { renderSignInPage } from './sign-in-page.ts'
import { createTokenEndpoint } from './token-endpoint.ts'
import { type DemoUser, demoUsers, toCloudUser, toServerUser } from './users.ts'
import { views } from './views.ts'

export interface RouteOptions {
  addresses: ReturnType<typeof createAddressChoice>
  qlik: QlikPlace
  signer: Signer
  server?: { place: ServerPlace; signer: Signer }
  assertionSigners?: AssertionSigners
  loginSources: readonly LoginSource[]
  files: PageFiles
  clock: () => number
  randomBytes: (size: number) => Uint8Array
  onEvent: (event: PortalEvent) => void
}

const whatHappened = '/what-happened.json'

interface RequestNotes {
  Variables: { requestId: string; address: AddressInUse; route: Route }
}

/**
 * Builds everything that the portal answers:
 *
 * | address | who may | what |
 * |---|---|---|
 * | `GET /` and the other views | everybody | the sign-in page, or the view for who is signed in |
 * | `POST /login`, `POST /logout` | our own pages | starts and ends the portal's session |
 * | `GET /config.json` | who is signed in | who they are, and where Qlik is |
 * | `POST /token`, `/token/client-managed` | our own pages, for who is signed in | a token for that person |
 * | `POST /assertion`, `/assertion/client-managed` | our own pages, for who is signed in | an assertion for that person, for the gateway |
 * | `GET /what-happened.json` | who is signed in | what is known of a login of this session |
 * | `POST /way` | our own pages | chooses whether pages go through the gateway, or to Qlik directly |
 * | `GET /assets/…`, `/gate.svg` | everybody | the files that the pages are made of |
 */
export function createRoutes(options: RouteOptions): Hono<RequestNotes> {
  const { addresses, qlik, signer, server, assertionSigners } = options
  const { loginSources, files, clock, randomBytes, onEvent } = options
  const sessions = createSessionStore({ clock, randomBytes })
  const trail = createLoginTrail<PortalSession>(loginSources)
  const userById = new Map(demoUsers.map((user) => [user.id, user]))

  const sessionIdOf = ({ headers }: Request) =>
    addresses.of(headers).cookie.read(headers.get('cookie') ?? undefined)
  const sessionOf = (request: Request): PortalSession | undefined => {
    const id = sessionIdOf(request)
    return id === undefined ? undefined : sessions.find(id)
  }
  const userOf = (session: PortalSession): DemoUser | undefined => userById.get(session.userId)
  const asked = {
    publicOriginOf: ({ headers }: Request) => addresses.of(headers).publicOrigin,
    sessionOf,
    userOf,
    clock,
    onEvent,
    onSigned: trail.add,
  }
  // Each Qlik takes its own tokens, and the gateway its assertions, so each has an address of its own: the body of a
  // request decides nothing.
  const tokenEndpoints = new Map([
    ['/token', createTokenEndpoint({ ...asked, signer, toQlikUser: toCloudUser })],
  ])
  if (server !== undefined)
    tokenEndpoints.set(
      '/token/client-managed',
      createTokenEndpoint({ ...asked, signer: server.signer, toQlikUser: toServerUser }),
    )
  if (assertionSigners !== undefined)
    tokenEndpoints.set(
      '/assertion',
      createTokenEndpoint({ ...asked, signer: assertionSigners.cloud, toQlikUser: toCloudUser }),
    )
  if (assertionSigners?.server !== undefined)
    tokenEndpoints.set(
      '/assertion/client-managed',
      createTokenEndpoint({ ...asked, signer: assertionSigners.server, toQlikUser: toServerUser }),
    )
  const shownViews = views.filter(({ product }) => product === 'cloud' || server !== undefined)

  const routes = new Hono<RequestNotes>()

  routes.use(async (c, next) => {
    c.set('requestId', Buffer.from(randomBytes(12)).toString('base64url'))
    const address = addresses.of(c.req.raw.headers)
    const route = addresses.routeOf(c.req.raw.headers)
    c.set('address', address)
    c.set('route', route)
    await next()
    for (const [name, value] of Object.entries(address.securityHeaders)) c.header(name, value)
    c.header('X-Request-Id', c.get('requestId'))
    // What differs by person must not be kept by anything on the way.
    if (!c.res.headers.has('Cache-Control')) c.header('Cache-Control', 'no-store')
    if (!c.res.headers.has('Content-Security-Policy'))
      c.header('Content-Security-Policy', route.policies.other)
  })

  const refuse = (c: Context<RequestNotes>, problem: Problem, headers?: Record<string, string>) => {
    const { path } = c.req
    const { status, title } = problem
    onEvent({ type: 'refused', requestId: c.get('requestId'), path, status, title })
    return toProblemResponse(problem, c.get('requestId'), headers)
  }

  /** Only views can be gone on to: an address out of a form must not lead anywhere else. */
  const viewNamed = (to: string | null) => shownViews.find(({ path }) => path === to)?.path ?? '/'

  const showSignIn = async (c: Context<RequestNotes>, to: string, problem?: Problem) => {
    c.header('Content-Security-Policy', c.get('route').policies.signIn)
    const page = await renderSignInPage(files.signInHtml, { users: demoUsers, to, notice: problem })
    return c.html(page, problem?.status ?? 200)
  }

  /** Forms are sent by people, who get words on the page that they came from. */
  const refuseForm = (c: Context<RequestNotes>, problem: Problem, to = '/') => {
    const { status, title } = problem
    onEvent({ type: 'refused', requestId: c.get('requestId'), path: c.req.path, status, title })
    return showSignIn(c, to, problem)
  }

  const isOwnForm = (c: Context<RequestNotes>) =>
    isFromOwnPage(c.req.raw.headers, c.get('address').publicOrigin)

  /** Mostly this is somebody who typed 127.0.0.1 for localhost, so the page tells the address. */
  const foreignForm = (c: Context<RequestNotes>) => ({
    ...problems.foreignOrigin,
    hint: `Open ${c.get('address').publicOrigin} and sign in there.`,
  })

  const readForm = async (c: Context<RequestNotes>): Promise<URLSearchParams | Problem> => {
    const contentType = c.req.header('content-type')?.split(';')[0]?.trim()
    if (contentType !== 'application/x-www-form-urlencoded') return problems.contentType
    const body = await readSmallBody(c.req.raw)
    return body === undefined ? problems.bodyTooLarge : new URLSearchParams(body)
  }

  for (const view of shownViews)
    routes.get(view.path, (c) => {
      if (!sessionOf(c.req.raw)) return showSignIn(c, view.path)
      c.header('Content-Security-Policy', c.get('route').policies.forView(view))
      return c.html(files.viewHtml(view))
    })

  routes.post('/login', async (c) => {
    const request = c.req.raw
    // Without this, another site could sign a visitor in as somebody of its choice (login CSRF).
    if (!isOwnForm(c)) return refuseForm(c, foreignForm(c))
    const form = await readForm(c)
    if (!(form instanceof URLSearchParams)) return refuseForm(c, form)
    const to = viewNamed(form.get('to'))
    const user = userById.get(form.get('user') ?? '')
    if (!user) return refuseForm(c, problems.unknownUser, to)

    // A new ID at each login, and the old one dies: an ID that somebody planted is never adopted.
    const oldId = sessionIdOf(request)
    if (oldId !== undefined) sessions.end(oldId)
    const id = sessions.open(user.id)
    if (id === undefined) return refuseForm(c, problems.tooManySessions, to)
    onEvent({ type: 'signed-in', requestId: c.get('requestId'), userId: user.id })
    c.header('Set-Cookie', c.get('address').cookie.give(id))
    return c.redirect(to, 303)
  })

  routes.post('/logout', async (c) => {
    if (!isOwnForm(c)) return refuseForm(c, foreignForm(c))
    const id = sessionIdOf(c.req.raw)
    const session = id === undefined ? undefined : sessions.find(id)
    if (id !== undefined && session) {
      sessions.end(id)
      onEvent({ type: 'signed-out', requestId: c.get('requestId'), userId: session.userId })
    }
    c.header('Set-Cookie', c.get('address').cookie.take())
    return c.redirect('/', 303)
  })

  routes.post('/way', async (c) => {
    if (!isOwnForm(c)) return refuseForm(c, foreignForm(c))
    const form = await readForm(c)
    if (!(form instanceof URLSearchParams)) return refuseForm(c, form)
    const { routes: ways, wayCookie } = c.get('address')
    const chosen = ways.find(({ way }) => way === form.get('way'))
    if (chosen) c.header('Set-Cookie', wayCookie.give(chosen.way))
    return c.redirect(viewNamed(form.get('to')), 303)
  })

  routes.get('/config.json', (c) => {
    const session = sessionOf(c.req.raw)
    const user = session && userOf(session)
    if (!user) return refuse(c, problems.notSignedIn)
    const { webIntegrationId, appId } = qlik
    const { way, qlikOrigin, serverOrigin } = c.get('route')
    const { routes: ways } = c.get('address')
    const otherWayAt = ways.length > 1 ? c.get('address') : addresses.throughGateway
    return c.json({
      user: { name: user.name, role: user.role, subject: user.subject },
      // A gateway needs no web integration: the pages are not Qlik's callers.
      qlik: { url: qlikOrigin, appId, ...(way === 'direct' && { webIntegrationId }) },
      way,
      ...(otherWayAt && { otherWayUrl: otherWayAt.publicOrigin }),
      ...(server &&
        serverOrigin && { server: { ...server.place, url: serverOrigin, userId: user.id } }),
      mainUrl: addresses.main.publicOrigin,
    })
  })

  routes.get(whatHappened, async (c) => {
    const session = sessionOf(c.req.raw)
    if (!session) return refuse(c, problems.notSignedIn)
    const records = await trail.read(session, c.req.query('login') ?? '')
    return records ? c.json({ records }) : refuse(c, problems.notFound)
  })

  for (const [path, answerToken] of tokenEndpoints)
    routes.post(path, async (c) => {
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
    ['/way', 'POST'],
    ...[...tokenEndpoints.keys()].map((path) => [path, 'POST'] as const),
    ...[
      ...shownViews.map(({ path }) => path),
      '/config.json',
      whatHappened,
      ...files.assets.keys(),
    ].map((path) => [path, 'GET, HEAD'] as const),
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
