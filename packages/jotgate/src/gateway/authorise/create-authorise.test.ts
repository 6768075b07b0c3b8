import { describe, expect, it } from 'vitest'
import type { User } from '../../token/index.ts'
import type { Authorisation } from './authorisation.ts'
import { type AuthoriseOptions, createAuthorise } from './create-authorise.ts'

const ada: User = {
  subject: '42',
  directory: 'ACME',
  name: 'Ada',
  email: 'ada@acme.example',
  emailVerified: true,
  groups: ['sales', 'eu-west', 'admin'],
  attributes: { department: 'R&D', level: 7, tags: ['a'] },
}

const authorise = (options: AuthoriseOptions, user: User = ada): Authorisation =>
  createAuthorise(options)({ source: 'callback', user })

/** The user that Qlik is told. */
function userOf(options: AuthoriseOptions, user?: User): User {
  const answer = authorise(options, user)
  if (!answer.allowed) throw new Error(answer.reason)
  return answer.user
}

function reasonOf(options: AuthoriseOptions, user?: User): string {
  const answer = authorise(options, user)
  if (answer.allowed) throw new Error('allowed')
  return answer.reason
}

const many = Array.from({ length: 1001 }, (_, at) => `g${at}`)

describe('createAuthorise', () => {
  it('passes on the person without groups when nothing is configured', () => {
    const { groups: _, ...rest } = ada
    expect(userOf({})).toEqual({ ...rest, groups: [] })
    expect(userOf({}, { subject: '42' })).toEqual({ subject: '42', groups: [] })
    expect(Object.isFrozen(userOf({}))).toBe(true)
  })

  it.each([
    ['acme|{subject}', 'acme|42'],
    ['{directory}\\{subject}', 'ACME\\42'],
    ['{email}', 'ada@acme.example'],
    ['{attributes.department}/{subject}', 'R&D/42'],
    ['{attributes.level}-{subject}', '7-42'],
  ])('makes the subject of %s: %s', (subject, expected) => {
    expect(userOf({ subject }).subject).toBe(expected)
  })

  it.each([
    ['{attributes.team}', ada, 'subject needs attributes.team, which this person does not have'],
    ['{attributes.tags}', ada, 'subject needs attributes.tags, which this person does not have'],
    [
      '{attributes.constructor}',
      ada,
      'subject needs attributes.constructor, which this person does not have',
    ],
    [
      '{directory}/{subject}',
      { subject: '42' },
      'subject needs directory, which this person does not have',
    ],
    [
      '{email}',
      { ...ada, emailVerified: false },
      'subject needs email, which this person does not have',
    ],
    ['x{subject}', { subject: 'y'.repeat(255) }, 'subject becomes longer than 255 characters'],
    [
      '{directory}/{subject}',
      { subject: '42', directory: 'a/b' },
      'subject cannot hold this directory: it contains what ends it',
    ],
    [
      '{directory}||{subject}',
      { subject: '42', directory: 'a|' },
      'subject cannot hold this directory: it contains what ends it',
    ],
  ])('%s refuses %j: %s', (subject, user, reason) => {
    expect(reasonOf({ subject }, user)).toBe(reason)
  })

  it.each([
    ['acme', 'has no placeholder such as'],
    ['{name}', 'not known'],
    ['{}', 'not known'],
    ['{constructor}', 'not known'],
    ['{directory}', 'everybody in it'],
    ['{directory}{subject}', 'side by side'],
    ['{subject}}', 'a brace'],
    ['{{subject}', 'a brace'],
    ['', 'is empty'],
  ])('refuses the template %j: %s', (subject, problem) => {
    expect(() => createAuthorise({ subject })).toThrow(problem)
  })

  it('needs an object of options', () => {
    // @ts-expect-error wrong on purpose
    expect(() => createAuthorise('acme')).toThrow(TypeError)
  })

  it('omits an address that is not verified', () => {
    const { email, emailVerified } = userOf({}, { ...ada, emailVerified: false })
    expect([email, emailVerified]).toEqual([undefined, undefined])
    expect(userOf({}, { subject: '42', email: 'ada@acme.example' }).email).toBeUndefined()
    expect(userOf({ unverifiedEmail: 'omit' }, { ...ada, emailVerified: false }).email).toBe(
      undefined,
    )
  })

  it('denies it, or replaces it by one that nobody has verified, when told so', () => {
    const unverified = { ...ada, emailVerified: false }
    const replaced = { unverifiedEmail: { replaceBy: '{subject}@people.acme.example' } }
    expect(reasonOf({ unverifiedEmail: 'deny' }, unverified)).toMatch(/no verified address/)
    expect(reasonOf({ unverifiedEmail: 'deny' }, { subject: '42' })).toMatch(/no verified address/)
    expect(userOf({ unverifiedEmail: 'deny' }).email).toBe('ada@acme.example')
    expect(userOf(replaced, unverified)).toMatchObject({
      email: '42@people.acme.example',
      emailVerified: false,
    })
    expect(userOf(replaced)).toMatchObject({ email: 'ada@acme.example', emailVerified: true })
  })

  it('tells Qlik the allowed groups, renamed and with their prefix', () => {
    const groups = { allow: ['sales', 'eu-*'], rename: { sales: 'Sales' }, prefix: 'acme/' }
    expect(userOf({ groups }).groups).toEqual(['acme/Sales', 'acme/eu-west'])
    expect(userOf({ groups }, { subject: '42', groups: ['Sales', 'eu', 'admin'] }).groups).toEqual(
      [],
    )
    const joined = { allow: ['*'], rename: { a: 'one', b: 'one' } }
    expect(userOf({ groups: joined }, { subject: '42', groups: ['a', 'b', 'c'] }).groups).toEqual([
      'one',
      'c',
    ])
  })

  it('looks at the own members of `rename` only', () => {
    const user = { subject: '42', groups: ['constructor', '__proto__', 'toString'] }
    expect(userOf({ groups: { allow: ['*'], rename: {} } }, user).groups).toEqual(user.groups)
    const rename = JSON.parse('{"__proto__":"renamed"}')
    expect(userOf({ groups: { allow: ['*'], rename } }, user).groups).toEqual([
      'constructor',
      'renamed',
      'toString',
    ])
  })

  it('refuses whoever has more allowed groups than may be told, or longer ones', () => {
    const many = { subject: '42', groups: ['a', 'b', 'c'] }
    expect(reasonOf({ groups: { allow: ['*'], max: 2 } }, many)).toMatch(/too many/)
    expect(userOf({ groups: { allow: ['a', 'b'], max: 2 } }, many).groups).toEqual(['a', 'b'])
    const long = { subject: '42', groups: ['x'.repeat(250)] }
    expect(reasonOf({ groups: { allow: ['*'], prefix: '1234567' } }, long)).toMatch(/too long/)
  })

  it.each([
    [{ subject: '42' }, true],
    [{ subject: '4*' }, true],
    [{ subject: '*' }, true],
    [{ subject: '4' }, false],
    [{ directory: 'ACME' }, true],
    [{ group: 'eu-*' }, true],
    [{ group: 'eu' }, false],
    [{ emailDomain: 'ACME.example' }, true],
    [{ emailDomain: '*.acme.example' }, false],
    [{ emailDomain: '*.example' }, true],
    [{ emailDomain: 'me.example' }, false],
    [{ group: 'sales', subject: '43' }, false],
    [{ group: 'sales', subject: '42' }, true],
  ])('deny %j applies: %s', (rule, applies) => {
    expect(authorise({ deny: [{ group: 'none' }, rule] }).allowed).toBe(!applies)
    expect(authorise({ allow: [{ group: 'none' }, rule] }).allowed).toBe(applies)
  })

  it('gives the reason of the first rule that denies', () => {
    expect(reasonOf({ deny: [{ group: 'none' }, { group: 'sales', reason: 'not sales' }] })).toBe(
      'not sales',
    )
    expect(reasonOf({ deny: [{ group: 'none' }, { group: 'sales' }] })).toBe('deny[1]')
    expect(reasonOf({ allow: [], deny: [{ group: 'sales' }] })).toBe('deny[0]')
    expect(reasonOf({ allow: [] })).toBe('nothing of `allow` applies')
  })

  it('denies by an address that is not verified, and allows only by one that is', () => {
    const unverified = { ...ada, emailVerified: false }
    const rule = { emailDomain: 'acme.example' }
    expect(authorise({ deny: [rule] }, unverified).allowed).toBe(false)
    expect(authorise({ allow: [rule] }, unverified).allowed).toBe(false)
    expect(authorise({ allow: [rule] }).allowed).toBe(true)
    expect(authorise({ deny: [rule] }, { subject: '42' }).allowed).toBe(true)
  })

  it.each([
    [{ deny: {} }, 'deny must be an array'],
    [{ deny: ['42'] }, 'deny[0] must be an object'],
    [{ deny: [{}] }, 'deny[0] names nobody'],
    [{ deny: [{ reason: 'why' }] }, 'deny[0] names nobody'],
    [{ deny: [{ groups: 'a' }] }, 'deny[0] may have'],
    [{ deny: [{ toString: 'a' }] }, 'deny[0] may have'],
    [{ deny: [{ group: ['a'] }] }, 'deny[0].group must be a string'],
    [{ deny: [{ group: undefined }] }, 'deny[0].group is missing'],
    [{ groups: {} }, 'groups.allow must be an array'],
    [{ groups: { allow: [''] } }, 'groups.allow[0] is empty'],
    [{ groups: { allow: ['a'], rename: { a: 7 } } }, 'groups.rename, entry 1, must be a string'],
    [{ groups: { allow: ['a'], max: 201 } }, 'groups.max must be a whole number from 1 to 200'],
    [{ groups: { allow: ['a'], prefix: 'a\n' } }, 'groups.prefix contains a control character'],
    [{ groups: ['a'] }, 'groups must be an object, not an array'],
    [{ groups: { allow: many } }, 'groups.allow has more than 1000 names'],
    [{ groups: { allow: ['a'], rename: ['a'] } }, 'groups.rename must be an object, not an array'],
    [{ groups: { allow: ['a'], rename: { ...many } } }, 'groups.rename has more than 1000 names'],
    [{ deny: many.map((group) => ({ group })) }, 'deny has more than 1000 rules'],
    [{ unverifiedEmail: 'ignore' }, 'unverifiedEmail must be omit, deny or { replaceBy }'],
    [{ unverifiedEmail: { replaceBy: 'nobody@acme.example' } }, 'unverifiedEmail.replaceBy has no'],
  ])('refuses the options %j: %s', (options, problem) => {
    // @ts-expect-error wrong on purpose
    expect(() => createAuthorise(options)).toThrow(problem)
  })

  it('names the deployment of a person by the first rule that applies, and refuses whom none does', () => {
    const upstreams = [
      { group: 'sales', attributes: { department: 'HR' }, upstream: 'red' },
      { attributes: { department: 'R&*', level: '7' }, upstream: 'blue' },
      { attributes: { tags: 'a' }, upstream: 'green' },
      { emailDomain: 'acme.example', upstream: 'mail' },
    ]
    expect(authorise({ upstreams })).toMatchObject({ allowed: true, upstream: 'blue' })
    const named = (user: User) => authorise({ upstreams }, user)
    const of = (attributes: NonNullable<User['attributes']>) => named({ subject: '1', attributes })
    expect(of({ tags: ['b', 'a'] })).toMatchObject({ upstream: 'green' })
    expect(of({ department: 'HR' }).allowed).toBe(false)
    expect(named({ subject: '1', groups: ['sales'] }).allowed).toBe(false)
    expect(named({ subject: '1', email: 'a@acme.example' }).allowed).toBe(false)
    expect(reasonOf({ upstreams }, { subject: '1' })).toBe('nothing of `upstreams` applies')
    expect(authorise({})).not.toHaveProperty('upstream')
  })

  it.each([
    [{ upstreams: {} }, 'upstreams must be an array'],
    [{ upstreams: [] }, 'upstreams is empty'],
    [{ upstreams: ['a'] }, 'upstreams[0] must be an object'],
    [{ upstreams: [{ group: 'a' }] }, 'upstreams[0].upstream is missing'],
    [{ upstreams: [{ upstream: 'a' }] }, 'upstreams[0] names nobody'],
    [{ upstreams: [{ attributes: {}, upstream: 'a' }] }, 'attributes must have 1 to 20 members'],
    [{ deny: [{ attributes: 'a' }] }, 'deny[0].attributes must be an object'],
    [{ deny: [{ attributes: { a: 7 } }] }, 'deny[0].attributes.a must be a string'],
  ])('refuses the options %j: %s', (options, problem) => {
    // @ts-expect-error wrong on purpose
    expect(() => createAuthorise(options)).toThrow(problem)
  })
})
