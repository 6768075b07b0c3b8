import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeTable } from '../testing/cube-input.ts'
import { associate } from './associate.ts'
import { beginModal, changeSelection, createHistory, endModal, step } from './history.ts'
import { clearFields, selectElements } from './select-elements.ts'
import { noSelection, type SelectionState } from './selection-state.ts'

const table = makeTable(
  ['City', 'Kind'],
  [
    ['Ulm', 'tea'],
    ['Ulm', 'ale'],
    ['Kiel', 'tea'],
    ['Bonn', 'rum'],
    [null, 'tea'],
  ],
)

function select(state: SelectionState, name: string, elements: number[], toggle = false) {
  const field = table.field(name)
  if (field === undefined) throw new Error(`no field ${name}`)
  return selectElements(table, state, field, elements, toggle)
}

function states(state: SelectionState, name: string): string {
  const field = table.field(name)
  if (field === undefined) throw new Error(`no field ${name}`)
  const { stateOf } = associate(table, state)
  return field.values.map((_, element) => stateOf(field, element)).join(' ')
}

describe('a selection', () => {
  it('leaves the rows of the selected values; null is in none of them', () => {
    expect([...associate(table, select(noSelection, 'City', [0])).rows]).toEqual([0, 1])
    const all = select(noSelection, 'City', [0, 1, 2])
    expect([...associate(table, all).rows]).toEqual([0, 1, 2, 3])
  })

  it('makes values selected, alternative, possible or excluded', () => {
    const ulm = select(noSelection, 'City', [0])
    expect(states(ulm, 'City')).toBe('S A A')
    expect(states(ulm, 'Kind')).toBe('O O X')
    const both = select(ulm, 'Kind', [0])
    expect(states(both, 'City')).toBe('S A X')
    expect(states(both, 'Kind')).toBe('S A X')
  })

  it('keeps a selected value that another field excludes, as selected and excluded', () => {
    const state = select(select(noSelection, 'City', [0, 1]), 'Kind', [1])
    expect(states(state, 'City')).toBe('S XS X')
    const { stateCounts } = associate(table, state)
    const city = table.field('City')
    expect(city && stateCounts(city)).toMatchObject({
      qSelected: 1,
      qSelectedExcluded: 1,
      qExcluded: 1,
    })
  })

  it('toggles, replaces and clears', () => {
    const one = select(noSelection, 'City', [0])
    expect([...(select(one, 'City', [1], true).get('City') ?? [])]).toEqual([0, 1])
    expect(select(one, 'City', [0], true).size).toBe(0)
    expect([...(select(one, 'City', [2]).get('City') ?? [])]).toEqual([2])
    expect(select(one, 'City', []).size).toBe(0)
    expect(clearFields(one).size).toBe(0)
    expect(clearFields(one, ['Kind'])).toEqual(one)
  })

  it('ignores elements that are none: null’s -2 and numbers past the end', () => {
    expect(select(noSelection, 'City', [-2, -1, 99]).size).toBe(0)
  })

  it('drops older selections that conflict with a newly selected grey value, and only those', () => {
    const tea = select(noSelection, 'Kind', [0])
    expect([...select(tea, 'City', [2]).keys()]).toEqual(['City'])
    expect([...select(tea, 'City', [1]).keys()]).toEqual(['Kind', 'City'])
  })

  it('agrees with a plain reading of every row, whatever is selected', () => {
    const cell = fc.option(fc.constantFrom('a', 'b', 'c'))
    const rows = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 12 })
    const pick = fc.uniqueArray(fc.integer({ min: 0, max: 2 }))
    fc.assert(
      fc.property(rows, fc.tuple(pick, pick, pick), (data, picks) => {
        const names = ['x', 'y', 'z']
        const random = makeTable(names, data)
        const state = new Map(
          names.flatMap((name, index): [string, Set<number>][] => {
            const size = random.field(name)?.values.length ?? 0
            const elements = (picks[index] ?? []).filter((element) => element < size)
            return elements.length === 0 ? [] : [[name, new Set(elements)]]
          }),
        )
        const passes = (row: number, ignored?: string) =>
          [...state].every(
            ([name, elements]) =>
              name === ignored || elements.has(random.field(name)?.elements[row] ?? -1),
          )
        const { rows: actual, stateOf } = associate(random, state)
        expect([...actual]).toEqual([...data.keys()].filter((row) => passes(row)))
        for (const field of random.fields) {
          for (const element of field.values.keys()) {
            const isPossible = [...data.keys()].some(
              (row) => field.elements[row] === element && passes(row, field.name),
            )
            const own = state.get(field.name)
            const expected =
              own === undefined
                ? isPossible
                  ? 'O'
                  : 'X'
                : own.has(element)
                  ? isPossible
                    ? 'S'
                    : 'XS'
                  : isPossible
                    ? 'A'
                    : 'X'
            expect(stateOf(field, element)).toBe(expected)
          }
        }
      }),
    )
  })
})

describe('the history of selections', () => {
  const ulm = select(noSelection, 'City', [0])
  const kiel = select(noSelection, 'City', [1])

  it('steps back and forward, and forgets the way forward after a new selection', () => {
    const history = createHistory()
    changeSelection(history, ulm)
    changeSelection(history, kiel)
    expect(step(history, 'back')).toBe(true)
    expect(history.state).toBe(ulm)
    expect(step(history, 'forward')).toBe(true)
    expect(history.state).toBe(kiel)
    step(history, 'back')
    changeSelection(history, noSelection)
    expect(step(history, 'forward')).toBe(false)
  })

  it('makes one step of a confirmed modal selection, and none of a cancelled one', () => {
    const history = createHistory()
    beginModal(history, 'bar', ['/qHyperCubeDef'])
    changeSelection(history, ulm)
    changeSelection(history, kiel)
    endModal(history, true)
    expect(history.back).toHaveLength(1)
    beginModal(history, 'bar', ['/qHyperCubeDef'])
    changeSelection(history, ulm)
    endModal(history, false)
    expect(history.state).toBe(kiel)
    expect(history.back).toHaveLength(1)
  })

  it('refuses a second object while one is in a modal selection', () => {
    const history = createHistory()
    beginModal(history, 'bar', [])
    expect(() => beginModal(history, 'bar', [])).not.toThrow()
    expect(() => beginModal(history, 'pie', [])).toThrow(
      expect.objectContaining({ engineCode: 6003 }),
    )
  })
})
