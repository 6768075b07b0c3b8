import { describe, expect, it } from 'vitest'
import { readNodes } from './read-nodes.ts'

const server = {
  product: 'client-managed',
  url: 'https://sense.acme.example',
  prefix: 'jwt',
} as const
const tenant = { product: 'cloud', url: 'https://acme.eu.qlikcloud.com' } as const

describe('the nodes of a deployment', () => {
  it('are its own address alone where none are named', () => {
    expect(readNodes('nodes', undefined, server)).toEqual({ value: [server.url] })
    expect(readNodes('nodes', undefined, tenant)).toEqual({ value: [tenant.url] })
  })

  it('are read in one form', () => {
    const given = ['https://Node1.acme.example:443/', 'https://node2.acme.example:8443']
    expect(readNodes('nodes', given, server)).toEqual({
      value: ['https://node1.acme.example', 'https://node2.acme.example:8443'],
    })
    const local = { ...server, url: 'http://localhost:4848' }
    expect(readNodes('nodes', ['http://127.0.0.1:4848'], local).value).toHaveLength(1)
  })

  it.each([
    ['none', [], 'nodes', 'must be an array of 1 to 20 addresses'],
    ['no array', 'https://a.example', 'nodes', 'must be an array of 1 to 20 addresses'],
    [
      'too many',
      Array.from({ length: 21 }, (_, at) => `https://n${at}.example`),
      'nodes',
      'must be an array of 1 to 20 addresses',
    ],
    ['a number', ['https://a.example', 5], 'nodes[1]', 'must be a string, not a number'],
    [
      'a path',
      ['https://a.example/jwt'],
      'nodes[0]',
      'must be an origin, without path, query or fragment',
    ],
    [
      'another scheme',
      ['http://localhost:80'],
      'nodes[0]',
      'must begin with https://, as the deployment’s address does',
    ],
    [
      'one twice',
      ['https://a.example', 'https://A.example:443'],
      'nodes[1]',
      'names a node a second time',
    ],
  ])('are refused: %s', (_, value, option, problem) => {
    expect(readNodes('nodes', value, server).problems).toEqual([{ option, problem }])
  })

  it('are refused where a product has one address', () => {
    expect(readNodes('nodes', [tenant.url], tenant).problems).toEqual([
      { option: 'nodes', problem: 'must be omitted, because this product has one address' },
    ])
  })
})
