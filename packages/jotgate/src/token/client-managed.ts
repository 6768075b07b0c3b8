import type { JotgateError } from '../errors/index.ts'
import { tokenErrors } from './errors.ts'
import { parseOrigin } from './origin.ts'
import { refusalsOf } from './refusals.ts'
import type { SigningAlgorithm } from './signing-key.ts'
import { kindOf, textProblem } from './text-problem.ts'

/** How the virtual proxy calls the claims: its "JWT attribute" fields and its attribute mapping. */
export interface ClaimNames {
  /** The claim with the user ID. */
  readonly userId: string
  /**
   * The claim with the user directory; or a constant in square brackets, `[ACME]`, when the virtual
   * proxy has it so: then the token holds no user directory.
   */
  readonly userDirectory: string
  /** The claim with the names of the groups; without it, groups are not sent. */
  readonly groups?: string
  /**
   * Further claims, by the attribute of the user that they hold: `{ department: 'dept' }`. `name` and
   * `email` stand for the user's own fields. Other attributes are not sent.
   */
  readonly attributes?: Readonly<Record<string, string>>
}

/** A client-managed Qlik Sense, entered through one virtual proxy with the authentication method JWT. */
export interface ClientManagedDeployment {
  readonly product: 'client-managed'
  /** The proxy's origin, without a slash at the end. */
  readonly url: string
  /** The prefix of the virtual proxy; empty for the default one. */
  readonly prefix: string
  /** The directory of users who bring none of their own. */
  readonly userDirectory: string
  readonly claims: ClaimNames
  /** What the virtual proxy demands as audience, when it demands one. */
  readonly audience?: string
  readonly algorithms: readonly SigningAlgorithm[]
}

/** What `clientManaged` takes. */
export interface ClientManagedOptions {
  url: string
  prefix: string
  userDirectory: string
  claims: ClaimNames
  audience?: string | undefined
  algorithms?: readonly SigningAlgorithm[]
}

/**
 * Names that JWT itself gives a meaning to. Qlik: the names "can be anything (except reserved key
 * words for JWT claims)"; its list was not seen, these are the registered ones (RFC 7519 section 4.1)
 * but `sub`, which `checkDeployment` tells of.
 */
export const reservedClaimNames: readonly string[] = ['iss', 'aud', 'exp', 'nbf', 'iat', 'jti']

const signingAlgorithms: readonly SigningAlgorithm[] = ['RS256', 'RS384', 'RS512']

/**
 * Describes a client-managed Qlik Sense and its virtual proxy for JWT.
 *
 * `sub` as a claim name is taken, since no source says whether Qlik takes it; `checkDeployment` has a
 * finding for it.
 *
 * @param options.url the proxy's origin, over https; plain http only for loopback names
 * @param options.prefix the virtual proxy's prefix, `a-z 0-9 - . _ ~`, up to 128 characters; `''` for
 * the default virtual proxy
 * @param options.userDirectory the directory of users who bring none, 1 to 255 characters
 * @param options.claims the claims' names, as the virtual proxy has them, 1 to 128 characters each and
 * all different; `iss`, `aud`, `exp`, `nbf`, `iat` and `jti` are refused
 * @param options.audience the virtual proxy's "JWT audience", when it has one, 1 to 256 characters
 * @param options.algorithms those that may sign; RS256, RS384 and RS512 when left out
 * @returns a frozen deployment
 * @throws ERR_TOKEN_DEPLOYMENT when one is not as said above
 * @see https://community.qlik.com/t5/Official-Support-Articles/Qlik-Sense-How-to-set-up-JWT-authentication/ta-p/1716226
 * @example
 * const server = clientManaged({
 *   url: 'https://sense.acme.example',
 *   prefix: 'jwt',
 *   userDirectory: 'ACME',
 *   claims: { userId: 'userId', userDirectory: 'userDirectory', groups: 'group' },
 * })
 */
export function clientManaged(options: ClientManagedOptions): ClientManagedDeployment {
  const deployment = readClientManaged(options)
  for (const [option, name] of namedClaims(deployment.claims)) refuseReserved(option, name)
  return deployment
}

/** Everything that is wrong with the options, where `clientManaged` stops at the first. */
export function clientManagedProblems(options: ClientManagedOptions): JotgateError[] {
  const { url, prefix, userDirectory, claims, audience, algorithms } = fieldsOf(options)
  const isRead = (read: () => unknown) => refusalsOf([read]).length === 0
  const ofClaims: (() => unknown)[] = [claims]
  if (isRead(claims)) {
    const names = claims()
    for (const [option, name] of namedClaims(names))
      ofClaims.push(() => refuseReserved(option, name))
    if (isRead(userDirectory)) ofClaims.push(() => refuseOtherConstant(names, userDirectory()))
  }
  return refusalsOf([url, prefix, userDirectory, ...ofClaims, audience, algorithms])
}

function refuseReserved(option: string, name: string): void {
  if (reservedClaimNames.includes(name))
    throw refuse(option, `is ${name}, a name that JWT itself uses`)
}

function refuseOtherConstant(claims: ClaimNames, userDirectory: string): void {
  const constant = constantDirectory(claims)
  if (constant !== undefined && constant !== userDirectory)
    throw refuse('claims.userDirectory', 'is a constant other than userDirectory')
}

