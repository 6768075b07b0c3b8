import type { JotgateError } from '../errors/index.ts'
import type { ClientManagedDeployment } from './client-managed.ts'
import { tokenErrors } from './errors.ts'
import { parseOrigin } from './origin.ts'
import { refusalsOf } from './refusals.ts'
import { textProblem } from './text-problem.ts'

/** A Qlik Cloud tenant, and the name of the issuer that it trusts. */
export interface CloudDeployment {
  readonly product: 'cloud'
  /** The tenant's origin, without a slash at the end. */
  readonly url: string
  /** The issuer of the tenant's JWT identity provider, character for character. */
  readonly issuer: string
}

/** One concrete Qlik. Told apart by `product`. */
export type Deployment = CloudDeployment | ClientManagedDeployment

/**
 * Describes a Qlik Cloud tenant.
 *
 * @param options.url the tenant's origin, over https; plain http only for loopback names
 * (`localhost`, `*.localhost`, 127.0.0.0/8, `[::1]`), where no other machine can listen
 * @param options.issuer the issuer of the tenant's JWT identity provider, 1 to 256 characters,
 * compared by Qlik character for character
 * @returns a frozen deployment
 * @throws ERR_TOKEN_DEPLOYMENT when either is not as said above
 * @see https://qlik.dev/authenticate/jwt/create-signed-tokens-for-jwt-authorization/
 * @example
 * const tenant = cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' })
 */
export function cloud(options: { url: string; issuer: string }): CloudDeployment {
  if (typeof options !== 'object' || options === null) throw new TypeError('Options are needed')
  return Object.freeze({
    product: 'cloud',
    url: parseOrigin(options.url),
    issuer: parseIssuer(options.issuer),
  })
}

/** Everything that is wrong with the options, where `cloud` stops at the first. */
export function cloudProblems({ url, issuer }: { url: string; issuer: string }): JotgateError[] {
  return refusalsOf([() => parseOrigin(url), () => parseIssuer(issuer)])
}

function parseIssuer(value: string): string {
  const problem = textProblem(value, 256)
  if (problem !== undefined) throw tokenErrors.ERR_TOKEN_DEPLOYMENT({ option: 'issuer', problem })
  return value
}
