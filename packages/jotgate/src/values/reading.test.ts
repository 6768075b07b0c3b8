import { describe, expect, it } from 'vitest'
import { found, type Reading, readAll, readEach, refused, valueOrThrow } from './reading.ts'

const toError = ({ option, problem }: { option: string; problem: string }) =>
  new Error(`${option} ${problem}`)

describe('a reading', () => {
  it('gives its value, or throws its first problem', () => {
    expect(valueOrThrow(found(5), toError)).toBe(5)
    expect(valueOrThrow(found(undefined), toError)).toBeUndefined()
    const both: Reading<number> = { problems: [...refused('a', 'is missing').problems, second] }
    expect(() => valueOrThrow(both, toError)).toThrow('a is missing')
  })

  it('is joined with others into one object, in their order', () => {
    const joined: Reading<{ a: number; b: string }> = readAll({ a: found(1), b: found('x') })
    expect(joined).toEqual({ value: { a: 1, b: 'x' } })
    expect(
      readAll({ a: refused('a', 'is empty'), b: found('x'), c: refused('c', 'is new') }),
    ).toEqual({
      problems: [
        { option: 'a', problem: 'is empty' },
        { option: 'c', problem: 'is new' },
      ],
    })
  })

  it('keeps a member called __proto__ when joined', () => {
    const { value } = readAll({ ['__proto__']: found(1) })
    expect(Object.keys(value ?? {})).toEqual(['__proto__'])
  })

  it('is joined with others into one list', () => {
    expect(readEach([found(1), found(2)])).toEqual({ value: [1, 2] })
    expect(readEach([])).toEqual({ value: [] })
    expect(readEach([found(1), refused('b', 'is empty'), refused('c', 'is new')])).toMatchObject({
      problems: [{ option: 'b' }, { option: 'c' }],
    })
  })
})

const second = { option: 'b', problem: 'is empty' }
