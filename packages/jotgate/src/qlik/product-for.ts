import type { QlikUser } from '../protocol/index.ts'
import type { Deployment } from '../token/index.ts'
import { clientManagedProduct } from './client-managed/client-managed-product.ts'
import { cloudProduct } from './cloud/cloud-product.ts'
import type { OpenSessionOptions, QlikProduct, SessionCallOptions } from './product.ts'
import type { DeploymentAddress, QlikSession } from './session.ts'

const products: Readonly<Record<Deployment['product'], QlikProduct>> = {
  cloud: cloudProduct,
  'client-managed': clientManagedProduct,
}

/**
 * Gives the product of a deployment: how its sessions are opened, used and ended.
 *
 * @param deployment made by `cloud()` or `clientManaged()`
 * @throws TypeError when it is not
 * @example
 * const tenant = cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' })
 * const { isSessionLost } = productFor(tenant)
 * console.log(isSessionLost({ status: 401 }))
 */
export function productFor(deployment: DeploymentAddress): QlikProduct {
  const name = deployment?.product
  const product = Object.hasOwn(products, name) ? products[name] : undefined
  if (product === undefined)
    throw new TypeError('A deployment made by cloud() or clientManaged() is needed')
  return product
}

/**
 * Opens a Qlik session with a token. At Qlik Cloud the token is used up by it, accepted or not; client-managed
 * Qlik gives a session for it until it expires, and counts each: five at once is the most for one user.
 *
 * @param options.deployment whose session
 * @param options.token what `sign` gave, for this deployment
 * @param options.loginPath client-managed Qlik: where the token is sent, `/qps/csrftoken` when omitted
 * @param options.fetch the runtime's when omitted
 * @param options.timeoutMs 10000 when omitted, 1 to 300000
 * @param options.signal gives up when it aborts
 * @returns a session that hides its secrets from logs
 * @throws ERR_QLIK_LOGIN_REFUSED with Qlik's own words, or the likely causes where it gives none;
 * ERR_QLIK_RATE_LIMITED, ERR_QLIK_FAILED, ERR_QLIK_UNREACHABLE, ERR_QLIK_TIMEOUT, ERR_QLIK_ANSWER,
 * ERR_QLIK_OPTION
 * @see https://qlik.dev/apis/rest/login/ and, for client-managed Qlik,
 * https://help.qlik.com/en-US/sense-admin/, JWT authentication
 * @example
 * const tenant = cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' })
 * const key = await readSigningKey({ file: 'keys/qlik.pem', kid: 'acme-1' })
 * const signer = createSigner({ deployment: tenant, key })
 * const { token } = await signer.sign({ subject: '42', name: 'Ada', email: 'ada@acme.example' })
 * const session = await openSession({ deployment: tenant, token })
 */
export function openSession(options: OpenSessionOptions): Promise<QlikSession> {
  return productFor(options.deployment).openSession(options)
}

/**
 * Ends a Qlik session, so that its cookies are no longer valid. On client-managed Qlik this reportedly ends
 * every session of the user at the same virtual proxy: `productFor(deployment).endScope`.
 *
 * @param options.session what `openSession` gave; `fetch`, `timeoutMs` and `signal` as there
 * @throws ERR_QLIK_FAILED, ERR_QLIK_UNREACHABLE, ERR_QLIK_TIMEOUT or ERR_QLIK_REFUSED
 * @example
 * import { endSession, type QlikSession } from 'jotgate/qlik'
 *
 * async function logOut(session: QlikSession) {
 *   await endSession({ session })
 * }
 */
export function endSession(options: SessionCallOptions): Promise<void> {
  return productFor(options.session.deployment).endSession(options)
}

/**
 * Asks Qlik whom a session belongs to.
 *
 * Qlik Cloud answers with the whole user; client-managed Qlik with user directory, user ID and name.
 *
 * @param options.session what `openSession` gave; `fetch`, `timeoutMs` and `signal` as there
 * @throws ERR_QLIK_NOT_LOGGED_IN, ERR_QLIK_REDIRECT, ERR_QLIK_ANSWER or another error of the part
 * @see https://qlik.dev/apis/rest/users/ and, for client-managed Qlik,
 * https://help.qlik.com/en-US/sense-developer/, Qlik Sense Proxy Service API, Personal API
 * @example
 * import { getCurrentUser, type QlikSession } from 'jotgate/qlik'
 *
 * async function greet(session: QlikSession) {
 *   const { name, assignedGroups } = await getCurrentUser({ session })
 *   console.log(name, assignedGroups.length)
 * }
 */
export function getCurrentUser(options: SessionCallOptions): Promise<QlikUser> {
  return productFor(options.session.deployment).getCurrentUser(options)
}
