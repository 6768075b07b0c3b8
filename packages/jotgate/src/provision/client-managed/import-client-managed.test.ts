import { describe, expect, it } from 'vitest'
import type { ServerNode } from '../../qlik/index.ts'
import { clientManaged } from '../../token/index.ts'
import type { Fields } from '../kind.ts'
import { changesOf } from '../plan.ts'
import { importVirtualProxy } from './import-client-managed.ts'
import { type ClientManagedSetup, wantedObjects } from './wanted.ts'

const url = 'https://sense.acme.example'
const nodes: ServerNode[] = ['Central', 'Rim'].map((name) => ({
  id: name,
  name,
  hostName: name,
  isCentral: name === 'Central',
}))
const unordered = [
  'jwtAttributeMap',
  'loadBalancingServerNodes',
  'websocketCrossOriginWhiteList',
  'additionalResponseHeaders',
]

const claims = { userId: 'uid', userDirectory: '[ACME]' }

function fieldsFor(setup: ClientManagedSetup, more: object = {}): Fields {
  const deployment = clientManaged({ url, prefix: 'jwt', userDirectory: 'ACME', claims, ...more })
  const options = { deployment, certificate: 'c', setup, nodes, services: [], virtualProxies: [] }
  return wantedObjects(options)[0]?.fields ?? {}
}

describe('a virtual proxy that is imported', () => {
  it.each<[string, ClientManagedSetup, object]>([
    ['nothing of its own', { id: '5f2c90ab' }, {}],
    ['an audience', { id: '5f2c90ab' }, { audience: 'acme' }],
    [
      'groups and further claims',
      { id: '5f2c90ab' },
      { claims: { ...claims, groups: 'group', attributes: { name: 'name', dept: 'dept' } } },
    ],
    ['origins', { id: '5f2c90ab', origins: ['https://a.example', 'https://b.example:8443'] }, {}],
    [
      'everything',
      {
        id: '5f2c90ab',
        origins: ['https://www.acme.example'],
        virtualProxy: {
          description: 'Portal',
          sessionCookieName: 'X-Portal',
          inactivityTimeout: 5,
          sessionCookieDomain: 'acme.example',
          hostAllowList: ['intern.acme.example'],
          responseHeaders: ['Strict-Transport-Security: max-age=1'],
          extendedSecurity: true,
          nodes: ['Rim'],
        },
      },
      {},
    ],
  ])('with %s gives settings of which a plan finds nothing', (_what, setup, more) => {
    const fields = fieldsFor(setup, more)
    const imported = importVirtualProxy({ url, fields, nodes })
    expect(imported.notImported).toEqual([])
    expect({ id: setup.id, ...imported.setup }).toEqual(setup)
    const { audience, claims: names } = imported
    const again = fieldsFor({ id: setup.id, ...imported.setup }, { audience, claims: names })
    expect(changesOf({ unordered }, fields, again)).toEqual([])
  })

  it('by hand says what the settings cannot say', () => {
    const fields = {
      ...fieldsFor({ id: '5f2c90ab' }),
      authenticationMethod: 'Ticket',
      anonymousAccessMode: 'AllowAnonymous',
      jwtAttributeMap: [
        { jwtAttribute: 'grp', senseAttribute: 'group', isMandatory: false },
        { jwtAttribute: 'mail', senseAttribute: 'mail', isMandatory: true },
        { jwtAttribute: 'name', senseAttribute: 'name', isMandatory: false },
      ],
    }
    const { notImported, claims: names } = importVirtualProxy({ url, fields, nodes })
    expect(names).toMatchObject({ groups: 'grp', attributes: { mail: 'mail', name: 'name' } })
    expect(notImported).toEqual([
      expect.stringContaining('Ticket'),
      expect.stringContaining('Anonymous'),
      expect.stringContaining('grp is mapped to group'),
      expect.stringContaining('mail is mapped to mail and is mandatory'),
    ])
  })

  it('keeps headers of other origins than a list as they are', () => {
    const fields = {
      ...fieldsFor({ id: '5f2c90ab' }),
      additionalResponseHeaders: ['Access-Control-Allow-Origin: *', 'X: y'],
    }
    expect(importVirtualProxy({ url, fields, nodes }).setup).toEqual({
      virtualProxy: { responseHeaders: ['Access-Control-Allow-Origin: *', 'X: y'] },
    })
  })
})
