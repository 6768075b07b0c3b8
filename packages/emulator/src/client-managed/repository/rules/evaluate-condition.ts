import type { Comparison, Condition, Operand } from './parse-condition.ts'
import { compilePattern, type Pattern } from './pattern.ts'
import type { Question, Resource, RuleData } from './question.ts'
import { matchesWildcard } from './resource-filter.ts'
import { type RuleAction, ruleActions } from './system-rule.ts'

/** What `matches` may cost in one decision: about half a second. */
export interface PatternBudget {
  /** Steps of patterns, for each character of a text. */
  stepsLeft: number
  readonly compiled: Map<string, Pattern | undefined>
}

export function newPatternBudget(): PatternBudget {
  return { stepsLeft: 5_000_000, compiled: new Map() }
}

/** What a condition is evaluated with. */
export interface Evaluation extends Question {
  readonly patterns: PatternBudget
  readonly data: RuleData
  /** Asks the rules for another action or another resource. */
  hasPrivilege(action: RuleAction, resource: Resource): boolean
}

/** Longer texts are compared by `matches` as far as this. */
const patternLimit = 500

type Values = readonly string[]

/** The value of a field by its name in any case. */
function fieldOf(record: object, name: string): unknown {
  return Object.entries(record).find(([key]) => key.toLowerCase() === name)?.[1]
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function customPropertyValues(entity: object, name: string, data: RuleData): Values {
  const values = fieldOf(entity, 'customproperties')
  if (!Array.isArray(values)) return []
  return values.flatMap(({ definition, value }: { definition: { id: string }; value: string }) => {
    const found = data.find(definition.id)?.entity
    const itsName = found === undefined ? undefined : fieldOf(found, 'name')
    return String(itsName).toLowerCase() === name ? [value] : []
  })
}

/** What a path leads to from an entity: values of fields, and IDs of entities. */
function walk({ type, entity }: Resource, path: readonly string[], data: RuleData): Values {
  const [name, ...rest] = path
  if (name === undefined) return [entity.id]
  if (name === 'resourcetype') return [type]
  if (name.startsWith('@')) return customPropertyValues(entity, name.slice(1), data)
  const found = fieldOf(entity, name)
  return (Array.isArray(found) ? found : [found]).flatMap((value: unknown): Values => {
    if (value === undefined || value === null) return []
    if (!isRecord(value)) return rest.length === 0 ? [String(value)] : []
    const target = data.find(String(value.id))
    return target === undefined ? [] : walk(target, rest, data)
  })
}

/** What the user directory says of a user, by the type of the attribute. */
function directoryValues({ requester }: Evaluation, name: string): Values {
  const attributes = requester.user?.attributes ?? []
  return attributes.flatMap(({ attributeType, attributeValue }) =>
    attributeType.toLowerCase() === name ? [attributeValue] : [],
  )
}

function environmentValues({ requester, context }: Evaluation, name: string): Values {
  if (name === 'context') return [context === 'hub' ? 'AppAccess' : 'ManagementAccess']
  const found = fieldOf(requester.environment ?? {}, name)
  return Array.isArray(found) ? found.map(String) : []
}

function userValues(evaluation: Evaluation, path: readonly string[]): Values {
  const { requester, data } = evaluation
  const [name = '', second] = path
  if (name === 'environment')
    return second === undefined ? [] : environmentValues(evaluation, second)
  const own =
    requester.user === undefined ? [] : walk({ type: 'User', entity: requester.user }, path, data)
  if (path.length !== 1) return own
  return [
    ...own,
    ...directoryValues(evaluation, name),
    ...(data.attributesAreProperties ? environmentValues(evaluation, name) : []),
  ]
}

function valuesOf(operand: Operand, evaluation: Evaluation): Values {
  if (operand.kind === 'values') return operand.values
  const [root, ...path] = operand.path
  return root === 'user'
    ? userValues(evaluation, path)
    : walk(evaluation.resource, path, evaluation.data)
}

/** Whether a text matches a pattern; what is too long, or comes when too much was spent, does not. */
function matchesPattern(text: string, pattern: string, budget: PatternBudget): boolean {
  if (pattern.length > patternLimit) return false
  const { compiled } = budget
  const found = compiled.has(pattern) ? compiled.get(pattern) : compilePattern(pattern)
  compiled.set(pattern, found)
  if (found === undefined) return false
  const shown = text.slice(0, patternLimit)
  budget.stepsLeft -= found.steps * shown.length
  return budget.stepsLeft >= 0 && found.matches(shown)
}

type Compare = (left: string, right: string, budget: PatternBudget) => boolean
const comparisons: Readonly<Record<Comparison, Compare>> = {
  '=': (left, right) => left.toLowerCase() === right.toLowerCase(),
  '!=': (left, right) => left.toLowerCase() !== right.toLowerCase(),
  '==': (left, right) => left === right,
  '!==': (left, right) => left !== right,
  like: (left, right) => matchesWildcard(right, left),
  matches: matchesPattern,
}

/** Of lists one pair is enough, for both equal and not equal. What is not there differs from everything. */
function compare(
  left: Values,
  operator: Comparison,
  right: Values,
  budget: PatternBudget,
): boolean {
  if (left.length === 0 || right.length === 0) return operator.startsWith('!')
  return left.some((one) => right.some((other) => comparisons[operator](one, other, budget)))
}

/** `read`, `Read`, `Change owner`: the action that a rule means. */
function toAction(text: string): RuleAction | undefined {
  const wanted = text.replaceAll(/\s/g, '').toLowerCase()
  return (Object.keys(ruleActions) as RuleAction[]).find((name) => name.toLowerCase() === wanted)
}

function call(condition: Condition & { kind: 'call' }, evaluation: Evaluation): boolean {
  const { name, path, argument = '' } = condition
  const { requester, resource, data, hasPrivilege } = evaluation
  switch (name) {
    case 'isanonymous':
      return requester.isAnonymous === true
    case 'isowned':
      return walk(resource, ['owner'], data).length > 0
    case 'empty':
      return valuesOf({ kind: 'path', path }, evaluation).every((value) => value === '')
    case 'hasprivilege': {
      const action = toAction(argument)
      if (action === undefined) return false
      return valuesOf({ kind: 'path', path }, evaluation).some((id) => {
        const target = id === resource.entity.id ? resource : data.find(id)
        return target !== undefined && hasPrivilege(action, target)
      })
    }
  }
}

/** Whether a condition holds. */
export function evaluateCondition(condition: Condition, evaluation: Evaluation): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.parts.every((part) => evaluateCondition(part, evaluation))
    case 'or':
      return condition.parts.some((part) => evaluateCondition(part, evaluation))
    case 'not':
      return !evaluateCondition(condition.part, evaluation)
    case 'compare':
      return compare(
        valuesOf(condition.left, evaluation),
        condition.operator,
        valuesOf(condition.right, evaluation),
        evaluation.patterns,
      )
    case 'call':
      return call(condition, evaluation)
  }
}
