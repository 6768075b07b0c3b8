import {
  algorithmsOf,
  found,
  foundUnless,
  isObject,
  joinWords,
  kindOf,
  type Problem,
  type Reading,
  readAll,
  readOrigin,
  readString,
  refused,
  type SigningAlgorithm,
  valueOrThrow,
} from '../values/index.ts'
import { asChecked } from './checked-deployments.ts'
import { tokenErrors } from './errors.ts'

/** The names of the claims, as in the "JWT attribute" fields and the attribute mapping of the virtual proxy. */
export interface ClaimNames {
  /** The claim with the user ID. */
  readonly userId: string
  /**
   * The claim with the user directory; or a constant in square brackets, `[ACME]`, when the virtual
   * proxy has one: then the token contains no user directory.
   */
  readonly userDirectory: string
  /** The claim with the names of the groups; when omitted, groups are not sent. */
  readonly groups?: string
  /**
   * Further claims, by the attribute of the user that they contain: `{ department: 'dept' }`. `name` and
   * `email` are the user's own fields. Other attributes are not sent.
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
  /** The directory of users who have none of their own. */
  readonly userDirectory: string
  readonly claims: ClaimNames
  /** The audience that the virtual proxy requires, when it requires one. */
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
 * Names that have a meaning in JWT itself. Qlik: the names "can be anything (except reserved key words for
 * JWT claims)". Its list was not seen; these are the registered ones (RFC 7519 section 4.1) without `sub`,
 * for which `checkDeployment` has a finding.
 */
export const reservedClaimNames: readonly string[] = ['iss', 'aud', 'exp', 'nbf', 'iat', 'jti']

/**
 * Describes a client-managed Qlik Sense and its virtual proxy for JWT.
 *
 * `sub` is accepted as a claim name, since no source says whether Qlik accepts it; `checkDeployment` has
 * a finding for it.
 *
 * @param options.url the proxy's origin, over https; plain http only for loopback names
 * @param options.prefix the virtual proxy's prefix, `a-z 0-9 - . _ ~`, up to 128 characters; `''` for
 * the default virtual proxy
 * @param options.userDirectory the directory of users who have none, 1 to 255 characters
 * @param options.claims the claims' names, as in the virtual proxy, 1 to 128 characters each and all
 * different; `iss`, `aud`, `exp`, `nbf`, `iat` and `jti` are refused
 * @param options.audience the virtual proxy's "JWT audience", when it has one, 1 to 256 characters
 * @param options.algorithms those that may sign; default RS256, RS384 and RS512
 * @returns a frozen deployment
 * @throws ERR_TOKEN_DEPLOYMENT when one is not as described
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
  if (typeof options !== 'object' || options === null) throw new TypeError('Options are needed')
  return valueOrThrow(readClientManaged(options), tokenErrors.ERR_TOKEN_DEPLOYMENT)
}

/** Makes the deployment, or reports everything that is wrong with the options. */
export function readClientManaged(options: ClientManagedOptions): Reading<ClientManagedDeployment> {
  const deployment = readWithout(reservedClaimNames, options)
  return deployment.problems === undefined ? found(asChecked(deployment.value)) : deployment
}

/** Does the same for a check, which reports reserved claim names as a finding. */
export function readWithAnyNames(options: ClientManagedOptions): Reading<ClientManagedDeployment> {
  return readWithout([], options)
}

function readWithout(
  reserved: readonly string[],
  options: ClientManagedOptions,
): Reading<ClientManagedDeployment> {
  const { url, prefix, claims, audience, algorithms } = options
  const userDirectory = readString('userDirectory', options.userDirectory, 255)
  const fields = readAll({
    url: readOrigin('url', url),
    prefix: readPrefix(prefix),
    userDirectory,
    claims: readClaimNames(claims, userDirectory.value, reserved),
    audience: audience === undefined ? found(undefined) : readString('audience', audience, 256),
    algorithms: readAlgorithms(algorithms),
  })
  if (fields.problems !== undefined) return fields
  const { audience: demanded, ...others } = fields.value
  const deployment = { product: 'client-managed', ...others } as const
  return found(
    Object.freeze(demanded === undefined ? deployment : { ...deployment, audience: demanded }),
  )
}

/** The user directory that is a constant of the virtual proxy, which then reads none from the token. */
export function constantDirectory(claims: ClaimNames): string | undefined {
  return /^\[(.+)\]$/.exec(claims.userDirectory)?.[1]
}

