import { beforeEach, describe, expect, it } from 'vitest'
import type { ProxySession } from '../proxy/sessions.ts'
import { createRepository, type Repository } from '../repository/repository.ts'
import { systemRuleDefaults } from '../repository/rules/default-rules.ts'
import { ruleActions } from '../repository/rules/system-rule.ts'
import { listVisibleStreams } from './visible-streams.ts'

let repository: Repository
beforeEach(() => {
  repository = createRepository({ apps: [{ id: 'movies', name: 'Movies' }] })
})

/** Somebody who is logged in, with the groups of their token. */
function logIn(id: string, groups: readonly string[]): ProxySession {
  repository.provideUser({ directory: 'ACME', id })
  return {
    id: `session of ${id}`,
    virtualProxyId: '',
    nodeId: '',
    user: { directory: 'ACME', id },
    isAnonymous: false,
    attributes: new Map([['group', groups]]),
    environment: { os: '', device: '', browser: '', ip: '', isSecure: false },
    createdAt: new Date(0),
    lastUsedAt: new Date(0),
    csrfTokens: [],
    spentCsrfTokens: [],
    sockets: new Set(),
  }
}

function addApp(name: string, place: { streamId: string } | { ownerId: string }): void {
  repository.apps.add({
    tags: [],
    customProperties: [],
    name,
    description: '',
    owner: { id: 'ownerId' in place ? place.ownerId : 'nobody' },
    published: 'streamId' in place,
    publishTime: null,
    stream: 'streamId' in place ? { id: place.streamId } : null,
  })
}

const namesFor = (session: ProxySession) =>
  listVisibleStreams({ repository }, session).map(
    ({ name, apps }) => `${name}: ${apps.map((app) => app.name).join(', ')}`,
  )

describe('what the hub lists', () => {
  it('is a stream for those alone whom a rule allows, by the group of their token', () => {
    const owner = { id: 'nobody' }
    const sales = repository.streams.add({ tags: [], customProperties: [], name: 'Sales', owner })
    addApp('Quota', { streamId: sales.id })
    repository.systemRules.add({
      ...systemRuleDefaults(),
      name: 'Sales reads Sales',
      resourceFilter: 'Stream_*',
      rule: 'resource.name = "Sales" and user.environment.group = "sales"',
      actions: ruleActions.read,
    })
    expect(namesFor(logIn('ada', ['sales']))).toEqual(['Everyone: Movies', 'Sales: Quota'])
    expect(namesFor(logIn('bjorn', ['press']))).toEqual(['Everyone: Movies'])
  })

  it('is an unpublished app for its owner alone', () => {
    const ada = logIn('ada', [])
    addApp('Draft', {
      ownerId: repository.findUser({ directory: 'acme', id: 'ADA' })?.id ?? '',
    })
    expect(namesFor(ada)).toEqual(['Work: Draft', 'Everyone: Movies'])
    expect(namesFor(logIn('bjorn', []))).toEqual(['Everyone: Movies'])
  })

  it('is nothing where the rule is switched off', () => {
    for (const rule of repository.systemRules.list())
      repository.systemRules.replace(rule.id, { ...rule, disabled: true })
    expect(namesFor(logIn('ada', []))).toEqual([])
  })
})
