import { describe, expect, it } from 'vitest'
import { createClock, toEpochSeconds } from './clock.ts'

const start = new Date('2026-01-01T00:00:00.900Z')

describe('the clock', () => {
  it('shows real time until it is moved, and runs on after it was advanced', () => {
    let real = start
    const clock = createClock(() => real)
    expect(clock.now()).toEqual(start)
    clock.advance(60)
    real = new Date(start.getTime() + 1000)
    expect(clock.now()).toEqual(new Date(start.getTime() + 61_000))
  })

  it('stands still once it is set, and moves by advance alone', () => {
    let real = start
    const clock = createClock(() => real)
    const date = new Date('2030-05-05T12:00:00Z')
    clock.set(date)
    real = new Date(start.getTime() + 99_000)
    expect(clock.now()).toEqual(date)
    clock.advance(1.5)
    expect(clock.now().toISOString()).toBe('2030-05-05T12:00:01.500Z')
    clock.reset()
    expect(clock.now()).toEqual(real)
  })

  it('tells its listeners of each move', () => {
    const clock = createClock(() => start)
    let moves = 0
    clock.onMove(() => {
      moves += 1
    })
    clock.advance(1)
    clock.set(start)
    clock.reset()
    expect(moves).toBe(3)
  })

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses to advance by %d', (seconds) => {
    expect(() => createClock().advance(seconds)).toThrow(
      expect.objectContaining({ code: 'ERR_EMULATOR_CLOCK' }),
    )
  })

  it('refuses a date that is none', () => {
    expect(() => createClock().set(new Date('tomorrow'))).toThrow('it is not a valid date')
  })

  it('stays within dates that certificates and timestamps can have, and where it was otherwise', () => {
    const clock = createClock(() => start)
    const outside = expect.objectContaining({
      code: 'ERR_EMULATOR_CLOCK',
      message: expect.stringContaining('the years 1970 to 9998'),
    })
    for (const seconds of [1e308, 1e15, 8000 * 366 * 86_400]) {
      expect(() => clock.advance(seconds)).toThrow(outside)
      expect(clock.now()).toEqual(start)
    }
    for (const date of ['1969-12-31', '9999-01-01', '+200000-01-01T00:00:00Z'])
      expect(() => clock.set(new Date(date))).toThrow(outside)
    expect(clock.now()).toEqual(start)
    clock.set(new Date('9998-12-31'))
    expect(() => clock.advance(86_400)).toThrow(outside)
    expect(clock.now()).toEqual(new Date('9998-12-31'))
  })

  it('counts whole seconds, as tokens do', () => {
    expect(toEpochSeconds(start)).toBe(Date.parse('2026-01-01T00:00:00Z') / 1000)
  })
})
