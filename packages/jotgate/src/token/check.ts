import type { Deployment } from './deployment.ts'
import { tokenErrors } from './errors.ts'
import type { Finding } from './finding.ts'
import { policyToCheck } from './policy.ts'
import { toFormFindings, toTokenFindings, withDoubt } from './rules/apply.ts'
import type { Members, Subject } from './rules/rule.ts'
import { readTokenText } from './token-text.ts'
import { type SignatureVerdict, verifySignature } from './verify/signature.ts'
import { readTrust, type Trust, type TrustOptions, withoutKeyId } from './verify/trust.ts'

/** What `checkToken` holds a token against beside the deployment. At most one of the keys is given. */
export interface CheckOptions extends TrustOptions {
  /** When the token is to be judged. Default now. */
  at?: Date
  /**
   * How far clocks may differ, in whole seconds, 0 to 3600: the identity provider's `clockToleranceSec`.
   * When left out, up to a minute is told as not known.
   */
  clockToleranceSeconds?: number
  /** The claims of tokens that were used before: reused IDs, changing users, shared addresses are told. */
  earlier?: readonly Readonly<Record<string, unknown>>[]
}

/**
 * Says why a deployment refuses a token, or drops a part of it, in words and with a source.
 *
 * A token is in order when no finding has the effect `refused` or `unknown`. No finding holds anything of
 * the token, its signature or a key: it may be shown and logged. Nothing is asked of Qlik.
 *
 * The signature is verified when a key, certificate or key set is given: by an algorithm of the
 * deployment, never of the token; over canonical base64url alone; by an RSA key of 2048 to 8192 bits with
 * exponent 65537 whose `use`, `key_ops` and `alg` allow it. What a token says of keys is never followed.
 *
 * @param token its text
 * @param deployment made by `cloud()` or `clientManaged()`
 * @param options see `CheckOptions`
 * @returns the findings in the order of the rules: form, claims, signature; none when all is well
 * @throws ERR_TOKEN_CHECK for an option that makes no sense, ERR_TOKEN_DEPLOYMENT
 * @see docs/reference/rules.md for every rule
 * @example
 * const tenant = cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' })
 *
 * async function explain(token: string, certificate: string) {
 *   const findings = await checkToken(token, tenant, { certificate })
 *   for (const { effect, title, detail } of findings) console.log(`${effect}: ${title}. ${detail}`)
 * }
 */
export async function checkToken(
  token: string,
  deployment: Deployment,
  options: CheckOptions = {},
): Promise<readonly Finding[]> {
  const policy = policyToCheck(deployment)
  const text = readTokenText(token)
  const given = readTrust(options)
  const trust = policy.deployment.product === 'client-managed' ? withoutKeyId(given) : given
  const signature = await verifySignature(text, trust, policy.algorithms)
  const header = text.header?.value
  const claims = text.payload?.value
  const subject = toSubject(policy.deployment, { header, claims, signature, trust, options })
  const readable = [
    ...(header === undefined ? [] : (['header'] as const)),
    ...(claims === undefined ? [] : (['claims'] as const)),
  ]
  return withDoubt(
    [
      ...toFormFindings(text),
      ...toTokenFindings(subject, new Set([...readable, 'signature', 'deployment'])),
    ],
    signature,
  )
}

/**
 * Says what about a deployment itself will be trouble, before any token is made for it.
 *
 * @param deployment made by `cloud()` or `clientManaged()`, or read from elsewhere in their form: claim
 * names that JWT itself uses are a finding here, where `clientManaged()` throws
 * @param options `at` and one of `key`, `certificate` and `jwks`, as for `checkToken`
 * @throws ERR_TOKEN_CHECK, ERR_TOKEN_DEPLOYMENT
 * @example
 * const server = clientManaged({
 *   url: 'https://sense.acme.example',
 *   prefix: 'jwt',
 *   userDirectory: 'ACME',
 *   claims: { userId: 'sub', userDirectory: 'userDirectory' },
 * })
 * for (const { title, hint } of checkDeployment(server)) console.log(`${title}. ${hint}`)
 */
export function checkDeployment(
  deployment: Deployment,
  options: TrustOptions & { at?: Date } = {},
): readonly Finding[] {
  const { deployment: parsed } = policyToCheck(deployment)
  const trust = readTrust(options)
  const signature: SignatureVerdict = { outcome: 'not-reached' }
  const subject = toSubject(parsed, {
    header: undefined,
    claims: undefined,
    signature,
    trust,
    options,
  })
  return toTokenFindings(subject, new Set(['deployment']))
}

function toSubject(
  deployment: Deployment,
  from: {
    header: Members | undefined
    claims: Members | undefined
    signature: SignatureVerdict
    trust: Trust
    options: CheckOptions
  },
): Subject {
  const { header = {}, claims = {}, signature, trust, options } = from
  return {
    deployment,
    header,
    claims,
    now: parseAt(options.at),
    clockToleranceSeconds: parseTolerance(options.clockToleranceSeconds),
    earlier: parseEarlier(options.earlier),
    signature,
    certificateDates: trust.kind === 'one' ? trust.key.dates : undefined,
  }
}

function parseAt(at: unknown): number {
  if (at === undefined) return Math.floor(Date.now() / 1000)
  if (at instanceof Date && at.getTime() >= 0) return Math.floor(at.getTime() / 1000)
  throw refuse('at', 'is no date')
}

function parseTolerance(value: unknown): number | undefined {
  if (value === undefined) return undefined
  if (Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 3600) return Number(value)
  throw refuse('clockToleranceSeconds', 'must be a whole number from 0 to 3600')
}

function parseEarlier(value: unknown): readonly Members[] {
  if (value === undefined) return []
  const isObject = (one: unknown) => typeof one === 'object' && one !== null && !Array.isArray(one)
  if (Array.isArray(value) && value.every(isObject)) return value
  throw refuse('earlier', 'must be a list of the claims of tokens')
}

function refuse(option: string, problem: string) {
  return tokenErrors.ERR_TOKEN_CHECK({ option, problem })
}
