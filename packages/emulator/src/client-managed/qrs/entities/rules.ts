import { systemRuleDefaults } from '../../repository/rules/default-rules.ts'
import { isConditionProblem, parseCondition } from '../../repository/rules/parse-condition.ts'
import { allActions } from '../../repository/rules/system-rule.ts'
import { oneOf, text, wholeNumber, yesNo } from '../fields.ts'
import { badRequest, forbidden, qrsTexts } from '../refusal.ts'
import type { EntityType } from './entity-type.ts'

export const systemRules: EntityType = {
  path: 'systemrule',
  type: 'SystemRule',
  fields: {
    tags: { kind: 'references', to: 'Tag' },
    category: text,
    type: text,
    name: text,
    rule: { kind: 'string', maxLength: 4000 },
    resourceFilter: { kind: 'string', maxLength: 4000 },
    actions: wholeNumber(0, allActions),
    ruleContext: oneOf('RuleContext', 'BothQlikSenseAndQMC', 'QlikSenseOnly', 'QMCOnly'),
    comment: text,
    disabled: yesNo,
  },
  condensed: [
    'category',
    'type',
    'name',
    'rule',
    'resourceFilter',
    'actions',
    'comment',
    'disabled',
  ],
  writes: ['create', 'update', 'delete'],
  collection: (repository) => repository.systemRules,
  defaults: () => ({ ...systemRuleDefaults() }),
  check({ draft, before }) {
    if (before?.type === 'ReadOnly') return forbidden('Read only rules cannot be edited')
    if (draft.name === '' || draft.resourceFilter === '')
      return badRequest('name and resourceFilter are required')
    const condition = parseCondition(String(draft.rule))
    if (!isConditionProblem(condition)) return { ...draft, type: 'Custom' }
    const detail = `${condition.problem}, at character ${condition.position}`
    return { ...badRequest(qrsTexts.cannotParse(String(draft.rule))), detail }
  },
  refuseDelete: ({ type }) =>
    type === 'ReadOnly' ? forbidden('Read only rules cannot be deleted') : undefined,
}
