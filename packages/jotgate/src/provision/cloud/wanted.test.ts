import { beforeAll, describe, expect, it } from 'vitest'
import { createKeyPair } from '../../keys/index.ts'
import { cloud } from '../../token/index.ts'
import { type CloudGateway, type CloudSetup, wantedObjects } from './wanted.ts'

const id = '5f2c90ab'
const deployment = cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' })
let certificateLine: string
beforeAll(async () => {
  certificateLine = (await createKeyPair()).certificateLine
})

const wanted = (setup: Omit<CloudSetup, 'id'>, gateway?: CloudGateway) =>
  wantedObjects({ deployment, kid: 'acme-1', certificateLine, setup: { id, ...setup }, gateway })
const ofKind = (kind: string, ...source: Parameters<typeof wanted>) =>
  wanted(...source).filter((one) => one.kind === kind)

describe('what a tenant needs', () => {
  it('is an identity provider and groups, where nothing else is said', () => {
    const [provider, groups, ...others] = wanted({})
    expect(provider).toMatchObject({
      key: 'issuer acme.example, key ID acme-1',
      fields: {
        issuer: 'acme.example',
        keyId: 'acme-1',
        certificate: expect.stringMatching(/^SHA-256 ([0-9A-F]{2}:){31}[0-9A-F]{2}$/),
        active: true,
        description: 'acme.example',
      },
    })
    expect(provider?.fields).not.toHaveProperty('clockToleranceSeconds')
    expect(groups).toMatchObject({ kind: 'group settings', fields: { createGroups: true } })
    expect(others).toEqual([])
  })

  it('says of each object where it follows from', () => {
    const gateway = { publicUrls: ['https://qlik.acme.example'], carriesSingle: true }
    const setup = { origins: ['https://www.acme.example'], createGroups: false }
    const reasons = wanted(setup, gateway).map(({ kind, because }) => [kind, because])
    expect(reasons).toEqual([
      ['identity provider', expect.stringMatching(/issuer.*key ID.*certificate/)],
      ['web integration', expect.stringMatching(/setup\.origins.*gateway\.publicUrl.*\/single/)],
      ['CSP entry', expect.stringMatching(/setup\.origins/)],
      ['group settings', 'setup.createGroups'],
    ])
  })

  it('has one web integration of all origins, each as a browser sends it and once', () => {
    const origins = ['https://www.acme.example/', 'https://WWW.acme.example', 'http://localhost:80']
    expect(ofKind('web integration', { origins, title: 'Portal' })).toMatchObject([
      {
        key: 'Portal',
        fields: { name: 'Portal', origins: ['https://www.acme.example', 'http://localhost'] },
      },
    ])
  })

  it('has one entry of the policy for each host, with all that it is allowed', () => {
    const setup = {
      origins: ['https://www.acme.example', 'http://www.acme.example:8080'],
      contentSecurityPolicy: {
        'https://www.acme.example': ['imgSrc'],
        'https://cdn.acme.example': ['fontSrc'],
      },
    }
    expect(ofKind('CSP entry', setup).map(({ key, fields }) => [key, fields])).toEqual([
      [
        'www.acme.example',
        { name: 'acme.example at www.acme.example', frameAncestors: true, imgSrc: true },
      ],
      [
        'www.acme.example:8080',
        { name: 'acme.example at www.acme.example:8080', frameAncestors: true },
      ],
      ['cdn.acme.example', { name: 'acme.example at cdn.acme.example', fontSrc: true }],
    ])
  })

  it('leaves the members of a space alone that names none, and compares roles without order', () => {
    const spaces = [
      { name: 'Sales', type: 'shared' },
      {
        name: 'Stock',
        type: 'managed',
        members: [{ user: '42', roles: ['consumer', 'basicconsumer', 'consumer'] }],
      },
    ] as const
    expect(ofKind('space', { spaces }).map(({ fields }) => fields)).toEqual([
      { type: 'shared' },
      { type: 'managed', members: [{ user: '42', roles: ['basicconsumer', 'consumer'] }] },
    ])
  })
})
