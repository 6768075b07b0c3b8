import type { Deployment } from '../token/index.ts'
import { clientManagedPaths } from './client-managed/client-managed-paths.ts'
import { cloudProduct } from './cloud/cloud-product.ts'
import type { OpenSessionOptions, QlikPaths, QlikProduct, SessionCallOptions } from './product.ts'
import type { DeploymentAddress, QlikSession } from './session.ts'

/** The products; of client-managed Qlik this version knows the paths and does not open sessions yet. */
const products: Readonly<Record<Deployment['product'], QlikPaths | QlikProduct>> = {
  cloud: cloudProduct,
  'client-managed': clientManagedPaths,
}

const opensSessions = (product: QlikPaths | QlikProduct): product is QlikProduct =>
  'openSession' in product

/** What comes before every path of a deployment: empty, or a slash and a name. */
export function basePath(deployment: DeploymentAddress): string {
  return products[deployment.product].basePath(deployment)
}

/**
 * Gives the product of a deployment: how its sessions are opened, used and ended.
 *
 * @param deployment made by `cloud()`
 * @throws TypeError when it is not
 * @example
 * const tenant = cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' })
 * const { isSessionLost } = productFor(tenant)
 * console.log(isSessionLost({ status: 401 }))
 */
export function productFor(deployment: DeploymentAddress): QlikProduct {
  const name = deployment?.product
  const product = Object.hasOwn(products, name) ? products[name] : undefined
  if (product === undefined || !opensSessions(product))
    throw new TypeError('A deployment made by cloud() is needed: sessions of no other are opened')
  return product
}

/**
 * Opens a Qlik session with a token. The token is used up by it, accepted or not.
 *
 * @param options.deployment whose session
 * @param options.token what `sign` gave, for this deployment
 * @param options.fetch the runtime's when omitted
 * @param options.timeoutMs 10000 when omitted, 1 to 300000
 * @param options.signal gives up when it aborts
 * @returns a session that hides its secrets from logs
 * @throws ERR_QLIK_LOGIN_REFUSED with Qlik's own words, ERR_QLIK_RATE_LIMITED, ERR_QLIK_FAILED,
 * ERR_QLIK_UNREACHABLE, ERR_QLIK_TIMEOUT or ERR_QLIK_ANSWER
 * @see https://qlik.dev/apis/rest/login/
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
 * Ends a Qlik session, so that its cookies are no longer valid.
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
