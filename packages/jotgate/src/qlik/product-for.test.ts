import { describe, expect, it } from 'vitest'
import { productNames } from '../values/index.ts'
import { productFor } from './product-for.ts'
import type { DeploymentAddress } from './session.ts'

describe('the product seam', () => {
  it('knows where the paths of each product begin', () => {
    const url = 'https://qlik.acme.example'
    const basePath = (deployment: DeploymentAddress) => productFor(deployment).basePath(deployment)
    expect(productNames.map((product) => basePath({ product, url }))).toEqual(['', ''])
    expect(basePath({ product: 'client-managed', url, prefix: 'jwt' })).toBe('/jwt')
    expect(basePath({ product: 'cloud', url })).toBe('')
  })

  it('gives no product for what is not a deployment', () => {
    const wrong = [undefined, { product: 'toString' }]
    for (const deployment of wrong)
      expect(() => productFor(deployment as Parameters<typeof productFor>[0])).toThrow(TypeError)
  })
})
