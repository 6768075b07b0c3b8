import { describe, expect, it } from 'vitest'
import { parseFault } from '../../../src/control/faults/parse-fault.ts'
import { faultKinds, toEffect, wordsOf } from './fault-kinds.ts'

describe('the form for faults', () => {
  it.each(Object.entries(faultKinds))(
    'begins %s with a number that the board takes',
    (kind, { first }) => {
      const effect = toEffect(kind, first, '')
      expect(effect.kind).toBe(kind)
      expect(parseFault({ effect }, [])).toEqual({ effect })
    },
  )

  it('names the one call of the engine that is refused', () => {
    const effect = toEffect('engine-error', 15, 'GetLayout')
    expect(effect).toEqual({ kind: 'engine-error', code: 15, call: 'GetLayout' })
    expect(wordsOf(effect)).toBe('answers GetLayout with 15')
    expect(wordsOf(toEffect('engine-error', 5, ''))).toBe('answers each engine call with 5')
  })

  it.each([
    [{ kind: 'latency', ms: 20 }, 'waits 20 ms'],
    [{ kind: 'rate-limit' }, '429, Retry-After 13'],
    [{ kind: 'server-error', status: 502 }, 'answers 502'],
    [{ kind: 'documented-error', error: 'login-12' }, 'answers login-12'],
    [{ kind: 'close-socket', closeCode: 4205 }, 'closes the socket with 4205'],
  ] as const)('says %j as “%s”', (effect, words) => {
    expect(wordsOf(effect)).toBe(words)
  })
})
