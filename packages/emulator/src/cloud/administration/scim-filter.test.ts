import { expect, it } from 'vitest'
import { parseFilter } from './scim-filter.ts'

const users = [
  { subject: 'ada', email: 'ada@acme.example' },
  { subject: 'bob', email: 'bob@acme.example' },
  { subject: 'say "hi"', email: 'c@other.example' },
]
const attributes = ['subject', 'email']

function matching(filter: string): (string | undefined)[] | undefined {
  const matches = parseFilter(filter, attributes)
  return matches === undefined ? undefined : users.filter(matches).map((user) => user.subject)
}

it.each<[string, string[]]>([
  ['subject eq "ada"', ['ada']],
  ['SUBJECT eq "ada"', ['ada']],
  ['subject EQ "ADA"', ['ada']],
  ['email co "acme"', ['ada', 'bob']],
  ['subject eq "ada" or subject eq "bob"', ['ada', 'bob']],
  ['email co "acme" and subject eq "bob"', ['bob']],
  ['subject eq "ada" or email co "acme" and subject eq "bob"', ['ada', 'bob']],
  ['subject eq "say \\"hi\\""', ['say "hi"']],
  ['subject eq "ada\\" or subject eq \\"bob"', []],
  ['  subject  eq  "ada"  ', ['ada']],
])('%s', (filter, subjects) => {
  expect(matching(filter)).toEqual(subjects)
})

it.each([
  '',
  'subject',
  'subject eq',
  'subject eq ada',
  'subject ne "ada"',
  'subject eq "ada" and',
  'subject eq "ada" subject eq "bob"',
  'subject eq "ada")',
  'password eq "x"',
  'subject eq "\\x"',
])('%s is not understood', (filter) => {
  expect(parseFilter(filter, attributes)).toBeUndefined()
})