function fieldsOf({
  url,
  prefix,
  userDirectory,
  claims,
  audience,
  algorithms,
}: ClientManagedOptions) {
  return {
    url: () => parseOrigin(url),
    prefix: () => parsePrefix(prefix),
    userDirectory: () => parseText('userDirectory', userDirectory, 255),
    claims: () => parseClaimNames(claims),
    audience: () => (audience === undefined ? undefined : parseText('audience', audience, 256)),
    algorithms: () => parseAlgorithms(algorithms),
  }
}

/** The options in their final form; reserved names stand, so that a check can tell of them. */
export function readClientManaged(options: ClientManagedOptions): ClientManagedDeployment {
  if (typeof options !== 'object' || options === null) throw new TypeError('Options are needed')
  const fields = fieldsOf(options)
  const userDirectory = fields.userDirectory()
  const claims = fields.claims()
  refuseOtherConstant(claims, userDirectory)
  const audience = fields.audience()
  return Object.freeze({
    product: 'client-managed',
    url: fields.url(),
    prefix: fields.prefix(),
    userDirectory,
    claims,
    ...(audience === undefined ? {} : { audience }),
    algorithms: fields.algorithms(),
  })
}

/** The user directory that the virtual proxy itself has, when it reads none from the token. */
export function constantDirectory(claims: ClaimNames): string | undefined {
  return /^\[(.+)\]$/.exec(claims.userDirectory)?.[1]
}

/** Every name that stands for a claim in a token, with the option that gave it. */
export function namedClaims(claims: ClaimNames): [option: string, name: string][] {
  const named: [string, string][] = [['claims.userId', claims.userId]]
  if (constantDirectory(claims) === undefined)
    named.push(['claims.userDirectory', claims.userDirectory])
  if (claims.groups !== undefined) named.push(['claims.groups', claims.groups])
  for (const [attribute, name] of Object.entries(claims.attributes ?? {}))
    named.push([`claims.attributes.${attribute}`, name])
  return named
}

function parseClaimNames(value: unknown): ClaimNames {
  if (typeof value !== 'object' || value === null)
    throw refuse('claims', `must name userId and userDirectory, not be ${kindOf(value)}`)
  const { userId, userDirectory, groups, attributes } = value as Partial<ClaimNames>
  const claims: ClaimNames = Object.freeze({
    userId: parseName('claims.userId', userId),
    userDirectory: parseDirectoryName(userDirectory),
    ...(groups === undefined ? {} : { groups: parseName('claims.groups', groups) }),
    ...(attributes === undefined ? {} : { attributes: parseAttributes(attributes) }),
  })
  const seen = new Set<string>()
  for (const [option, name] of namedClaims(claims)) {
    if (seen.has(name)) throw refuse(option, 'is the name of another claim too')
    seen.add(name)
  }
  return claims
}

function parseAttributes(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refuse('claims.attributes', `must be an object, not ${kindOf(value)}`)
  const attributes = Object.entries(value).map(([attribute, name]) => [
    attribute,
    parseName(`claims.attributes.${attribute}`, name),
  ])
  return Object.freeze(Object.fromEntries(attributes) as Record<string, string>)
}

function parseDirectoryName(value: unknown): string {
  const constant = typeof value === 'string' ? /^\[(.*)\]$/s.exec(value)?.[1] : undefined
  if (constant === undefined) return parseName('claims.userDirectory', value)
  parseText('claims.userDirectory', constant, 255)
  return String(value)
}

/** A bracket would make the virtual proxy take the name for a constant. */
function parseName(option: string, value: unknown): string {
  const name = parseText(option, value, 128)
  if (/^\[|\]$/.test(name)) throw refuse(option, 'must not stand in square brackets')
  return name
}

function parseText(option: string, value: unknown, maxLength: number): string {
  const problem = textProblem(value, maxLength)
  if (problem !== undefined) throw refuse(option, problem)
  return value as string
}

/** Qlik's own alphabet for prefixes; `.` and `..` would be folders in an address. */
function parsePrefix(value: unknown): string {
  if (typeof value !== 'string')
    throw refuse('prefix', `must be a string, not ${kindOf(value)}; '' is the default one`)
  if (!/^[a-z0-9._~-]{0,128}$/.test(value))
    throw refuse('prefix', 'may hold a-z, 0-9 and - . _ ~ only, up to 128 of them')
  if (/^\.\.?$/.test(value)) throw refuse('prefix', 'is a dot segment')
  return value
}

function parseAlgorithms(value: unknown): readonly SigningAlgorithm[] {
  if (value === undefined) return signingAlgorithms
  if (!Array.isArray(value) || value.length === 0)
    throw refuse('algorithms', `must be a list of RS256, RS384 and RS512`)
  for (const algorithm of value)
    if (!signingAlgorithms.includes(algorithm))
      throw refuse('algorithms', 'may hold RS256, RS384 and RS512 only')
  return Object.freeze([...new Set(value as SigningAlgorithm[])])
}

function refuse(option: string, problem: string) {
  return tokenErrors.ERR_TOKEN_DEPLOYMENT({ option, problem })
}
