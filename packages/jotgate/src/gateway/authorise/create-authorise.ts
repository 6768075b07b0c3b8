import type { User } from '../../token/index.ts'
import {
  definedOf,
  isObject,
  kindOf,
  type Problem,
  type Reading,
  readAll,
  refused,
  valueOrThrow,
} from '../../values/index.ts'
import { gatewayErrors } from '../errors.ts'
import type { Identity } from '../identify/identity.ts'
import { type GroupOptions, readAllowedGroups } from './allowed-groups.ts'
import type { Authorisation } from './authorisation.ts'
import { type DenyRule, type PersonCondition, readConditions } from './conditions.ts'
import { readTemplate, type Template } from './subject-template.ts'
import { readUpstreamRules, type UpstreamRule } from './upstream-rules.ts'

/** What `createAuthorise` takes. */
export interface AuthoriseOptions {
  /**
   * The subject at Qlik, with `{subject}`, `{directory}`, `{email}` or `{attributes.NAME}` in it. Default
   * `{subject}`. People who have not what it needs may not enter. Up to 255 characters.
   */
  readonly subject?: string
  /**
   * What happens to an address that the host application has not verified, or that is missing: `omit`, `deny`, or
   * `{ replaceBy: '{subject}@people.acme.example' }`, which is sent as not verified. Default `omit`. Qlik Cloud needs
   * an address, so there the default admits only people who have a verified one.
   */
  readonly unverifiedEmail?: 'omit' | 'deny' | { readonly replaceBy: string }
  /** Which groups Qlik is told. Default none. */
  readonly groups?: GroupOptions
  /** Who may enter: whoever one of these applies to. Default everybody. At most 1000. */
  readonly allow?: readonly PersonCondition[]
  /** Who may not, whatever `allow` says. Default nobody. At most 1000. */
  readonly deny?: readonly DenyRule[]
  /**
   * At a site that leaves it to the person: which of the gateway's `upstreams` is theirs, by the first rule that applies.
   * Whom none applies to may not enter. Default none is named. 1 to 1000.
   */
  readonly upstreams?: readonly UpstreamRule[]
}

/**
 * Decides who may reach Qlik, as whom, and with which groups.
 *
 * It is a pure function of its options and of what the host application says, so it can be tested without a
 * gateway. Nothing is passed on unasked: an e-mail address only when it is verified, a group only when it is
 * allowed by name. The reason of a refusal is for the audit log; the person gets the same answer for each.
 *
 * @param options.subject the subject at Qlik, up to 255 characters. Default `{subject}`
 * @param options.unverifiedEmail `omit` (default), `deny`, or what replaces it
 * @param options.groups which groups Qlik is told. Default none
 * @param options.allow who may enter. Default everybody. At most 1000 conditions
 * @param options.deny who may not. Default nobody. At most 1000 rules
 * @param options.upstreams whose deployment is which, where the site leaves it to the person. Default none is named
 * @throws ERR_GATEWAY_OPTION
 * @see docs/decisions/0014-who-sends-a-request.md
 * @example
 * const authorise = createAuthorise({
 *   subject: 'acme|{subject}',
 *   groups: { allow: ['sales', 'eu-*'], rename: { sales: 'Sales' }, prefix: 'acme/', max: 50 },
 *   deny: [{ group: 'contractors', reason: 'contractors have their own tenant' }],
 * })
 * const answer = authorise({ source: 'callback', user: { subject: '42', groups: ['sales', 'admin'] } })
 * if (answer.allowed) console.log(answer.user.subject, answer.user.groups)
 */
export function createAuthorise(
  options: AuthoriseOptions = {},
): (identity: Identity) => Authorisation {
  if (!isObject(options)) throw new TypeError('Options are needed')
  const { subject, unverifiedEmail, groups, allow, deny, upstreamOf } = valueOrThrow(
    readAll({
      subject: readTemplate('subject', options.subject ?? '{subject}'),
      unverifiedEmail: readUnverifiedEmail(options.unverifiedEmail),
      groups: readAllowedGroups('groups', options.groups),
      allow: readConditions('allow', options.allow ?? [], { unverifiedEmails: false }),
      upstreamOf: readUpstreamRules('upstreams', options.upstreams),
      deny: readConditions('deny', options.deny ?? [], { unverifiedEmails: true }),
    }),
    gatewayErrors.ERR_GATEWAY_OPTION,
  )
  const onlySome = options.allow !== undefined
  return ({ user }) => {
    const denied = deny.find(({ appliesTo }) => appliesTo(user))
    if (denied !== undefined) return refuse(denied.reason)
    if (onlySome && !allow.some(({ appliesTo }) => appliesTo(user)))
      return refuse('nothing of `allow` applies')
    const upstream = upstreamOf?.(user)
    if (upstreamOf !== undefined && upstream === undefined)
      return refuse('nothing of `upstreams` applies')
    const name = subject(user)
    if (name.problems !== undefined) return refuse(reasonOf(name.problems))
    const email = unverifiedEmail(user)
    if (email.problems !== undefined) return refuse(reasonOf(email.problems))
    const names = groups(user.groups ?? [])
    if (names === undefined)
      return refuse('the allowed groups are too many, or have too long names')
    return {
      allowed: true,
      user: Object.freeze<User>({
        subject: name.value,
        ...definedOf({ directory: user.directory, name: user.name, attributes: user.attributes }),
        ...email.value,
        groups: names,
      }),
      ...definedOf({ upstream }),
    }
  }
}

const refuse = (reason: string): Authorisation => ({ allowed: false, reason })

const reasonOf = ([{ option, problem }]: readonly [Problem, ...Problem[]]) => `${option} ${problem}`

type Email = Pick<User, 'email' | 'emailVerified'>

/**
 * Only what the host application has verified: at Qlik, another person may have the same address. A replacement
 * is one of the operator's making, and nobody's proof of anything.
 */
function readUnverifiedEmail(value: unknown): Reading<(user: User) => Reading<Email>> {
  const orElse = readOtherwise(value)
  if (orElse.problems !== undefined) return orElse
  return {
    value: ({ email, emailVerified, ...user }) =>
      email !== undefined && emailVerified === true
        ? { value: { email, emailVerified } }
        : orElse.value(user),
  }
}

function readOtherwise(value: unknown): Reading<(user: User) => Reading<Email>> {
  const option = 'unverifiedEmail'
  if (value === undefined || value === 'omit') return { value: () => ({ value: {} }) }
  if (value === 'deny')
    return { value: () => refused(option, 'is `deny`, and this person has no verified address') }
  if (!isObject(value))
    return refused(option, `must be omit, deny or { replaceBy }, not ${kindOf(value)}`)
  const template = readTemplate(`${option}.replaceBy`, value.replaceBy)
  if (template.problems !== undefined) return template
  return { value: (user) => replacement(template.value, user) }
}

function replacement(template: Template, user: User): Reading<Email> {
  const email = template(user)
  return email.problems === undefined
    ? { value: { email: email.value, emailVerified: false } }
    : email
}
