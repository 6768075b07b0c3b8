import { describe, expect, it } from 'vitest'
import { clientManagedProblems } from './client-managed.ts'
import { clientManagedUserProblems } from './client-managed-user.ts'
import { cloudProblems } from './deployment.ts'
import { refusalsOf } from './refusals.ts'
import { cloudUserProblems, type User } from './user.ts'

const details = (errors: readonly { details: unknown }[]) =>
  errors.map((error) => Object.values(error.details as object)[0])

describe('what is wrong', () => {
  it('with a user for Qlik Cloud is told field by field', () => {
    const user = { subject: '', name: 'a\n', email: 7, emailVerified: 'yes', groups: 'sales' }
    expect(details(cloudUserProblems(user as unknown as User))).toEqual(Object.keys(user))
    expect(cloudUserProblems({ subject: '1', name: 'Ada', email: 'a@acme.example' })).toEqual([])
  })

  it('with a user for client-managed Qlik is told field by field', () => {
    const deployment = {
      userDirectory: 'ACME',
      claims: {
        userId: 'userId',
        userDirectory: 'userDirectory',
        groups: 'group',
        attributes: { level: 'level', dept: 'dept', name: 'name' },
      },
    }
    const user: User = {
      subject: 'a;b',
      directory: '',
      name: 'a;b',
      groups: [''],
      attributes: { level: Number.NaN, dept: 'x'.repeat(1025), unmapped: '' },
    }
    expect(details(clientManagedUserProblems(deployment, user))).toEqual([
      'subject',
      'directory',
      'groups[0]',
      'attributes.level',
      'attributes.dept',
      'name',
    ])
    expect(clientManagedUserProblems(deployment, { subject: 'ada' })).toEqual([])
  })

  it('with a deployment is told option by option', () => {
    expect(details(cloudProblems({ url: 'x', issuer: '' }))).toEqual(['url', 'issuer'])
    const claims = { userId: 'exp', userDirectory: 'iss' }
    const wrong = { url: 'x', prefix: 'A', userDirectory: '', claims, audience: '' }
    expect(details(clientManagedProblems(wrong))).toEqual([
      'url',
      'prefix',
      'userDirectory',
      'claims.userId',
      'claims.userDirectory',
      'audience',
    ])
    const good = { ...wrong, url: 'https://a.example', prefix: '', audience: undefined }
    const named = { userId: 'userId', userDirectory: '[ACME]' }
    expect(details(clientManagedProblems({ ...good, userDirectory: 'B', claims: named }))).toEqual([
      'claims.userDirectory',
    ])
    expect(clientManagedProblems({ ...good, userDirectory: 'ACME', claims: named })).toEqual([])
  })

  it('with our own code is no finding', () => {
    expect(() =>
      refusalsOf([
        () => {
          throw new TypeError('a bug')
        },
      ]),
    ).toThrow('a bug')
  })
})
