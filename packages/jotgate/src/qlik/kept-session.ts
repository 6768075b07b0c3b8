import {
  isObject,
  type JsonObject,
  productNames,
  readOrigin,
  valueOrThrow,
} from '../values/index.ts'
import { type Cookies, isCookie } from './cookies.ts'
import { qlikErrors } from './errors.ts'
import { createSession, type DeploymentAddress, type QlikSession } from './session.ts'

/** A session as JSON. Its secrets are in it: whoever has it is the user. */
export interface KeptSession extends DeploymentAddress {
  readonly cookies: Readonly<Record<string, string>>
  readonly csrfToken?: string
  /** When it was opened, as an ISO 8601 time. */
  readonly openedAt: string
}

/**
 * Gives a session as plain JSON, secrets included, so that it can be kept and restored later.
 *
 * @param session what `openSession` gave
 * @example
 * import { keepSession, type QlikSession } from 'jotgate/qlik'
 *
 * async function keep(session: QlikSession, store: Map<string, string>) {
 *   store.set('ada', JSON.stringify(keepSession(session)))
 * }
 */
export function keepSession(session: QlikSession): KeptSession {
  const { deployment, cookies, csrfToken, openedAt } = session
  const { product, url, prefix } = deployment
  return {
    product,
    url,
    ...(prefix === undefined ? {} : { prefix }),
    cookies: Object.fromEntries(cookies),
    ...(csrfToken === undefined ? {} : { csrfToken }),
    openedAt: new Date(openedAt).toISOString(),
  }
}

/**
 * Restores a session from what `keepSession` or `jotgate session open --json` gave, so that several programs,
 * or several runs of one, use one login. Whether Qlik still knows the session shows at the next call.
 *
 * @param kept the JSON as parsed
 * @throws ERR_QLIK_OPTION for the first member that is wrong; values are not repeated
 * @example
 * import { callAs, restoreSession } from 'jotgate/qlik'
 *
 * async function readItems(kept: string) {
 *   const session = restoreSession(JSON.parse(kept))
 *   return (await callAs(session, { path: '/api/v1/items' })).json()
 * }
 */
export function restoreSession(kept: unknown): QlikSession {
  if (!isObject(kept)) throw refuse('kept', 'must be a JSON object')
  const { csrfToken } = kept
  if (csrfToken !== undefined && !isCsrfToken(csrfToken))
    throw refuse('csrfToken', 'must be 1 to 1024 visible ASCII characters')
  return createSession({
    deployment: parseAddress(kept),
    openedAt: parseTime(kept.openedAt),
    cookies: parseCookies(kept.cookies),
    ...(csrfToken === undefined ? {} : { csrfToken }),
  })
}

const refuse = (option: string, problem: string) => qlikErrors.ERR_QLIK_OPTION({ option, problem })

function parseAddress({ product, url, prefix }: JsonObject): DeploymentAddress {
  const name = productNames.find((one) => one === product)
  if (name === undefined) throw refuse('product', `must be ${productNames.join(' or ')}`)
  const origin = valueOrThrow(readOrigin('url', url), qlikErrors.ERR_QLIK_OPTION)
  if (prefix === undefined) return { product: name, url: origin }
  if (typeof prefix !== 'string' || !/^[\w.~-]{0,128}$/.test(prefix))
    throw refuse('prefix', 'must be the prefix of a virtual proxy')
  return { product: name, url: origin, prefix }
}

function parseCookies(value: unknown): Cookies {
  if (!isObject(value)) throw refuse('cookies', 'must be an object of names and values')
  const cookies = new Map(Object.entries(value))
  if (cookies.size < 1 || cookies.size > 50) throw refuse('cookies', 'must be 1 to 50 cookies')
  for (const [name, cookie] of cookies)
    if (!isCookie(name, cookie)) throw refuse('cookies', 'contain one that no server can have set')
  return cookies as Cookies
}

function parseTime(value: unknown): number {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN
  if (time >= 0) return time
  throw refuse('openedAt', 'must be an ISO 8601 time since 1970')
}

const isCsrfToken = (value: unknown): value is string =>
  typeof value === 'string' && /^[\x21-\x7e]{1,1024}$/.test(value)
