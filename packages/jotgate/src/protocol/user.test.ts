import { expect, it } from 'vitest'
import { parseProxyUser, parseQlikUser } from './user.ts'

it('reads what Qlik says of a user and omits what it omits', () => {
  expect(
    parseQlikUser({
      id: 'u1',
      subject: '42',
      name: '',
      email: 'ada@acme.example',
      status: 5,
      assignedGroups: [
        { id: 'g1', name: 'sales', providerType: 'idp' },
        { id: 'g2', name: 'all', providerType: null },
        { id: 'g3' },
        null,
      ],
      assignedRoles: 'none',
    }),
  ).toEqual({
    id: 'u1',
    subject: '42',
    name: '42',
    email: 'ada@acme.example',
    assignedGroups: [
      { id: 'g1', name: 'sales', providerType: 'idp' },
      { id: 'g2', name: 'all' },
    ],
    assignedRoles: [],
  })
})

it.each([null, [], 'u1', {}, { id: 'u1' }, { id: 1, subject: '42' }])(
  'does not take %j for a user',
  (answer) => {
    expect(parseQlikUser(answer)).toBeUndefined()
  },
)

it('reads what client-managed Qlik says of a user', () => {
  const answer = { userDirectory: 'ACME', userId: 'ada', userName: 'Ada', logoutUri: '/x' }
  expect(parseProxyUser(answer)).toEqual({
    id: 'ACME\\ada',
    subject: 'ada',
    directory: 'ACME',
    name: 'Ada',
    assignedGroups: [],
    assignedRoles: [],
  })
  expect(parseProxyUser({ userDirectory: 'ACME', userId: 'ada' })).toMatchObject({ name: 'ada' })
})

it('tells nobody and an anonymous user from somebody who is logged in', () => {
  expect(parseProxyUser({ session: 'inactive', loginUri: 'https://x' })).toBe('inactive')
  const anonymous = { userDirectory: 'NONE', userId: 'anonymous1', session: 'inactive' }
  expect(parseProxyUser(anonymous)).toBe('inactive')
  for (const answer of [null, [], 'ada', {}, { userId: 'ada' }])
    expect(parseProxyUser(answer)).toBeUndefined()
})
