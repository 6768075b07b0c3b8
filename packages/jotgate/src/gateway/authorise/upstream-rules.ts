import type { User } from '../../token/index.ts'
import {
  found,
  isObject,
  kindOf,
  type Reading,
  readAll,
  readEach,
  readString,
  refused,
} from '../../values/index.ts'
import { type PersonCondition, readCondition } from './conditions.ts'

/** Whose deployment one is. */
export interface UpstreamRule extends PersonCondition {
  /** Its name among the `upstreams` of the gateway. 1 to 64 characters. */
  readonly upstream: string
}

const maxRules = 1000

/** Reads rules of which the first that applies names a person's deployment; undefined when there are none. */
export function readUpstreamRules(
  option: string,
  value: unknown,
): Reading<((user: User) => string | undefined) | undefined> {
  if (value === undefined) return found(undefined)
  if (!Array.isArray(value)) return refused(option, `must be an array, not ${kindOf(value)}`)
  if (value.length === 0) return refused(option, 'is empty: nobody would have a deployment')
  if (value.length > maxRules) return refused(option, `has more than ${maxRules} rules`)
  const rules = readEach(value.map((one, at) => readRule(`${option}[${at}]`, one)))
  if (rules.problems !== undefined) return rules
  return found((user) => rules.value.find(({ condition }) => condition.appliesTo(user))?.upstream)
}

function readRule(option: string, value: unknown) {
  if (!isObject(value)) return refused(option, `must be an object, not ${kindOf(value)}`)
  const { upstream, ...condition } = value
  return readAll({
    upstream: readString(`${option}.upstream`, upstream, 64),
    // An address that is not verified may be somebody else's, who has another deployment.
    condition: readCondition(option, condition, false),
  })
}
