import { describe, expect, it } from 'vitest'
import { createRepository } from '../repository.ts'
import { newUser, type User } from '../users.ts'
import { systemRuleDefaults } from './default-rules.ts'
import type { Requester } from './question.ts'
import { allActions, ruleContexts } from './system-rule.ts'

const movies = { id: 'b9c0a3a5-1c3d-4d2e-9d55-3f0c2a4f0001', name: 'Movies' }

function deployment(options: { attributesAreProperties?: boolean } = {}) {
  const { attributesAreProperties = true } = options
  const repository = createRepository({
    apps: [movies],
    attributesAreProperties: () => attributesAreProperties,
  })
  // Without the rules of a new deployment, only what a test adds can allow anything.
  for (const { id } of repository.systemRules.list()) repository.systemRules.remove(id)
  const ada = repository.users.add(
    newUser({ directory: 'ACME', id: 'ada' }, { roles: ['Auditor'] }),
  )
  const app = repository.findResource(movies.id)
  if (app === undefined) throw new TypeError('no app')
  const allow = (rule: string, changes: Partial<ReturnType<typeof systemRuleDefaults>> = {}) =>
    repository.systemRules.add({
      ...systemRuleDefaults(),
      name: 'Test',
      resourceFilter: '*',
      actions: allActions,
      rule,
      ...changes,
    })
  const ask = (requester: Requester = { user: ada }) =>
    repository.decide({ requester, action: 'read', resource: app, context: 'hub' })
  return { repository, ada, app, allow, ask }
}

/** Whether one condition lets a requester read the app Movies. */
function holds(condition: string, requester: (ada: User) => Requester = (user) => ({ user })) {
  const { ada, allow, ask } = deployment()
  allow(condition)
  return ask(requester(ada)).allowed
}

const inGroup = (user: User) => ({ user, environment: { group: ['sales', 'finance'] } })

describe('conditions', () => {
  it.each([
    ['', true],
    ['user.userId = "ADA"', true],
    ['user.userId == "ADA"', false],
    ['user.userid == "ada"', true],
    ['user.userDirectory="acme" and user.roles = "Auditor"', true],
    ['user.name != "ada"', false],
    ['user.name !== "Ada"', true],
    ['resource.name like "mov*"', true],
    ['resource.name like "*ovi*s"', true],
    ['resource.name like "movie"', false],
    ['resource.name matches "m.v[a-i]+es"', true],
    ['resource.name matches "mov"', false],
    ['resource.resourcetype = "App"', true],
    [`resource.id = "${movies.id}"`, true],
    ['resource.stream.name = "Everyone"', true],
    ['resource.owner.userDirectory = "EMULATOR"', true],
    ['resource.owner = user', false],
    ['resource.IsOwned()', true],
    ['user.IsAnonymous()', false],
    ['!user.IsAnonymous()', true],
    ['not user.IsAnonymous()', true],
    ['resource.@region.empty()', true],
    ['user.nothing = "x"', false],
    ['user.nothing != "x"', true],
    ['user.roles = {"Editor", "Auditor"}', true],
    // `and` binds closer than `or`.
    ['user.userId = "ada" or user.userId = "x" and user.userId = "y"', true],
    ['(user.userId = "ada" or user.userId = "x") && user.userId = "y"', false],
    ['user.environment.context = "AppAccess"', true],
  ])('%s → %s', (condition, expected) => {
    expect(holds(condition)).toBe(expected)
  })

  it.each([
    ['user.group = "Finance"', true],
    ['user.environment.group = "finance"', true],
    ['user.environment.Group = "hr"', false],
    // One value that differs is enough.
    ['user.group != "sales"', true],
    ['{"sales"} = user.group', true],
  ])('find the attributes of a session: %s → %s', (condition, expected) => {
    expect(holds(condition, inGroup)).toBe(expected)
  })

  it('find attributes as environment alone where that is chosen', () => {
    const { ada, allow, ask } = deployment({ attributesAreProperties: false })
    const requester = inGroup(ada)
    const { id } = allow('user.group = "sales"')
    expect(ask(requester).allowed).toBe(false)
    expect(ask(requester).others).toMatchObject([{ rule: { id }, because: 'condition' }])
    allow('user.environment.group = "sales"')
    expect(ask(requester).allowed).toBe(true)
  })

  it('find custom properties of resource and user', () => {
    const { repository, ada, allow, ask } = deployment()
    const { id } = repository.customPropertyDefinitions.add({
      name: 'Region',
      description: '',
      valueType: 'Text',
      choiceValues: ['North'],
      objectTypes: ['App', 'User'],
    })
    const value = { ...ada, definition: { id }, value: 'North' }
    const app = repository.apps.list()[0]
    if (app === undefined) throw new TypeError('no app')
    const labelled = repository.users.replace(ada.id, { ...ada, customProperties: [value] })
    allow('resource.@region = user.@Region')
    expect(ask({ user: labelled }).allowed).toBe(false)
    repository.apps.replace(app.id, { ...app, customProperties: [value] })
    const resource = repository.findResource(app.id)
    if (resource === undefined) throw new TypeError('no app')
    const question = {
      requester: { user: labelled },
      action: 'read',
      resource,
      context: 'hub',
    } as const
    expect(repository.decide(question).allowed).toBe(true)
  })
})

