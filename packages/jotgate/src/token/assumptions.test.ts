import { describe, expect, it } from 'vitest'
import { assumptionsOf, withMappingOf } from './assumptions.ts'
import { cloud } from './deployment.ts'
import { goodClientManagedClaims, goodCloudClaims, testServer } from './rules/tokens.fixture.ts'

const productOf = (claims: object) => assumptionsOf({ ...claims }).product

describe('what a token says of its deployment', () => {
  it('is the product, by the audience, the kind of subject, or names of user ID and directory in any case', () => {
    expect(productOf(goodCloudClaims)).toBe('cloud')
    expect(productOf({ aud: ['qlik.api/login/jwt-session'] })).toBe('cloud')
    expect(productOf({ subType: 'user' })).toBe('cloud')
    expect(productOf({ subtype: 'user' })).toBe('cloud')
    expect(productOf(goodClientManagedClaims)).toBe('client-managed')
    for (const claims of [
      { user: 'ada', directory: 'ACME' },
      { UserId: 'ada', UserDirectory: 'ACME' },
      { USERID: 'ada' },
      { userid: 'ada', userdirectory: 'ACME' },
      { User: 'ada', Directory: 'ACME' },
      { user_directory: 'ACME' },
    ])
      expect(productOf(claims), JSON.stringify(claims)).toBe('client-managed')
    for (const claims of [{}, { sub: '42' }, { user: 'ada' }, { email: 'ada@acme.example' }])
      expect(productOf(claims), JSON.stringify(claims)).toBeUndefined()
  })

  it('is its issuer or directory, and a placeholder for one that no deployment can have', () => {
    expect(assumptionsOf({ iss: 'acme.example' }).issuer).toBe('acme.example')
    for (const iss of [undefined, '', 7, 'a\u0000', '\ud800', 'x'.repeat(257), ['acme.example']])
      expect(assumptionsOf({ iss }).issuer, String(iss)).toBe('unknown')
    expect(assumptionsOf({ UserDirectory: 'ACME' })).toMatchObject({
      userDirectory: 'ACME',
      claims: { userId: undefined, userDirectory: 'UserDirectory' },
    })
    expect(assumptionsOf({ directory: 'A\u001b' }).userDirectory).toBe('unknown')
  })

  it('is the attribute mapping as far as the token has it', () => {
    const mapped = withMappingOf(testServer, { ...goodClientManagedClaims, mail: 'a' })
    expect(mapped).toMatchObject({ claims: { groups: 'group', attributes: {} } })
    expect(withMappingOf(testServer, {})).not.toHaveProperty('claims.groups')
    expect(withMappingOf(testServer, { dept: 'R&D' })).toHaveProperty('claims.attributes', {
      department: 'dept',
    })
    const tenant = cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' })
    expect(withMappingOf(tenant, {})).toBe(tenant)
  })
})
