import type { FieldsOf } from '../entity.ts'
import { allActions, ruleActions, ruleContexts, type SystemRule } from './system-rule.ts'

/** The ID that every installation has for the stream Everyone. */
export const everyoneStreamId = 'aaec8d41-5201-43ab-809f-3063750dfafd'

type Rule = Pick<SystemRule, 'name' | 'resourceFilter' | 'rule' | 'actions' | 'comment'> &
  Partial<Pick<SystemRule, 'type' | 'ruleContext'>>

const { create, read, update, publish } = ruleActions

const rules: readonly Rule[] = [
  {
    name: 'StreamEveryone',
    resourceFilter: `Stream_${everyoneStreamId}`,
    rule: '!user.IsAnonymous()',
    actions: read | publish,
    comment: 'Everybody who logged in sees the stream Everyone',
  },
  {
    name: 'StreamEveryoneAnonymous',
    resourceFilter: `Stream_${everyoneStreamId}`,
    rule: 'user.IsAnonymous()',
    actions: read,
    comment: 'Anonymous users see the stream Everyone',
  },
  {
    name: 'Stream',
    resourceFilter: 'App*',
    rule: '(resource.resourcetype = "App" and resource.stream.HasPrivilege("read")) or ((resource.resourcetype = "App.Object" and resource.published = "true" and resource.objectType != "app_appscript" and resource.objectType != "loadmodel") and resource.app.stream.HasPrivilege("read"))',
    actions: read,
    comment: 'Who may read a stream may read the apps that are published to it',
  },
  {
    name: 'Owner',
    resourceFilter: '*',
    rule: 'resource.IsOwned() and resource.owner = user and !user.IsAnonymous()',
    actions: allActions & ~(create | publish),
    comment: 'The owner of a resource may do with it what they like',
  },
  {
    name: 'CreateApp',
    resourceFilter: 'App_*',
    rule: '!user.IsAnonymous()',
    actions: create,
    ruleContext: ruleContexts.hub,
    comment: 'Everybody who logged in may create apps',
  },
  {
    name: 'RootAdmin',
    resourceFilter: '*',
    rule: '((user.roles="RootAdmin"))',
    actions: allActions,
    ruleContext: ruleContexts.qmc,
    type: 'ReadOnly',
    comment: 'Root administrators may do everything in the management console',
  },
  {
    name: 'ServiceAccount',
    resourceFilter: '*',
    rule: '((user.userDirectory="INTERNAL" and user.userId like "sa_*"))',
    actions: allActions,
    type: 'ReadOnly',
    comment: 'Accounts of the services may do everything',
  },
  {
    name: 'AuditAdmin',
    resourceFilter: '*',
    rule: 'user.roles = "AuditAdmin" and !(resource.resourcetype = "TransientObject" and resource.name like "QmcSection_*")',
    actions: read,
    ruleContext: ruleContexts.qmc,
    comment: 'Auditors may read everything in the management console',
  },
  {
    name: 'SecurityAdminServerNodeConfiguration',
    resourceFilter: 'ServerNodeConfiguration_*',
    rule: 'user.roles = "SecurityAdmin"',
    actions: read,
    ruleContext: ruleContexts.qmc,
    comment: 'Security administrators may read the nodes',
  },
  {
    name: 'SecurityAdminProxies',
    resourceFilter: 'ProxyService_*,VirtualProxyConfig_*',
    rule: 'user.roles = "SecurityAdmin"',
    actions: create | read | update | ruleActions.delete,
    ruleContext: ruleContexts.qmc,
    comment: 'Security administrators may change proxies and virtual proxies',
  },
]

/** The rules that a new deployment has: those of an installation that decide about what the emulator keeps. */
export const defaultRules: readonly FieldsOf<SystemRule>[] = rules.map((rule) => ({
  category: 'Security',
  type: 'Default',
  ruleContext: ruleContexts.both,
  disabled: false,
  tags: [],
  ...rule,
}))

/** The fields of a rule that its author omitted. */
export function systemRuleDefaults(): FieldsOf<SystemRule> {
  return {
    category: 'Security',
    type: 'Custom',
    name: '',
    rule: '',
    resourceFilter: '',
    actions: 0,
    ruleContext: ruleContexts.both,
    comment: '',
    disabled: false,
    tags: [],
  }
}
