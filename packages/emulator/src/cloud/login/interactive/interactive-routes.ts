import { type Context, Hono } from 'hono'
import { parseCookies } from '../../../http/cookies.ts'
import { readBody } from '../../../http/read-body.ts'
import { cardPagePolicy } from '../../../pages/card-page.ts'
import type { Cloud, CloudEnv } from '../../cloud.ts'
import { fail, noteSwitches, type QlikFailure } from '../../error-envelope.ts'
import { readSignedCookie, toClearingLine, toSignedCookieLines } from '../../sessions/cookies.ts'
import { cookieStyleOf, openSessionAtLogin, toSessionCookieLines } from '../../sessions/sessions.ts'
import { admit } from '../enter-user.ts'
import { toFailure } from '../refusals.ts'
import { isRefusal } from '../rule.ts'
import { checkReturnAddress } from './return-address.ts'
import { toSignInPage } from './sign-in-page.ts'

/** The `identityProviderId` of sessions that began here. */
const interactiveProviderId = 'interactive'

const wrongState: QlikFailure = {
  status: 401,
  code: 'STATE-1',
  title: 'State verification failed',
  detail: 'State not valid, missing request forgery protection',
}
const invalidConfiguration: QlikFailure = {
  status: 401,
  code: 'INVALID-IDP-CONFIG',
  title: 'Invalid identity provider configuration',
}
const notMember: QlikFailure = {
  status: 403,
  code: 'AUTH-5',
  title: 'Forbidden',
  detail: 'User is not a member of tenant',
}

/** The request forgery protection: a cookie of one log-in, as tenants name it. */
function stateCookieName(state: string): string {
  return `eas.rfp.${state.slice(0, 8)}`
}

/** What the log-in asks for beside its end; a failure when that is not possible. */
function checkLoginRequest(cloud: Cloud, c: Context<CloudEnv>): 'enter' | 'ask' | QlikFailure {
  const { prompt, max_age: maxAge } = c.req.query()
  const invalid = {
    status: 400,
    code: 'LOGIN-400',
    title: 'Invalid login',
    meta: { emulator: 'inferred' },
  }
  if (prompt !== undefined && prompt !== 'none' && prompt !== 'login')
    return { ...invalid, detail: 'prompt must be none or login' }
  if (maxAge !== undefined && !/^\d{1,9}$/.test(maxAge))
    return { ...invalid, detail: 'max_age must be a number of seconds' }
  const caller = c.get('caller')
  if (caller.kind === 'session' && prompt !== 'login') {
    const ageMs = cloud.clock.now().getTime() - caller.session.startedAtMs
    if (maxAge === undefined || ageMs <= Number(maxAge) * 1000) return 'enter'
  }
  if (prompt !== 'none') return 'ask'
  return {
    ...invalid,
    status: 401,
    code: 'LOGIN-401',
    title: 'Login required',
    detail: 'prompt=none, and nobody is logged in',
  }
}

/**
 * `GET /login` (qlik-cloud.md §2.2): to the identity provider and back. The provider itself is a page of
 * the emulator at `/login/sign-in`; as with a real one, the browser carries `state` there and back.
 */
export function interactiveRoutes(cloud: Cloud): Hono<CloudEnv> {
  const setCookies = (c: Context<CloudEnv>, lines: readonly string[]) => {
    for (const line of lines) c.header('set-cookie', line, { append: true })
  }
  return new Hono<CloudEnv>()
    .get('/', (c) => {
      const address = checkReturnAddress(cloud, c)
      if ('failure' in address) return fail(c, address.failure)
      const wish = checkLoginRequest(cloud, c)
      if (wish === 'enter') return c.redirect(address.location, 302)
      if (wish !== 'ask') return fail(c, wish)
      const { cookieSecret, pendingLogins } = cloud.state
      const state = pendingLogins.begin({
        returnTo: address.location,
        startedAtMs: cloud.clock.now().getTime(),
        hint: c.req.query('login_hint'),
      })
      const style = cookieStyleOf(cloud, c.env.incoming)
      setCookies(c, toSignedCookieLines(cookieSecret, stateCookieName(state), state, style))
      return c.redirect(`/login/sign-in?${new URLSearchParams({ state })}`, 302)
    })
    .get('/sign-in', (c) => {
      const state = c.req.query('state') ?? ''
      const login = cloud.state.pendingLogins.find(state)
      if (login === undefined) return fail(c, wrongState)
      c.header('content-security-policy', cardPagePolicy)
      // The form's Origin must arrive: without a referrer policy of this kind it could be null.
      c.header('referrer-policy', 'same-origin')
      const people = [...cloud.state.people.values()]
      return c.html(toSignInPage({ people, state, hint: login.hint }))
    })
    .post('/sign-in', async (c) => {
      const form = new URLSearchParams((await readBody(c.env.incoming)) ?? '')
      const state = form.get('state') ?? ''
      const { pendingLogins, people } = cloud.state
      if (pendingLogins.find(state) === undefined) return fail(c, wrongState)
      const back = (query: Record<string, string>) =>
        c.redirect(`/login/callback?${new URLSearchParams(query)}`, 303)
      const outcome = form.get('outcome')
      if (outcome === 'wrong-state') return back({ state: `x${state}`, code: 'none' })
      if (outcome === 'invalid-configuration')
        return back({ state, error: 'invalid_configuration' })
      const subject = form.get('subject') ?? ''
      const [name, email] = [form.get('name'), form.get('email')]
      const known = people.get(subject)
      const typed =
        name && email && subject !== '' ? { subject, name, email, isMember: true } : undefined
      // Without a name and an e-mail it is a button of the list.
      const person = typed ?? known
      if (person === undefined) return fail(c, wrongState)
      return back({ state, code: pendingLogins.authenticate(state, person) })
    })
    .get('/callback', (c) => {
      const { state = '', code, error } = c.req.query()
      const { cookieSecret, pendingLogins } = cloud.state
      const cookies = parseCookies(c.env.incoming.headers.cookie)
      const name = stateCookieName(state)
      // Whoever brings a state without its cookie was sent here by somebody else.
      const isOwn = readSignedCookie(cookieSecret, cookies, name) === state && state !== ''
      const taken = isOwn ? pendingLogins.take(state, code) : undefined
      if (taken === undefined) return fail(c, wrongState)
      const style = cookieStyleOf(cloud, c.env.incoming)
      setCookies(c, [toClearingLine(name, style), toClearingLine(`${name}.sig`, style)])
      const { login, person } = taken
      if (error !== undefined || person === undefined) return fail(c, invalidConfiguration)
      if (!person.isMember) return fail(c, notMember)
      const switches = cloud.switches.get()
      const user = admit(cloud, person, {
        refuseSameEmail: switches.interactiveSameEmail === 'refused',
        refuseExpiredInvitation: true,
        refresh: switches.refreshUserAtLogin,
      })
      if (isRefusal(user)) {
        if (user.kind === 'same-email') noteSwitches(c, { decidedBy: 'interactiveSameEmail' })
        return fail(c, user.kind === 'disabled-user' ? notMember : toFailure(user, switches))
      }
      const session = openSessionAtLogin(cloud, c.env.incoming, user, interactiveProviderId)
      setCookies(c, toSessionCookieLines(cloud, session, style))
      return c.redirect(login.returnTo, 302)
    })
}