/** Every name of a claim in a token, with the option that gives it. */
export function namedClaims(claims: ClaimNames): [option: string, name: string][] {
  const named: [string, string][] = [['claims.userId', claims.userId]]
  if (constantDirectory(claims) === undefined)
    named.push(['claims.userDirectory', claims.userDirectory])
  if (claims.groups !== undefined) named.push(['claims.groups', claims.groups])
  for (const [attribute, name] of Object.entries(claims.attributes ?? {}))
    named.push([`claims.attributes.${attribute}`, name])
  return named
}

function readClaimNames(
  value: unknown,
  directory: string | undefined,
  reserved: readonly string[],
): Reading<ClaimNames> {
  if (!isObject(value))
    return refused(
      'claims',
      `must be an object with userId and userDirectory, not ${kindOf(value)}`,
    )
  const { userId, userDirectory, groups, attributes } = value
  const names = readAll({
    userId: readName('claims.userId', userId),
    userDirectory: readDirectoryName(userDirectory),
    ...(groups === undefined ? {} : { groups: readName('claims.groups', groups) }),
    ...(attributes === undefined ? {} : { attributes: readAttributes(attributes) }),
  })
  if (names.problems !== undefined) return names
  const claims: ClaimNames = Object.freeze(names.value)
  const constant = constantDirectory(claims)
  const problems = nameProblems(claims, reserved)
  if (constant !== undefined && directory !== undefined && constant !== directory)
    problems.push({
      option: 'claims.userDirectory',
      problem: 'is a constant that differs from userDirectory',
    })
  return foundUnless(problems, claims)
}

function nameProblems(claims: ClaimNames, reserved: readonly string[]): Problem[] {
  const named = namedClaims(claims)
  return named.flatMap(([option, name], index) => {
    const isRepeated = named.findIndex((other) => other[1] === name) < index
    if (isRepeated) return [{ option, problem: 'is the name of another claim too' }]
    if (!reserved.includes(name)) return []
    return [{ option, problem: `is ${name}, a name that JWT itself uses` }]
  })
}

function readAttributes(value: unknown): Reading<Readonly<Record<string, string>>> {
  if (!isObject(value))
    return refused('claims.attributes', `must be an object, not ${kindOf(value)}`)
  const readings = Object.entries(value).map(([attribute, name]) => [
    attribute,
    readName(`claims.attributes.${attribute}`, name),
  ])
  const names = readAll(Object.fromEntries(readings) as Record<string, Reading<string>>)
  return names.problems === undefined ? found(Object.freeze(names.value)) : names
}

function readDirectoryName(value: unknown): Reading<string> {
  const constant = typeof value === 'string' ? /^\[(.*)\]$/s.exec(value)?.[1] : undefined
  if (constant === undefined) return readName('claims.userDirectory', value)
  const directory = readString('claims.userDirectory', constant, 255)
  return directory.problems === undefined ? found(`[${directory.value}]`) : directory
}

/** A bracket would make the virtual proxy take the name for a constant. */
function readName(option: string, value: unknown): Reading<string> {
  const name = readString(option, value, 128)
  if (/^\[|\]$/.test(name.value ?? '')) return refused(option, 'must not be in square brackets')
  return name
}

/** Qlik's own alphabet for prefixes; `.` and `..` would be folders in an address. */
function readPrefix(value: unknown): Reading<string> {
  if (typeof value !== 'string')
    return refused('prefix', `must be a string, not ${kindOf(value)}; '' is the default one`)
  if (!/^[a-z0-9._~-]{0,128}$/.test(value))
    return refused('prefix', 'may contain only a-z, 0-9 and - . _ ~, up to 128 of them')
  if (/^\.\.?$/.test(value)) return refused('prefix', 'is a dot segment')
  return found(value)
}

function readAlgorithms(value: unknown): Reading<readonly SigningAlgorithm[]> {
  const all = algorithmsOf('client-managed')
  if (value === undefined) return found(all)
  if (!Array.isArray(value) || value.length === 0)
    return refused('algorithms', `must be an array of ${joinWords(all)}`)
  if (!value.every((one) => all.includes(one)))
    return refused('algorithms', `may contain only ${joinWords(all)}`)
  return found(Object.freeze([...new Set<SigningAlgorithm>(value)]))
}