describe('a decision', () => {
  it('names the rule that allows, or what became of each rule for the resource', () => {
    const { allow, ask } = deployment()
    allow('', { name: 'off', disabled: true })
    allow('', { name: 'console', ruleContext: ruleContexts.qmc })
    allow('', { name: 'create', actions: 1 })
    allow('user.userId = "grace"', { name: 'grace' })
    allow('user.', { name: 'broken' })
    allow('', { name: 'streams', resourceFilter: 'Stream_*' })
    expect(ask()).toMatchObject({ allowed: false })
    expect(ask().others.map(({ rule, because }) => [rule.name, because])).toEqual([
      ['off', 'disabled'],
      ['console', 'context'],
      ['create', 'action'],
      ['grace', 'condition'],
      ['broken', 'unreadable'],
    ])
    const { id } = allow('', { name: 'apps', resourceFilter: 'Stream_*, App_*' })
    expect(ask()).toMatchObject({ allowed: true, rule: { id, name: 'apps' } })
  })

  it('asks for the stream by HasPrivilege, and ends where a rule leads to itself', () => {
    const { allow, ask } = deployment()
    allow('resource.stream.HasPrivilege("Read")', { resourceFilter: 'App_*' })
    expect(ask().allowed).toBe(false)
    allow('resource.HasPrivilege("read")')
    expect(ask().allowed).toBe(false)
    allow('user.userId = "ada"', { resourceFilter: 'Stream_*' })
    expect(ask().allowed).toBe(true)
  })

  it('spends no more than a bounded time on patterns', () => {
    const { ada, allow, ask } = deployment()
    const costly = 'user.environment.group matches "(a*)*(a{0,900}){0,1}b"'
    allow(Array.from({ length: 60 }, () => costly).join(' or '))
    const group = Array.from({ length: 25 }, () => 'a'.repeat(500))
    // It took 87 seconds.
    expect(ask({ user: ada, environment: { group } }).allowed).toBe(false)
  })

  it('asks each HasPrivilege once, however often and deep rules repeat it', () => {
    const { allow, ask } = deployment()
    // Each level would ask the next one 120 times: 120 to the power of four.
    const repeated = Array.from({ length: 120 }, () => 'resource.HasPrivilege("read")').join(' or ')
    allow(repeated)
    expect(ask().allowed).toBe(false)
    allow(`!(${repeated})`)
    expect(ask().allowed).toBe(true)
  })
})

describe('the rules of a new deployment', () => {
  const repository = createRepository({ apps: [movies] })
  const ada = repository.provideUser({ directory: 'ACME', id: 'ada' })
  const administrator = repository.findUser({ directory: 'EMULATOR', id: 'administrator' })
  const serviceAccount = repository.findUser({ directory: 'INTERNAL', id: 'sa_api' })
  const [virtualProxy] = repository.virtualProxies.list()

  function decide(
    requester: Requester,
    action: 'read' | 'update',
    id: string | undefined,
    context: 'hub' | 'qmc',
  ) {
    const resource = repository.findResource(id ?? '')
    if (resource === undefined) throw new TypeError('no resource')
    return repository.decide({ requester, action, resource, context }).rule?.name
  }

  it('let everybody read the published app, and only administrators the virtual proxy', () => {
    expect(decide({ user: ada }, 'read', movies.id, 'hub')).toBe('Stream')
    expect(decide({ isAnonymous: true }, 'read', movies.id, 'hub')).toBe('Stream')
    expect(decide({ user: ada }, 'update', movies.id, 'hub')).toBeUndefined()
    expect(decide({ user: ada }, 'read', virtualProxy?.id, 'qmc')).toBeUndefined()
    const requester = administrator === undefined ? {} : { user: administrator }
    expect(decide(requester, 'update', virtualProxy?.id, 'qmc')).toBe('RootAdmin')
    expect(decide(requester, 'update', virtualProxy?.id, 'hub')).toBeUndefined()
    const service = serviceAccount === undefined ? {} : { user: serviceAccount }
    expect(decide(service, 'update', virtualProxy?.id, 'hub')).toBe('ServiceAccount')
  })
})
