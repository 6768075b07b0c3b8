import { describe, expect, it } from 'vitest'
import { clientManaged } from './client-managed.ts'
import { cloud, type Deployment } from './deployment.ts'
import { policyFor, policyToCheck } from './policy.ts'

const tenant = cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' })
const server = clientManaged({
  url: 'https://sense.acme.example',
  prefix: 'jwt',
  userDirectory: 'ACME',
  claims: { userId: 'userId', userDirectory: 'userDirectory' },
})

describe('a deployment', () => {
  it.each([tenant, server])('is used as it is when it was checked before: $product', (made) => {
    for (const policyOf of [policyFor, policyToCheck]) expect(policyOf(made).deployment).toBe(made)
  })

  it.each([tenant, server])('is checked when it was made by hand: $product', (made) => {
    const copy: Deployment = { ...made, url: 'https://ACME.example/' }
    for (const policyOf of [policyFor, policyToCheck]) {
      expect(policyOf(copy).deployment).toEqual({ ...made, url: 'https://acme.example' })
      const wrong: Deployment = { ...made, url: 'http://acme.example' }
      expect(() => policyOf(wrong)).toThrow(
        expect.objectContaining({ code: 'ERR_TOKEN_DEPLOYMENT', details: expect.anything() }),
      )
    }
  })

  it('may have a reserved claim name for a check only', () => {
    const reserved: Deployment = { ...server, claims: { ...server.claims, userId: 'exp' } }
    expect(policyToCheck(reserved).deployment).toEqual(reserved)
    expect(() => policyFor(reserved)).toThrow(/claims.userId is exp/)
    // The check has not made it a deployment that a signer accepts.
    expect(() => policyFor(policyToCheck(reserved).deployment)).toThrow(/claims.userId is exp/)
  })

  it('must be of a known product', () => {
    expect(() => policyFor({ product: 'constructor' } as unknown as Deployment)).toThrow(TypeError)
    expect(() => policyFor(undefined as unknown as Deployment)).toThrow(TypeError)
  })
})
