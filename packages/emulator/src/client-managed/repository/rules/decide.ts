import { evaluateCondition, newPatternBudget, type PatternBudget } from './evaluate-condition.ts'
import { type Condition, isConditionProblem, parseCondition } from './parse-condition.ts'
import type { Question, Resource, RuleData } from './question.ts'
import { filterNames } from './resource-filter.ts'
import {
  type RequestContext,
  type RuleAction,
  ruleActions,
  ruleContexts,
  type SystemRule,
} from './system-rule.ts'
import type { ConditionProblem } from './tokens.ts'

/** Why a rule did not allow what its filter names. */
export type RuleOutcome = 'condition' | 'action' | 'context' | 'disabled' | 'unreadable'

/** What the rules say. */
export interface Decision {
  readonly allowed: boolean
  /** The rule that allows it. */
  readonly rule?: SystemRule
  /** Rules whose filter names the resource and that did not allow it, when none did. */
  readonly others: readonly { readonly rule: SystemRule; readonly because: RuleOutcome }[]
}

/** `HasPrivilege` asks the rules again; a rule that leads back to itself ends here. */
const depthLimit = 4

const parsed = new WeakMap<SystemRule, Condition | undefined | ConditionProblem>()

function conditionOf(rule: SystemRule): Condition | undefined | ConditionProblem {
  if (!parsed.has(rule)) parsed.set(rule, parseCondition(rule.rule))
  return parsed.get(rule)
}

function appliesIn(rule: SystemRule, context: RequestContext): boolean {
  return rule.ruleContext === ruleContexts.both || rule.ruleContext === ruleContexts[context]
}

/** Answers of `HasPrivilege` during one decision: without them, each level would ask all of the next one again. */
type Answers = Map<string, boolean>

/** Where in a decision a question is asked. */
interface Place {
  readonly data: RuleData
  readonly depth: number
  readonly answers: Answers
  readonly patterns: PatternBudget
}

/** The answer of `HasPrivilege`; one question is asked once at each depth. */
function hasPrivilegeAt(question: Question, place: Place): boolean {
  const { depth, answers } = place
  if (depth > depthLimit) return false
  const { type, entity } = question.resource
  const key = JSON.stringify([depth, question.action, type, entity.id])
  const known = answers.get(key)
  if (known !== undefined) return known
  const { allowed } = decideAt(question, place)
  answers.set(key, allowed)
  return allowed
}

/** Undefined: the rule allows it. */
function refusalBy(rule: SystemRule, question: Question, place: Place): RuleOutcome | undefined {
  if (rule.disabled) return 'disabled'
  if (!appliesIn(rule, question.context)) return 'context'
  if ((rule.actions & ruleActions[question.action]) === 0) return 'action'
  const condition = conditionOf(rule)
  if (isConditionProblem(condition)) return 'unreadable'
  if (condition === undefined) return undefined
  const { data, depth, patterns } = place
  const hasPrivilege = (action: RuleAction, resource: Resource) =>
    hasPrivilegeAt({ ...question, action, resource }, { ...place, depth: depth + 1 })
  return evaluateCondition(condition, { ...question, data, patterns, hasPrivilege })
    ? undefined
    : 'condition'
}

function decideAt(question: Question, place: Place): Decision {
  const { type, entity } = question.resource
  const others: { rule: SystemRule; because: RuleOutcome }[] = []
  for (const rule of place.data.rules) {
    if (!filterNames(rule.resourceFilter, { type, id: entity.id })) continue
    const because = refusalBy(rule, question, place)
    if (because === undefined) return { allowed: true, rule, others: [] }
    others.push({ rule, because })
  }
  return { allowed: false, others }
}

/** Asks the security rules: the first that allows it decides, and what none allows is refused. */
export function decide(question: Question, data: RuleData): Decision {
  return decideAt(question, { data, depth: 0, answers: new Map(), patterns: newPatternBudget() })
}
