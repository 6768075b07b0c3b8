import { readUser, type User } from '../../../token/index.ts'
import {
  definedOf,
  found,
  isObject,
  type JsonObject,
  kindOf,
  ownMember,
  type Reading,
  readAll,
  readEach,
  readString,
  refused,
} from '../../../values/index.ts'
import { notIdentified } from './not-identified.ts'

/** A claim by its name, or by the names on the way to it: `['realm_access', 'roles']`. */
export type ClaimName = string | readonly string[]

/** Which claims of a token are which fields of the user. */
export interface ClaimNamesOfUser {
  /** Default `sub`. */
  readonly subject?: ClaimName
  /** The user directory; client-managed deployments only. Default none. */
  readonly directory?: ClaimName
  /** Default `name`. */
  readonly name?: ClaimName
  /** Default `email`. */
  readonly email?: ClaimName
  /**
   * Default `email_verified`; true, `"true"`, 1 and `"1"` count. `true` in place of a name where the issuer alone
   * assigns addresses, and people cannot change them.
   */
  readonly emailVerified?: ClaimName | true
  /** Default `groups`. `false` when they are not needed: then a token that omits them for their number is accepted. */
  readonly groups?: ClaimName | false
  /** Further attributes, by their names here. Default none, at most 100. */
  readonly attributes?: Readonly<Record<string, ClaimName>>
}

type Path = readonly string[]

interface Paths {
  readonly subject: Path
  readonly directory: Path | undefined
  readonly name: Path
  readonly email: Path
  readonly emailVerified: Path | true
  readonly groups: Path | false
  readonly attributes: readonly (readonly [string, Path])[]
}

/** Reads the names, and gives what makes a user of claims. */
export function readClaimNames(
  option: string,
  value: unknown,
): Reading<(claims: JsonObject) => User> {
  const names = value ?? {}
  if (!isObject(names)) return refused(option, `must be an object, not ${kindOf(names)}`)
  const at = (name: string, fallback?: string) =>
    readPath(`${option}.${name}`, names[name] ?? fallback)
  const paths = readAll({
    subject: at('subject', 'sub'),
    directory: names.directory === undefined ? found(undefined) : at('directory'),
    name: at('name', 'name'),
    email: at('email', 'email'),
    emailVerified:
      names.emailVerified === true ? found(true as const) : at('emailVerified', 'email_verified'),
    groups: names.groups === false ? found(false as const) : at('groups', 'groups'),
    attributes: readAttributeNames(`${option}.attributes`, names.attributes),
  })
  return paths.problems === undefined ? found((claims) => toUser(claims, paths.value)) : paths
}

function readAttributeNames(option: string, value: unknown): Reading<(readonly [string, Path])[]> {
  if (value === undefined) return found([])
  if (!isObject(value)) return refused(option, `must be an object, not ${kindOf(value)}`)
  const readings = Object.entries(value).map(([name, claim]) => {
    const path = readPath(`${option}.${name}`, claim)
    return path.problems === undefined ? found([name, path.value] as const) : path
  })
  return readEach(readings)
}

function readPath(option: string, value: unknown): Reading<Path> {
  const names: readonly unknown[] = Array.isArray(value) ? value : [value]
  if (names.length === 0 || names.length > 8) return refused(option, 'must have 1 to 8 names')
  return readEach(names.map((name) => readString(option, name, 256)))
}

function claimAt(claims: JsonObject, path: Path): unknown {
  let value: unknown = claims
  for (const name of path) value = isObject(value) ? ownMember(value, name) : undefined
  return value
}

/** @throws ERR_GATEWAY_NOT_IDENTIFIED */
function toUser(claims: JsonObject, paths: Paths): User {
  const { directory, emailVerified } = paths
  const attributes = paths.attributes.map(([name, path]) => [name, claimAt(claims, path)])
  const user = readUser({
    ...definedOf({
      subject: claimAt(claims, paths.subject),
      directory: directory && claimAt(claims, directory),
      name: claimAt(claims, paths.name),
      email: claimAt(claims, paths.email),
      groups: groupsOf(claims, paths.groups),
    }),
    emailVerified: emailVerified === true || isYes(claimAt(claims, emailVerified)),
    ...(attributes.length > 0 ? { attributes: Object.fromEntries(attributes) } : {}),
  })
  if (user.problems === undefined) return user.value
  const [{ option, problem }] = user.problems
  throw notIdentified(`the user of the token is not complete: ${option} ${problem}`)
}

/** A string at Amazon Cognito, and 1 in Microsoft Entra’s `xms_edov`. */
const isYes = (value: unknown) => value === true || value === 'true' || value === 1 || value === '1'

/**
 * A list, or the name of a single group, as AD FS gives it.
 *
 * SECURITY: Microsoft Entra omits the groups of a person who is in more than 200 of them. Without them, a rule that
 * denies a group would let this person in.
 */
function groupsOf(claims: JsonObject, path: Path | false): unknown {
  if (path === false) return undefined
  const elsewhere = ownMember(claims, '_claim_names')
  const [name = ''] = path
  if (
    ownMember(claims, 'hasgroups') === true ||
    (isObject(elsewhere) && Object.hasOwn(elsewhere, name))
  )
    throw notIdentified(
      'the token omits the groups, since they are too many: let the provider send those that are assigned to the application, or set `claims.groups` to false',
    )
  const groups = claimAt(claims, path)
  return typeof groups === 'string' ? [groups] : groups
}
