import { describe, expect, it } from 'vitest'
import { clientManagedProduct } from './client-managed/client-managed-product.ts'
import { cloudProduct } from './cloud/cloud-product.ts'

const products = [
  ['Qlik Cloud', cloudProduct.gatewayRules],
  ['client-managed Qlik', clientManagedProduct.gatewayRules],
] as const

describe.each(products)('what a gateway in front of %s carries', (_, rules) => {
  const { paths, closed, ownPaths } = rules

  it('is written as patterns of one form', () => {
    const patterns = [...paths, ...closed].map(({ pattern }) => pattern)
    const readable = closed.flatMap((line) => line.readable ?? [])
    for (const pattern of [...patterns, ...readable])
      expect(pattern).toMatch(/^(\/([\w.-]+|\{\w+\}))+(\/\*)?$/)
    for (const { methods } of paths)
      for (const method of methods) expect(method).toMatch(/^(GET|POST|upgrade)$/)
  })

  it('has each line once, with where it is known from', () => {
    const lines = paths.map(({ methods, pattern }) => `${methods} ${pattern}`)
    expect(new Set(lines).size).toBe(lines.length)
    for (const { source } of paths) expect(source).not.toBe('')
  })

  it('gives without a session what may be read alone', () => {
    for (const { access, methods } of paths)
      if (access === 'public') expect(methods).toEqual(['GET'])
  })

  it('answers itself what opens and ends a session', () => {
    const answers = ownPaths.map(({ answer }) => answer)
    expect(answers).toEqual(expect.arrayContaining(['product-info', 'log-out', 'csrf-token']))
  })
})

describe('who shares a Qlik session', () => {
  const ada = { subject: 'ada', directory: 'ACME', groups: ['a', 'b'] }

  it('is nobody at Qlik Cloud', () => {
    expect(cloudProduct.gatewayRules.sharedBy(ada)).toBeUndefined()
  })

  it('is the same person with the same groups and attributes on client-managed Qlik', () => {
    const { sharedBy } = clientManagedProduct.gatewayRules
    expect(sharedBy({ ...ada, groups: ['b', 'a'] })).toBe(sharedBy(ada))
    for (const other of [
      { subject: 'bob' },
      { directory: 'OTHER' },
      { groups: ['a'] },
      { attributes: { region: 'north' } },
    ])
      expect(sharedBy({ ...ada, ...other })).not.toBe(sharedBy(ada))
  })
})

describe('nodes with an address of their own', () => {
  it('has client-managed Qlik, and no tenant', () => {
    expect(clientManagedProduct.gatewayRules.hasNodes).toBe(true)
    expect(cloudProduct.gatewayRules.hasNodes).toBe(false)
  })
})
