import type { SecurityRule } from '../../qlik/index.ts'
import type { Fields, Kind } from '../kind.ts'
import { ownerOf, withMark, withoutMark } from '../mark.ts'
import { type KindOptions, tagOf } from './virtual-proxy.ts'

const actionBits = { Create: 1, Read: 2, Update: 4, Delete: 8 } as const
type RuleAction = keyof typeof actionBits
const contexts = ['Both in hub and QMC', 'Only in hub', 'Only in QMC'] as const

/** A security rule as the QMC shows it. */
export interface RuleText {
  readonly name: string
  readonly resourceFilter: string
  /** The QMC’s field “Conditions”. */
  readonly rule: string
  readonly actions: readonly RuleAction[]
  readonly context: (typeof contexts)[number]
}

/**
 * The security rules that let a service user plan and apply the setup of one virtual proxy, and nothing else.
 *
 * Whoever may change a virtual proxy can make it trust a key of their own, and then be anybody who logs in by it: the
 * rules name the one virtual proxy, and give no right to make another or to write rules.
 *
 * @param options.user who they are for
 * @param options.prefix of the virtual proxy
 * @param options.setupId of the setup, whose tag it may make
 * @example
 * const user = { directory: 'SERVICE', id: 'jotgate' }
 * for (const rule of serviceUserRules({ user, prefix: 'jwt', setupId: '5f2c90ab' }))
 *   console.log(rule.name, rule.resourceFilter, rule.rule, rule.actions)
 */
export function serviceUserRules(options: {
  user: { readonly directory: string; readonly id: string }
  prefix: string
  setupId: string
}): readonly RuleText[] {
  const { user, prefix, setupId } = options
  const isUser = `user.userDirectory = "${user.directory}" and user.userId = "${user.id}"`
  const rule = (
    what: string,
    resourceFilter: string,
    actions: readonly RuleAction[],
    more = '',
  ): RuleText => ({
    name: `jotgate ${prefix}: ${what}`,
    resourceFilter,
    rule: `${isUser}${more}`,
    actions,
    context: 'Both in hub and QMC',
  })
  return [
    rule(
      'virtual proxy',
      'VirtualProxyConfig_*',
      ['Read', 'Update'],
      ` and resource.prefix = "${prefix}"`,
    ),
    rule('links to proxies', 'ProxyService_*', ['Read', 'Update']),
    rule('nodes', 'ServerNodeConfiguration_*', ['Read']),
    rule('tag', 'Tag_*', ['Create', 'Read'], ` and resource.name = "${tagOf(setupId)}"`),
  ]
}

/** Security rules of jotgate, by their names; the mark stands in the comment. */
export function securityRuleKind({ repository, setupId }: KindOptions): Kind {
  const listed = new Map<string, SecurityRule>()
  return {
    name: 'security rule',
    fixed: {},
    unordered: ['actions'],
    async list() {
      // A server has over a hundred rules, and lists are cut off there.
      const rules = await repository.listSecurityRules("name sw 'jotgate '")
      listed.clear()
      for (const one of rules) listed.set(one.id, one)
      return rules.map((one) => ({
        id: one.id,
        key: one.name,
        owner: ownerOf(one.comment ?? '', setupId),
        fields: {
          resourceFilter: one.resourceFilter,
          rule: one.rule,
          actions: namesOf(one.actions),
          context: contexts[one.ruleContext] ?? one.ruleContext,
          disabled: one.disabled === true,
        },
      }))
    },
    async create({ key, fields }) {
      await repository.createSecurityRule({
        name: key,
        resourceFilter: '',
        rule: '',
        actions: 0,
        ...written(fields),
        comment: withMark('A service user keeps the setup of a virtual proxy.', setupId),
      })
    },
    async update({ id }, fields) {
      const before = listed.get(id)
      if (before === undefined) throw new TypeError('A rule is changed that was not listed')
      const comment = withMark(withoutMark(before.comment ?? ''), setupId)
      await repository.updateSecurityRule({ ...before, ...written(fields), comment })
    },
    remove: ({ id }) => repository.deleteSecurityRule(id),
  }
}

const allActions = Object.entries(actionBits) as [RuleAction, number][]

/** Names of the bits; those that have none here keep their number. */
function namesOf(actions: number): string[] {
  const known = allActions.filter(([, bit]) => (actions & bit) !== 0)
  const rest = actions - known.reduce((sum, [, bit]) => sum + bit, 0)
  return [...known.map(([name]) => name), ...(rest === 0 ? [] : [String(rest)])]
}

function written({ actions, context, ...others }: Fields): Fields {
  const names = actions as readonly RuleAction[] | undefined
  return {
    ...others,
    ...(names && { actions: names.reduce((sum, name) => sum + actionBits[name], 0) }),
    ...(context === undefined ? {} : { ruleContext: contexts.indexOf(context as never) }),
  }
}
