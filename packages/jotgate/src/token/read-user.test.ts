import { describe, expect, it } from 'vitest'
import { readUser } from './read-user.ts'

const problemOf = (value: unknown) => {
  const [first] = readUser(value).problems ?? []
  return first === undefined ? undefined : `${first.option} ${first.problem}`
}

describe('readUser', () => {
  it('copies the fields of a user and nothing else, and takes null for omitted', () => {
    const row = {
      subject: '42',
      name: 'Ada',
      email: null,
      emailVerified: true,
      groups: ['sales', 'sales', 'eu'],
      attributes: { department: 'R&D', levels: [1, 2], gone: null },
      passwordHash: 'secret',
    }
    const { value } = readUser(row)
    expect(value).toEqual({
      subject: '42',
      name: 'Ada',
      emailVerified: true,
      groups: ['sales', 'eu'],
      attributes: { department: 'R&D', levels: [1, 2] },
    })
    expect(Object.isFrozen(value) && Object.isFrozen(value?.attributes)).toBe(true)
  })

  it('reads what a class gives by its getters', () => {
    class Row {
      get subject() {
        return '42'
      }
    }
    expect(readUser(new Row()).value).toEqual({ subject: '42' })
  })

  it.each([
    ['Ada', 'user must be an object, not a string'],
    [[], 'user must be an object, not an array'],
    [{}, 'subject is missing'],
    [{ subject: null }, 'subject is missing'],
    [{ subject: 42 }, 'subject must be a string, not a number'],
    [{ subject: 'a\nb' }, 'subject contains a control character'],
    [{ subject: 'x'.repeat(256) }, 'subject is longer than 255 characters'],
    [{ subject: '42', emailVerified: 'true' }, 'emailVerified must be true or false, not a string'],
    [{ subject: '42', groups: 'sales' }, 'groups must be an array, not a string'],
    [{ subject: '42', groups: ['a', 7] }, 'groups[1] must be a string, not a number'],
    [
      { subject: '42', groups: Array.from({ length: 5001 }, (_, at) => `g${at}`) },
      'groups contains more than 5000 different names',
    ],
    [{ subject: '42', attributes: ['a'] }, 'attributes must be an object, not an array'],
    [
      { subject: '42', attributes: { a: {} } },
      'attributes.a must be a string, a number or a boolean, not an object',
    ],
    [
      {
        subject: '42',
        attributes: Object.fromEntries(Array.from({ length: 101 }, (_, at) => [`a${at}`, 1])),
      },
      'attributes contains more than 100 attributes',
    ],
  ])('%#: says that %j is wrong: %s', (value, problem) => {
    expect(problemOf(value)).toBe(problem)
  })

  it('keeps an attribute called __proto__ as an attribute', () => {
    const { value } = readUser(JSON.parse('{"subject":"42","attributes":{"__proto__":"x"}}'))
    expect(Object.entries(value?.attributes ?? {})).toEqual([['__proto__', 'x']])
    expect(Object.getPrototypeOf(value?.attributes)).toBe(Object.prototype)
  })
})
