import { describe, expect, it } from 'vitest'
import { createRepository } from './repository.ts'
import {
  anonymousAccessModes,
  authenticationMethods,
  sameSiteAttributes,
  virtualProxyDefaults,
} from './virtual-proxy.ts'
import type { VirtualProxyChange } from './virtual-proxy-changes.ts'

const jwt = {
  prefix: 'jwt',
  sessionCookieHeaderName: 'X-Qlik-Session-jwt',
  authenticationMethod: authenticationMethods.jwt,
}

function centralNodeOf(repository: ReturnType<typeof createRepository>): string {
  return repository.nodes.list().find(({ isCentral }) => isCentral)?.id ?? ''
}

describe('a new deployment', () => {
  it('serves the default virtual proxy and those it is given on every node', () => {
    const repository = createRepository({ nodes: ['Central', 'Rim'], virtualProxies: [jwt] })
    for (const { id } of repository.nodes.list()) {
      expect(repository.virtualProxiesOf(id).map(({ prefix }) => prefix)).toEqual(['', 'jwt'])
      expect(repository.virtualProxyAt('jwt', id)?.loadBalancingServerNodes).toHaveLength(2)
      expect(repository.virtualProxyAt('other', id)).toBeUndefined()
    }
    expect(repository.nodes.list().map(({ isCentral }) => isCentral)).toEqual([true, false])
  })

  it('lets nobody in anonymously, with cookies that name no SameSite', () => {
    expect(createRepository().virtualProxies.list()[0]).toMatchObject({
      anonymousAccessMode: anonymousAccessModes.noAnonymousUser,
      sameSiteAttributeHttp: sameSiteAttributes.noAttribute,
      sameSiteAttributeHttps: sameSiteAttributes.noAttribute,
      sessionInactivityTimeout: 30,
    })
  })

  it('publishes every app to the stream Everyone, by the ID that the engine has for it', () => {
    const { apps, streams } = createRepository({ apps: [{ id: 'movies', name: 'Movies' }] })
    expect(apps.find('movies')?.stream?.id).toBe(streams.list()[0]?.id)
    expect(streams.list().map(({ name }) => name)).toEqual(['Everyone'])
  })
})

describe('users', () => {
  it('are created at their first login and found in any case of directory and ID', () => {
    const repository = createRepository()
    const ada = repository.provideUser({ directory: 'ACME', id: 'ada' })
    expect(repository.provideUser({ directory: 'acme', id: 'Ada' })).toBe(ada)
    expect(repository.findUser({ directory: 'ACME', id: 'grace' })).toBeUndefined()
  })
})

describe('changes of a virtual proxy', () => {
  function recorded() {
    const repository = createRepository({ nodes: ['Central', 'Rim'] })
    const seen: VirtualProxyChange[] = []
    const end = repository.onVirtualProxyChange((change) => seen.push(change))
    const { id } = repository.virtualProxies.add({ ...virtualProxyDefaults(), ...jwt })
    return { repository, seen, end, id }
  }

  it('tell which fields differ, and nothing when none does', () => {
    const { repository, seen, id } = recorded()
    const changed = { ...virtualProxyDefaults(), ...jwt, jwtAudience: 'acme' }
    repository.virtualProxies.replace(id, changed)
    repository.virtualProxies.replace(id, changed)
    expect(seen).toEqual([{ kind: 'changed', virtualProxyId: id, fields: ['jwtAudience'] }])
  })

  it('tell of links, of the end of one, and of the end of the virtual proxy', () => {
    const { repository, seen, end, id } = recorded()
    const nodeId = centralNodeOf(repository)
    repository.link(id, nodeId)
    repository.link(id, nodeId)
    const service = repository.proxyServices
      .list()
      .find(({ serverNodeConfiguration }) => serverNodeConfiguration.id === nodeId)
    if (service === undefined) throw new TypeError('no proxy service')
    const settings = { ...service.settings, virtualProxies: [] }
    repository.proxyServices.replace(service.id, { ...service, settings })
    repository.virtualProxies.remove(id)
    end()
    repository.link(id)
    expect(seen.filter(({ virtualProxyId }) => virtualProxyId === id)).toEqual([
      { kind: 'linked', virtualProxyId: id, nodeId },
      { kind: 'unlinked', virtualProxyId: id, nodeId },
      { kind: 'removed', virtualProxyId: id },
    ])
  })
})

it('dates each change later than the one before, also while the clock stands still', () => {
  const repository = createRepository({ now: () => new Date('2026-01-01T00:00:00Z') })
  const [first] = repository.virtualProxies.list()
  if (first === undefined) throw new TypeError('no virtual proxy')
  const second = repository.virtualProxies.replace(first.id, first, { by: 'ACME\\ada' })
  expect(second.modifiedDate > first.modifiedDate).toBe(true)
  expect(second).toMatchObject({ createdDate: first.createdDate, modifiedByUserName: 'ACME\\ada' })
})
