import { type Finding, isObject, isWholeNumber, signingAlgorithms } from '../values/index.ts'
import type { Deployment } from './deployment.ts'
import { tokenErrors } from './errors.ts'
import { policyToCheck } from './policy.ts'
import { failClosed, toFormFindings, toKindFinding, toTokenFindings } from './rules/apply.ts'
import type { Members, Subject } from './rules/rule.ts'
import { readTokenText } from './token-text.ts'
import { type SignatureVerdict, verifySignature } from './verify/signature.ts'
import { readTrust, type Trust, type TrustOptions, withoutKeyId } from './verify/trust.ts'

/** What `checkToken` checks a token with, beside the deployment. At most one of the keys is given. */
export interface CheckOptions extends TrustOptions {
  /** The time of the check. Default now. */
  at?: Date
  /**
   * How far clocks may differ, in whole seconds, 0 to 3600: the identity provider's `clockToleranceSec`.
   * When omitted, whether up to a minute is tolerated is a finding of effect `unknown`.
   */
  clockToleranceSeconds?: number
  /** The claims of tokens that were used before, to find reused IDs, changing users and shared addresses. */
  earlier?: readonly Readonly<Record<string, unknown>>[]
}

/** What `checkToken` found. */
export interface TokenCheck {
  /**
   * In the order of the rules: what the token is where it is none for Qlik, form, claims, signature. Empty
   * when no rule is broken.
   */
  readonly findings: readonly Finding[]
  /** Whether the signature is valid, invalid, or was not checked, and why not. */
  readonly signature: SignatureVerdict
}

/**
 * Says why a deployment refuses a token, or drops a part of it, in words and with a source.
 *
 * A token is good when no finding has the effect `refused` or `unknown`. Do not go on with one of which a
 * finding blocks. No finding contains anything of the token, its signature or a key: it may be shown and
 * logged. Nothing is asked of Qlik.
 *
 * The signature is verified when a key, certificate or key set is given: over canonical base64url alone,
 * by an RSA key of 2048 to 8192 bits with exponent 65537 whose `use`, `key_ops` and `alg` allow it, and by
 * RS256, RS384 or RS512. That the deployment does not take the algorithm is a finding of its own. What a
 * token says of keys is never followed.
 *
 * @param token the token as a string
 * @param deployment made by `cloud()` or `clientManaged()`; `undefined` when it is not known which product
 * the token is for: then form, timestamps and signature are checked
 * @param options see `CheckOptions`
 * @returns the findings and what is known of the signature
 * @throws ERR_TOKEN_CHECK for an invalid option, ERR_TOKEN_DEPLOYMENT
 * @see docs/reference/rules.md for every rule
 * @example
 * const tenant = cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' })
 *
 * async function explain(token: string, certificate: string) {
 *   const { findings, signature } = await checkToken(token, tenant, { certificate })
 *   console.log(`The signature is ${signature.verdict}.`)
 *   for (const { effect, title, detail } of findings) console.log(`${effect}: ${title}. ${detail}`)
 * }
 */
export async function checkToken(
  token: string,
  deployment: Deployment | undefined,
  options: CheckOptions = {},
): Promise<TokenCheck> {
  const parsed = deployment === undefined ? undefined : policyToCheck(deployment).deployment
  const text = readTokenText(token)
  const given = readTrust(options)
  const trust = parsed?.product === 'client-managed' ? withoutKeyId(given) : given
  // Whatever the deployment takes: a signature that can be verified is, or a forged token looks good.
  const signature = await verifySignature(text, trust, signingAlgorithms)
  const header = text.header?.value
  const claims = text.payload?.value
  const subject = toSubject(parsed, { header, claims, signature, trust, options })
  const readable = [
    ...(header === undefined ? [] : (['header'] as const)),
    ...(claims === undefined ? [] : (['claims'] as const)),
  ]
  const findings = [
    ...(header === undefined || claims === undefined ? [] : toKindFinding(subject)),
    ...toFormFindings(text),
    ...toTokenFindings(subject, new Set([...readable, 'signature', 'deployment'])),
  ]
  return { findings: failClosed(findings, subject), signature }
}

/**
 * Finds problems of a deployment itself, before any token is made for it.
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
  const signature: SignatureVerdict = { verdict: 'not-checked', reason: 'form' }
  const subject = toSubject(parsed, {
    header: undefined,
    claims: undefined,
    signature,
    trust,
    options,
  })
  return toTokenFindings(subject, new Set(['deployment']))
}

function toSubject<For extends Deployment | undefined>(
  deployment: For,
  from: {
    header: Members | undefined
    claims: Members | undefined
    signature: SignatureVerdict
    trust: Trust
    options: CheckOptions
  },
): Subject<For> {
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
  throw refuse('at', 'is not a date')
}

function parseTolerance(value: unknown): number | undefined {
  if (value === undefined || isWholeNumber(value, 0, 3600)) return value
  throw refuse('clockToleranceSeconds', 'must be a whole number from 0 to 3600')
}

function parseEarlier(value: unknown): readonly Members[] {
  if (value === undefined) return []
  if (Array.isArray(value) && value.every(isObject)) return value
  throw refuse('earlier', 'must be a list of the claims of tokens')
}

function refuse(option: string, problem: string) {
  return tokenErrors.ERR_TOKEN_CHECK({ option, problem })
}
