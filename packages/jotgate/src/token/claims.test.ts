import { describe, expect, it } from 'vitest'
import { claimsFor } from './claims.ts'
import { cloud } from './deployment.ts'
import type { User } from './user.ts'

const tenant = cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' })
const ada: User = { subject: '42', name: 'Ada', email: 'ada@acme.example' }
const stamp = { jti: 'j', issuedAt: 1005, notBefore: 1000, expiresAt: 1060 }
const claimsOf = (change: Record<string, unknown>) =>
  claimsFor(tenant, { ...ada, ...change } as User, stamp)

describe('the claims for Qlik Cloud', () => {
  it('are those that Qlik reads, by their exact names and types', () => {
    const claims = claimsOf({ emailVerified: true, groups: ['sales', 'Sales', 'sales'] })
    expect(JSON.stringify(claims)).toBe(
      '{"sub":"42","subType":"user","name":"Ada","email":"ada@acme.example","email_verified":true,' +
        '"groups":["sales","Sales"],"jti":"j","iat":1005,"nbf":1000,"exp":1060,' +
        '"iss":"acme.example","aud":"qlik.api/login/jwt-session"}',
    )
  })

  it('say that the address is not verified unless the host application says that it is', () => {
    expect(claimsOf({}).email_verified).toBe(false)
    expect(claimsOf({ emailVerified: false }).email_verified).toBe(false)
  })

  it('omit groups when there are none', () => {
    expect(claimsOf({})).not.toHaveProperty('groups')
    expect(claimsOf({ groups: [] })).not.toHaveProperty('groups')
  })

  it('do not send directory and attributes, which Qlik Cloud does not read', () => {
    const claims = claimsOf({ directory: 'ACME', attributes: { sub: 'root', role: 'admin' } })
    expect(claims).toEqual(claimsOf({}))
  })

  it.each([
    [{ subject: '' }, 'subject', 'is empty'],
    [{ subject: 42 }, 'subject', 'must be a string, not a number'],
    [{ subject: 'a'.repeat(256) }, 'subject', 'is longer than 255 characters'],
    [{ subject: 'a\ud800' }, 'subject', 'contains half of a surrogate pair'],
    [{ name: undefined }, 'name', 'is missing'],
    [{ name: 'a\nb' }, 'name', 'contains a control character'],
    [{ name: 'a'.repeat(257) }, 'name', 'is longer than 256 characters'],
    [{ email: undefined }, 'email', 'is missing'],
    [{ email: `${'a'.repeat(254)}@` }, 'email', 'is longer than 254 characters'],
    [{ emailVerified: 'true' }, 'emailVerified', 'must be true or false, not a string'],
    [{ groups: 'sales' }, 'groups', 'must be an array, not a string'],
    [{ groups: ['a', ''] }, 'groups[1]', 'is empty'],
    [{ groups: ['a'.repeat(257)] }, 'groups[0]', 'is longer than 256 characters'],
    [
      { groups: Array.from({ length: 201 }, (_, index) => `g${index}`) },
      'groups',
      'contains more than 200 different names',
    ],
  ])('are refused for %j: %s %s', (change, field, problem) => {
    expect(() => claimsOf(change)).toThrow(
      expect.objectContaining({ code: 'ERR_TOKEN_USER', details: { field, problem } }),
    )
  })

  it('accept 200 different groups, however often each is repeated', () => {
    const groups = Array.from({ length: 600 }, (_, index) => `g${index % 200}`)
    expect(claimsOf({ groups }).groups).toHaveLength(200)
  })

  it('read each field of the user once: a value cannot change between check and use', () => {
    let reads = 0
    const shifty = {
      ...ada,
      get subject() {
        reads += 1
        return reads === 1 ? '42' : 'root'
      },
    }
    expect(claimsFor(tenant, shifty, stamp).sub).toBe('42')
  })
})
