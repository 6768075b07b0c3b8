import { describe, expect, it } from 'vitest'
import { readClientManagedUser } from './client-managed-user.ts'
import { readCloudUser, toUserError, type User } from './user.ts'

const options = (problems: readonly { option: string }[] = []) =>
  problems.map(({ option }) => option)

describe('everything that is wrong with a user', () => {
  it('of Qlik Cloud is reported field by field', () => {
    const user = { subject: '', name: 'a\n', email: 7, emailVerified: 'yes', groups: 'sales' }
    const { problems } = readCloudUser(user as unknown as User)
    expect(options(problems)).toEqual(Object.keys(user))
    const ada = { subject: '1', name: 'Ada', email: 'a@acme.example' }
    expect(readCloudUser(ada)).toEqual({ value: { ...ada, emailVerified: false, groups: [] } })
  })

  it('of client-managed Qlik is reported field by field', () => {
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
    expect(options(readClientManagedUser(deployment, user).problems)).toEqual([
      'subject',
      'directory',
      'groups[0]',
      'attributes.level',
      'attributes.dept',
      'name',
    ])
    expect(readClientManagedUser(deployment, { subject: 'ada' }).problems).toBeUndefined()
  })

  it('stops at the first wrong group, however many there are', () => {
    const groups = Array.from({ length: 100_000 }, () => '')
    const user = { subject: '1', name: 'Ada', email: 'a@acme.example', groups }
    expect(options(readCloudUser(user).problems)).toEqual(['groups[0]'])
  })

  it('becomes an error that names the field', () => {
    const error = toUserError({ option: 'email', problem: 'is missing' })
    expect(error).toMatchObject({
      code: 'ERR_TOKEN_USER',
      details: { field: 'email', problem: 'is missing' },
      message: "The user's email is missing",
    })
  })
})
