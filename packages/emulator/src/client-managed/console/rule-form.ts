import { isObject } from '../../http/read-body.ts'
import type { FieldsOf } from '../repository/entity.ts'
import { systemRuleDefaults } from '../repository/rules/default-rules.ts'
import { isConditionProblem, parseCondition } from '../repository/rules/parse-condition.ts'
import type { SystemRule } from '../repository/rules/system-rule.ts'
import type { FormRefusal } from './virtual-proxy-form.ts'

/** Reads the form of a security rule; a condition that cannot be read is not saved. */
export function readRuleForm(
  form: unknown,
): { readonly fields: FieldsOf<SystemRule> } | FormRefusal {
  const given = isObject(form) ? form : {}
  const textOf = (name: string) => (typeof given[name] === 'string' ? given[name].trim() : '')
  const [name, resourceFilter, rule] = ['name', 'resourceFilter', 'rule'].map(textOf) as [
    string,
    string,
    string,
  ]
  if (name === '')
    return { field: 'name', error: 'The name is missing', hint: 'Say what it allows.' }
  if (resourceFilter === '')
    return {
      field: 'resourceFilter',
      error: 'The resource filter is missing',
      hint: 'App_* is every app, Stream_* every stream.',
    }
  const condition = parseCondition(rule)
  if (isConditionProblem(condition))
    return {
      field: 'rule',
      error: `The condition cannot be read: ${condition.problem}, at character ${condition.position + 1}`,
      hint: 'The README of the emulator lists what conditions may have.',
    }
  const { actions, ruleContext } = given
  return {
    fields: {
      ...systemRuleDefaults(),
      name,
      resourceFilter,
      rule,
      actions: Number.isInteger(actions) ? Number(actions) : 2,
      ruleContext: Number.isInteger(ruleContext) ? Number(ruleContext) : 0,
    },
  }
}
