import { createXrfkey, parseProxyUser, proxyPaths } from '../../protocol/index.ts'
import { parseJsonObject } from '../../values/index.ts'
import { type Cookies, receiveCookies, toCookieHeader } from '../cookies.ts'
import { qlikErrors } from '../errors.ts'
import { callQlik, type QlikAnswer } from '../http.ts'
import { checkToken } from '../login-token.ts'
import type { OpenSessionOptions } from '../product.ts'
import { refusalOf } from '../refusal.ts'
import { createSession, type QlikSession } from '../session.ts'
import { causesOfRefusedLogin } from './causes.ts'
import { csrfTokenOf, readCsrfToken } from './csrf-token.ts'
import { basePath, proxyUrl, withXrfkey } from './proxy-url.ts'

/**
 * Any path below the prefix of a virtual proxy takes a token and sets the session's cookie. `/qps/csrftoken`
 * gives the CSRF token with it, which web sockets need from November 2024 on.
 *
 * @see https://help.qlik.com/en-US/sense-admin/, JWT authentication; https://github.com/qlik-oss/enigma.js,
 * examples/authentication/sense-using-jwt
 */
export async function openSession(options: OpenSessionOptions): Promise<QlikSession> {
  const { deployment, token, clock = Date.now } = options
  const { loginPath = proxyPaths.csrfToken } = options
  checkToken(token)
  checkLoginPath(options, loginPath)
  const answer = await enter(options, loginPath)
  const { cookies, csrfToken } =
    loginPath === proxyPaths.csrfToken
      ? await fromCsrfToken(options, answer)
      : await fromOtherPath(options, answer)
  const known = csrfToken === undefined ? {} : { csrfToken }
  return createSession({ deployment, openedAt: clock(), cookies, ...known })
}

interface Entered {
  readonly cookies: Cookies
  readonly csrfToken?: string | undefined
}

/** Releases without CSRF tokens answer 404, after which only a user at `/qps/user` is proof of a session. */
async function fromCsrfToken(options: OpenSessionOptions, answer: QlikAnswer): Promise<Entered> {
  const before = receiveCookies(answer.headers)
  if (answer.status !== 404) {
    checkEntered(options, answer)
    return { cookies: haveCookies(answer, before), csrfToken: csrfTokenOf(answer) }
  }
  const second = await enter(options, proxyPaths.user, before)
  checkEntered(options, second)
  const user = parseProxyUser(parseJsonObject(second.text))
  if (user === undefined || user === 'inactive') {
    const { call, status } = second
    const causes = causesOfRefusedLogin(401)
    const detail = user === undefined ? 'no user' : 'nobody is logged in'
    throw qlikErrors.ERR_QLIK_LOGIN_REFUSED({ call, status, detail, causes })
  }
  return { cookies: haveCookies(second, receiveCookies(second.headers, before)) }
}

async function fromOtherPath(options: OpenSessionOptions, answer: QlikAnswer): Promise<Entered> {
  checkEntered(options, answer)
  const cookies = haveCookies(answer, receiveCookies(answer.headers))
  const { deployment } = options
  return { cookies, csrfToken: await readCsrfToken({ deployment, cookies }, options) }
}

/** Sends the token, with the cookies of an answer before: a second session would count against the limit. */
function enter(
  options: OpenSessionOptions,
  path: string,
  cookies: Cookies = new Map(),
): Promise<QlikAnswer> {
  const { headers, query } = withXrfkey(createXrfkey(), {
    authorization: `Bearer ${options.token}`,
    accept: 'application/json, */*;q=0.5',
    ...(cookies.size === 0 ? {} : { cookie: toCookieHeader(cookies) }),
  })
  return callQlik({ url: proxyUrl(options.deployment, path, query), headers }, options)
}

function checkEntered({ token }: OpenSessionOptions, answer: QlikAnswer): void {
  const { call, status } = answer
  if (status >= 200 && status <= 299) return
  const causes = causesOfRefusedLogin(status)
  // A redirect leads to a page where people log in: the virtual proxy did not take the token.
  if (status >= 300 && status <= 399)
    throw qlikErrors.ERR_QLIK_LOGIN_REFUSED({ call, status, causes })
  throw refusalOf(answer, { secrets: [token], login: true, causes })
}

function haveCookies({ call }: QlikAnswer, cookies: Cookies): Cookies {
  if (cookies.size > 0) return cookies
  throw qlikErrors.ERR_QLIK_ANSWER({ call, problem: 'holds no session cookie' })
}

/** A token is sent below the prefix of its virtual proxy, and to no other. */
function checkLoginPath({ deployment }: OpenSessionOptions, path: string): void {
  const isPath = typeof path === 'string' && /^\/(?![/\\])[^\\\s#?]{0,1024}$/.test(path)
  if (isPath && proxyUrl(deployment, path).pathname.startsWith(`${basePath(deployment)}/`)) return
  const problem =
    'must be a path below the prefix of the virtual proxy, with one slash at its begin'
  throw qlikErrors.ERR_QLIK_OPTION({ option: 'loginPath', problem })
}
