import { afterEach, describe, expect, it } from 'vitest'
import { createStepRunner, type LoginStepEvent, tell } from './login-step.ts'

const clockOf = (...times: number[]) => {
  const left = [...times]
  return () => left.shift() ?? Number.NaN
}

describe('a step of the login', () => {
  it('is told when it begins and when it is done, with its time', async () => {
    const events: LoginStepEvent[] = []
    const inStep = createStepRunner((event) => events.push(event), clockOf(100, 130))
    expect(await inStep('token', 1, async () => 'result')).toBe('result')
    expect(events).toEqual([
      { step: 'token', login: 1, state: 'begun' },
      { step: 'token', login: 1, state: 'done', durationMs: 30 },
    ])
  })

  it('is told when it fails, and fails all the same', async () => {
    const events: LoginStepEvent[] = []
    const inStep = createStepRunner((event) => events.push(event), clockOf(0, 5))
    const error = new Error('no')
    await expect(inStep('session', 2, () => Promise.reject(error))).rejects.toBe(error)
    expect(events.at(-1)).toEqual({
      step: 'session',
      login: 2,
      state: 'failed',
      durationMs: 5,
      error,
    })
  })
})

describe('a listener that throws', () => {
  const handlers = process.listeners('uncaughtException')
  afterEach(() => {
    process.removeAllListeners('uncaughtException')
    for (const handler of handlers) process.on('uncaughtException', handler)
  })

  it('stops nothing, and is seen', async () => {
    const seen: unknown[] = []
    process.removeAllListeners('uncaughtException')
    process.on('uncaughtException', (error) => seen.push(error))
    tell(() => {
      throw new Error('the listener’s own')
    }, 'event')
    await new Promise((resolve) => setImmediate(resolve))
    expect(seen.map(String)).toEqual(['Error: the listener’s own'])
  })
})
