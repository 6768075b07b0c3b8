import { describe, expect, it } from 'vitest'
import { createUnderWay } from './under-way.ts'

describe('what is under way', () => {
  it('has what was added, until it is taken out', () => {
    const underWay = createUnderWay<string>()
    const remove = ['a', 'b', 'c', 'd'].map((one) => underWay.add(one))
    remove[1]?.()
    expect(underWay.list().sort()).toEqual(['a', 'c', 'd'])
    remove[3]?.()
    remove[0]?.()
    expect(underWay.list()).toEqual(['c'])
    remove[2]?.()
    expect(underWay.list()).toEqual([])
  })

  it('takes nothing else out when something is taken out again', () => {
    const underWay = createUnderWay<string>()
    const removeFirst = underWay.add('a')
    removeFirst()
    underWay.add('b')
    removeFirst()
    expect(underWay.list()).toEqual(['b'])
  })

  it('lets those that are listed be taken out meanwhile', () => {
    const underWay = createUnderWay<() => void>()
    const taken: number[] = []
    for (let at = 0; at < 5; at++) {
      const remove = underWay.add(() => {
        taken.push(at)
        remove()
      })
    }
    for (const take of underWay.list()) take()
    expect([taken, underWay.list()]).toEqual([[0, 1, 2, 3, 4], []])
  })
})
