import { qlikHeaders, qlikPaths } from '../../protocol/index.ts'
import { receiveCookies, toCookieHeader } from '../cookies.ts'
import { qlikErrors } from '../errors.ts'
import { callQlik } from '../http.ts'
import { checkToken } from '../login-token.ts'
import type {
  Authorization,
  OpenSessionOptions,
  QlikProduct,
  QlikSignal,
  SessionCallOptions,
} from '../product.ts'
import { refusalOf } from '../refusal.ts'
import { changeSession, createSession, type QlikSession, secretsOf } from '../session.ts'
import { getCsrfToken, readCsrfToken } from './csrf-token.ts'
import { getCurrentUser } from './current-user.ts'
import { cloudGatewayRules } from './gateway-rules.ts'

/** Qlik Cloud: how a session is opened with a token, used, and ended. */
export const cloudProduct: QlikProduct = Object.freeze<QlikProduct>({
  basePath: () => '',
  openSession,
  getCurrentUser: (options) => getCurrentUser(cloudProduct, options),
  endSession,
  endScope: 'session',
  authorizeHttp,
  authorizeUpgrade,
  renewCsrfToken,
  receiveAnswer,
  // Its CSRF token lives as long as the session.
  prepareUpgrade: async ({ session }) => session,
  isSessionLost,
  causesOf: () => [],
  samplePath: '/api/v1/items?limit=10',
  gatewayRules: cloudGatewayRules,
})

const csrfCookie = '_csrfToken'

/** https://qlik.dev/apis/rest/login/: POST /login/jwt-session, bearer, no body, and from a server no Origin. */
async function openSession(options: OpenSessionOptions): Promise<QlikSession> {
  const { deployment, token, clock = Date.now } = options
  checkToken(token)
  const url = new URL(qlikPaths.jwtSession, deployment.url)
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json' }
  const answer = await callQlik({ url, method: 'POST', headers }, options)
  if (answer.status < 200 || answer.status > 299)
    throw refusalOf(answer, { secrets: [token], login: true })
  const cookies = receiveCookies(answer.headers)
  if (cookies.size === 0)
    throw qlikErrors.ERR_QLIK_ANSWER({ call: answer.call, problem: 'holds no session cookie' })
  // The cookie's value is the CSRF token, as Qlik's own samples use it. When it is missing, the
  // documented call gives it.
  const csrfToken =
    cookies.get(csrfCookie) ?? (await readCsrfToken({ deployment, cookies }, options))
  return createSession({ deployment, cookies, csrfToken, openedAt: clock() })
}

/** Qlik documents no answer of /logout: all but a failure counts as ended. */
async function endSession(options: SessionCallOptions): Promise<void> {
  const { session } = options
  const url = new URL('/logout', session.deployment.url)
  const { headers } = authorizeHttp(session)
  const answer = await callQlik({ url, headers }, options)
  if (answer.status < 400 || answer.status === 401 || answer.status === 404) return
  throw refusalOf(answer, { secrets: secretsOf(session) })
}

/** Qlik's answer to a wrong CSRF token is not settled; that it names another one now is the proof. */
async function renewCsrfToken(options: SessionCallOptions): Promise<QlikSession | undefined> {
  const { session } = options
  const csrfToken = await getCsrfToken(options)
  return csrfToken === session.csrfToken ? undefined : changeSession(session, { csrfToken })
}

/** A cookie holds the CSRF token, so another value of it is the token from now on. */
function receiveAnswer(session: QlikSession, headers: Headers): QlikSession {
  const cookies = receiveCookies(headers, session.cookies)
  const csrfToken = cookies.get(csrfCookie)
  const received = changeSession(session, { cookies })
  return csrfToken === undefined ? received : changeSession(received, { csrfToken })
}

/** Qlik asks for the CSRF token on writes; whether on some reads too is not known, so it goes with all. */
function authorizeHttp(session: QlikSession): Authorization {
  return { headers: { cookie: toCookieHeader(session.cookies), ...csrfField(session) }, query: {} }
}

function authorizeUpgrade(session: QlikSession): Authorization {
  return { headers: { cookie: toCookieHeader(session.cookies) }, query: csrfField(session) }
}

/** A header field, or a parameter of a query, by the same name. */
function csrfField({ csrfToken }: QlikSession): Record<string, string> {
  return csrfToken === undefined ? {} : { [qlikHeaders.csrfToken]: csrfToken }
}

/** 4006 is "authentication failed" among the engine's close codes that @qlik/api 2.19.0 knows. */
function isSessionLost({ status, closeCode }: QlikSignal): boolean {
  return status === 401 || closeCode === 4006
}
