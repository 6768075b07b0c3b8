import { describe, expect, it } from 'vitest'
import type { Fault } from './fault.ts'
import { createFaultBoard } from './fault-board.ts'

const get = (path: string) => ({ product: 'cloud', method: 'GET', path, isSocket: false })
const unavailable: Fault = { effect: { kind: 'server-error', status: 503 } }

describe('the faults', () => {
  it('change nothing at first', () => {
    expect(createFaultBoard({}).apply(get('/'))).toEqual({ latencyMs: 0 })
  })

  it('are matched by the beginning of the path and by method', () => {
    const board = createFaultBoard({})
    board.set([{ ...unavailable, pathPrefix: '/api/v1/users', method: 'POST' }])
    expect(board.apply(get('/api/v1/users')).effect).toBeUndefined()
    expect(board.apply({ ...get('/api/v1/apps'), method: 'POST' }).effect).toBeUndefined()
    const applied = board.apply({ ...get('/api/v1/users/me'), method: 'POST' })
    expect(applied.effect).toEqual({ kind: 'server-error', status: 503 })
  })

  it('add latencies up until another fault decides', () => {
    const board = createFaultBoard({})
    board.set([
      { effect: { kind: 'latency', ms: 20 } },
      { effect: { kind: 'latency', ms: 30 } },
      unavailable,
      { effect: { kind: 'latency', ms: 1000 } },
      { effect: { kind: 'rate-limit' } },
    ])
    expect(board.apply(get('/'))).toEqual({ latencyMs: 50, effect: unavailable.effect })
    expect(board.get().map(({ timesApplied }) => timesApplied)).toEqual([1, 1, 1, 0, 0])
  })

  it('are applied as often as they were counted for', () => {
    const board = createFaultBoard({})
    board.set([{ ...unavailable, times: 3 }])
    const applied = Array.from({ length: 5 }, () => board.apply(get('/')).effect !== undefined)
    expect(applied).toEqual([true, true, true, false, false])
    expect(board.get()).toMatchObject([{ times: 3, timesApplied: 3 }])
  })

  it('are drawn by the seed, the same each time', () => {
    const board = createFaultBoard({})
    const draw = (seed: number) => {
      board.set([{ ...unavailable, probability: 0.25 }], { seed })
      return Array.from({ length: 400 }, () => board.apply(get('/')).effect !== undefined)
    }
    const first = draw(7)
    expect(draw(7)).toEqual(first)
    expect(draw(8)).not.toEqual(first)
    const count = first.filter(Boolean).length
    expect(count).toBeGreaterThan(70)
    expect(count).toBeLessThan(130)
  })

  it('close sockets only, never answers', () => {
    const board = createFaultBoard({})
    board.set([{ effect: { kind: 'close-socket', closeCode: 4203 } }])
    expect(board.apply(get('/app/x')).effect).toBeUndefined()
    expect(board.apply({ ...get('/app/x'), isSocket: true }).effect).toMatchObject({
      closeCode: 4203,
    })
  })

  it('of the engine meet its calls alone, by name and socket, as often as they may', () => {
    const board = createFaultBoard({})
    board.set([
      { effect: { kind: 'engine-error', code: 15, call: 'GetLayout' }, times: 2 },
      { effect: { kind: 'engine-error', code: 5, message: 'no' }, pathPrefix: '/app/a' },
      unavailable,
    ])
    expect(board.apply({ ...get('/app/a'), isSocket: true }).effect).toEqual(unavailable.effect)
    const codeOf = (path: string, name: string) => board.applyToCall({ path, name })?.code
    expect(codeOf('/app/b', 'GenericObject.GetLayout')).toBe(15)
    expect(codeOf('/app/b', 'Doc.GetLayoutX')).toBeUndefined()
    expect(codeOf('/app/b', 'Doc.GetObject')).toBeUndefined()
    expect(board.applyToCall({ path: '/app/a', name: 'Doc.GetObject' })).toEqual({
      code: 5,
      message: 'no',
    })
    expect(codeOf('/app/a/ttl/60', 'GenericObject.GetLayout')).toBe(15)
    expect(codeOf('/app/b', 'GenericObject.GetLayout')).toBeUndefined()
    expect(board.get().map(({ timesApplied }) => timesApplied)).toEqual([2, 1, 1])
  })

  it('are added, taken away one by one, and cleared', () => {
    const board = createFaultBoard({})
    let changes = 0
    board.onChange(() => {
      changes += 1
    })
    const [one, two] = [board.add(unavailable), board.add(unavailable)]
    expect(board.remove(one)).toBe(true)
    expect(board.remove(one)).toBe(false)
    expect(board.get().map(({ id }) => id)).toEqual([two])
    board.clear()
    expect(board.get()).toEqual([])
    expect(changes).toBe(4)
  })

  it('keep no endless list of what was applied', () => {
    const board = createFaultBoard({})
    for (let round = 0; round < 450; round += 1) {
      board.add({ ...unavailable, times: 1 })
      board.apply(get('/'))
    }
    expect(board.get().length).toBeLessThanOrEqual(200)
  })

  it('leave all as it is when one of several is wrong', () => {
    const board = createFaultBoard({})
    board.add(unavailable)
    const wrong = { effect: { kind: 'server-error', status: 404 } } as Fault
    expect(() => board.set([unavailable, wrong])).toThrow('status must be from 500 to 599')
    expect(() => board.set([], { seed: 0.5 })).toThrow('seed must be a whole number')
    expect(() => board.set({} as Fault[])).toThrow('faults must be an array')
    expect(board.get()).toHaveLength(1)
  })
})
