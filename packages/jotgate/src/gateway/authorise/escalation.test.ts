// G-S2: whatever a host application says of a person, they get no group that is not allowed, and never another
// person's subject. By the seed that JOTGATE_TEST_SEED gives or that is printed.
import { randomInt } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { User } from '../../token/index.ts'
import { createAuthorise } from './create-authorise.ts'

const seed = Number(process.env.JOTGATE_TEST_SEED ?? randomInt(2 ** 31))
if (process.env.JOTGATE_TEST_SEED === undefined) console.info(`JOTGATE_TEST_SEED=${seed}`)
const numRuns = 2000 * Number(process.env.JOTGATE_TEST_SCALE ?? 1)

const names = [
  'sales',
  'Sales',
  'sales ',
  'eu',
  'eu-',
  'eu-1',
  'admin',
  '*',
  'acme/sales',
  '__proto__',
  'constructor',
  'toString',
  'ｓales',
  'sаles',
]
const name = fc.oneof(fc.constantFrom(...names), fc.string({ minLength: 1, maxLength: 12 }))
/** Where parts of names meet what ends them. */
const part = fc
  .array(fc.constantFrom('|', '/', '\\', 'a', '{', '}', '{subject}', '%7c'), {
    minLength: 1,
    maxLength: 4,
  })
  .map((parts) => parts.join(''))

const user: fc.Arbitrary<User> = fc.record(
  {
    subject: part,
    directory: part,
    name,
    email: name,
    emailVerified: fc.boolean(),
    groups: fc.array(name, { maxLength: 20 }),
    attributes: fc.dictionary(name, fc.oneof(part, fc.array(part, { maxLength: 3 }))),
  },
  { requiredKeys: ['subject'] },
)

describe('G-S2', () => {
  it('nobody gets a group that is not allowed, whatever their fields say', () => {
    const allowed = ['sales', 'eu-*', 'constructor']
    const authorise = createAuthorise({
      groups: { allow: allowed, rename: { sales: 'admin-of-sales' }, prefix: 'acme/' },
    })
    const isAllowed = (group: string) =>
      group === 'sales' || group === 'constructor' || group.startsWith('eu-')
    fc.assert(
      fc.property(user, (one) => {
        const answer = authorise({ source: 'assertion', user: one })
        if (!answer.allowed) return
        const expected = (one.groups ?? [])
          .filter(isAllowed)
          .map((group) => `acme/${group === 'sales' ? 'admin-of-sales' : group}`)
        expect(answer.user.groups).toEqual([...new Set(expected)])
      }),
      { seed, numRuns },
    )
  })

  it.each([
    '{directory}|{subject}',
    '{directory}||{subject}',
    '{subject}/{attributes.a}',
    'x{directory}a{subject}',
  ])('two people never get one subject by %s', (subject) => {
    const authorise = createAuthorise({ subject })
    const owners = new Map<string, string>()
    fc.assert(
      fc.property(part, part, (first, second) => {
        const answer = authorise({
          source: 'assertion',
          user: subject.startsWith('{subject}')
            ? { subject: first, attributes: { a: second } }
            : { directory: first, subject: second },
        })
        if (!answer.allowed) return
        const owner = JSON.stringify([first, second])
        expect(owners.get(answer.user.subject) ?? owner).toBe(owner)
        owners.set(answer.user.subject, owner)
      }),
      { seed, numRuns },
    )
    expect(owners.size).toBeGreaterThan(50)
  })
})
