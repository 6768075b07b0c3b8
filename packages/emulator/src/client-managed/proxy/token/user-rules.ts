import type { ClientManagedSwitches } from '../../switches.ts'
import { claimOf, type Draft, type Refusal, type Rule, refuse } from './rule.ts'

/** Names with a meaning in JWT itself (RFC 7519 §4.1), which Qlik excludes; for `sub` there is a switch. */
const reserved = ['iss', 'aud', 'exp', 'nbf', 'iat', 'jti']

function refuseReserved(name: string, switches: ClientManagedSwitches): Refusal | undefined {
  if (reserved.includes(name)) return refuse(`${name} is a reserved claim of JWT`)
  return name === 'sub' && switches.subAsAttribute === 'refused'
    ? refuse('sub is a reserved claim of JWT', 'subAsAttribute')
    : undefined
}

/** C0, DEL and C1 controls, and halves of surrogate pairs. */
const unprintable = /[\p{Cc}\p{Cs}]/u

function readName(
  draft: Draft,
  { field, name, switches }: { field: string; name: string; switches: ClientManagedSwitches },
): Refusal | string {
  if (name === '') return refuse(`The virtual proxy has no ${field}`)
  const isReserved = refuseReserved(name, switches)
  if (isReserved !== undefined) return isReserved
  const value = claimOf(draft, name)
  if (value === undefined) return refuse(`The token has no ${name}, the ${field}`)
  if (typeof value !== 'string') return refuse(`${name}, the ${field}, is not a string`)
  if (value.trim() === '') return refuse(`${name}, the ${field}, is empty`)
  if (switches.userNameForm === 'refused' && (value.length > 255 || unprintable.test(value)))
    return refuse(`${name}, the ${field}, cannot be a name`, 'userNameForm')
  return value
}

const user: Rule = {
  name: 'user',
  check(draft, { virtualProxy, switches }) {
    const { jwtAttributeUserId, jwtAttributeUserDirectory } = virtualProxy
    const idField = 'JWT attribute for user ID'
    const id = readName(draft, { field: idField, name: jwtAttributeUserId, switches })
    if (typeof id !== 'string') return id
    const constant = /^\[(.+)\]$/.exec(jwtAttributeUserDirectory)?.[1]
    const directory =
      constant !== undefined && switches.bracketDirectory === 'constant'
        ? constant
        : readName(draft, {
            field: 'JWT attribute for user directory',
            name: jwtAttributeUserDirectory,
            switches,
          })
    if (typeof directory !== 'string')
      return constant === undefined ? directory : refuse(directory.detail, 'bracketDirectory')
    return { user: { directory: directory.toUpperCase(), id } }
  },
}

/** The values of a claim as strings; undefined where the switch drops or refuses it. */
function toValues(value: unknown, other: ClientManagedSwitches['attributeOfOtherType']) {
  const all: readonly unknown[] = Array.isArray(value) ? value : [value]
  if (all.every((one) => typeof one === 'string')) return all as readonly string[]
  return other === 'text'
    ? all.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)))
    : undefined
}

const attributes: Rule = {
  name: 'attributes',
  check(draft, { virtualProxy: { jwtAttributeMap }, switches }) {
    const { attributeOfOtherType } = switches
    const found = new Map<string, string[]>()
    for (const { jwtAttribute, senseAttribute, isMandatory } of jwtAttributeMap) {
      const isReserved = refuseReserved(jwtAttribute, switches)
      if (isReserved !== undefined) return isReserved
      const value = claimOf(draft, jwtAttribute)
      if (value === undefined) {
        if (isMandatory)
          return refuse(
            `The token has no ${jwtAttribute}, which the attribute map has as mandatory`,
          )
        continue
      }
      const values = toValues(value, attributeOfOtherType)
      if (values === undefined && attributeOfOtherType === 'refused')
        return refuse(
          `${jwtAttribute} is not a string or a list of strings`,
          'attributeOfOtherType',
        )
      found.set(senseAttribute, [...(found.get(senseAttribute) ?? []), ...(values ?? [])])
    }
    return { attributes: found }
  },
}

/** Who the token is for: the attributes that the virtual proxy names. */
export const userRules: readonly Rule[] = [user, attributes]
