import {
  found,
  type Reading,
  readAll,
  readOrigin,
  readString,
  valueOrThrow,
} from '../values/index.ts'
import { asChecked } from './checked-deployments.ts'
import type { ClientManagedDeployment } from './client-managed.ts'
import { tokenErrors } from './errors.ts'

/** A Qlik Cloud tenant, and the name of the issuer that it trusts. */
export interface CloudDeployment {
  readonly product: 'cloud'
  /** The tenant's origin, without a slash at the end. */
  readonly url: string
  /** The issuer of the tenant's JWT identity provider, character for character. */
  readonly issuer: string
}

/** What `cloud` takes. */
export interface CloudOptions {
  url: string
  issuer: string
}

/** One concrete Qlik; `product` says which kind. */
export type Deployment = CloudDeployment | ClientManagedDeployment

/**
 * Describes a Qlik Cloud tenant.
 *
 * @param options.url the tenant's origin, over https; http only for loopback names
 * (`localhost`, `*.localhost`, 127.0.0.0/8, `[::1]`), where no other machine can listen
 * @param options.issuer the issuer of the tenant's JWT identity provider, 1 to 256 characters,
 * compared by Qlik character for character
 * @returns a frozen deployment
 * @throws ERR_TOKEN_DEPLOYMENT when either is not as described
 * @see https://qlik.dev/authenticate/jwt/create-signed-tokens-for-jwt-authorization/
 * @example
 * const tenant = cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' })
 */
export function cloud(options: CloudOptions): CloudDeployment {
  if (typeof options !== 'object' || options === null) throw new TypeError('Options are needed')
  return valueOrThrow(readCloud(options), tokenErrors.ERR_TOKEN_DEPLOYMENT)
}

/** Makes the deployment, or reports everything that is wrong with the options. */
export function readCloud({ url, issuer }: CloudOptions): Reading<CloudDeployment> {
  const fields = readAll({
    url: readOrigin('url', url),
    issuer: readString('issuer', issuer, 256),
  })
  if (fields.problems !== undefined) return fields
  return found(asChecked({ product: 'cloud', ...fields.value }))
}
