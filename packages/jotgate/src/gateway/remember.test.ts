import { expect, it } from 'vitest'
import { rememberByObject, rememberNames } from './remember.ts'

function counted() {
  const asked: string[] = []
  const lengthOf = rememberNames((name) => {
    asked.push(name)
    return name.length
  })
  return { asked, lengthOf }
}

it('asks once for each name, also where the answer is 0 or false', () => {
  const { asked, lengthOf } = counted()
  for (const name of ['accept', 'range', 'accept', '', '']) expect(lengthOf(name)).toBe(name.length)
  expect(asked).toEqual(['accept', 'range', ''])
})

it('forgets them when there are more than 500, and keeps none that is longer than 64 characters', () => {
  const { asked, lengthOf } = counted()
  const long = 'x'.repeat(65)
  lengthOf(long)
  lengthOf(long)
  expect(asked).toEqual([long, long])
  lengthOf('accept')
  for (let at = 0; at < 500; at += 1) lengthOf(`x-${at}`)
  lengthOf('x-499')
  lengthOf('accept')
  expect(asked.filter((name) => name === 'x-499')).toHaveLength(1)
  expect(asked.filter((name) => name === 'accept')).toHaveLength(2)
})

it('remembers what it said of an object, not of another that is equal', () => {
  let asked = 0
  const read = rememberByObject(({ a }: { a: number }) => {
    asked += 1
    return { doubled: a * 2 }
  })
  const [one, equal] = [{ a: 1 }, { a: 1 }]
  expect(read(one)).toBe(read(one))
  expect(read(equal)).not.toBe(read(one))
  expect(asked).toBe(2)
})
