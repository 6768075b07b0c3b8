import { describe, expect, it } from 'vitest'
import { peers } from './peers.ts'
import { tokenRules } from './registry.ts'

const ids = tokenRules.map(({ id }) => id)

describe('the list of rules', () => {
  it('has each rule once', () => {
    expect(ids.length).toBeGreaterThan(90)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it.each(tokenRules.map((rule) => [rule.id, rule] as const))(
    '%s is described in full',
    (id, rule) => {
      expect(id).toMatch(/^(kind|form|token|signature|cloud|client-managed)(-[a-z0-9]+)+$/)
      expect(rule.title).toMatch(/^[A-Z`].*[^.]$/)
      expect(rule.hint).toMatch(/^[A-Z].*[.?]$/)
      expect(rule.source.length).toBeGreaterThan(10)
      // An unknown effect has no certainty; any other has some.
      if (rule.effect === 'unknown') expect(rule.certainty).toBe('unknown')
      else expect(rule.certainty).not.toBe('unknown')
    },
  )

  it('has every rule that a program is named for', () => {
    for (const { mistakes } of peers)
      expect(ids).toEqual(expect.arrayContaining(Object.keys(mistakes)))
  })
})
