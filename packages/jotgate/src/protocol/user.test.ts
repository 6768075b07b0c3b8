import { expect, it } from 'vitest'
import { parseQlikUser } from './user.ts'

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
