import { expect, it } from 'vitest'
import { rememberNames } from './remember-names.ts'

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
