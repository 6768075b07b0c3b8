import { describe, expect, it, vi } from 'vitest'
import { diagnosed, failure } from './failure.ts'

describe('the error of a failure', () => {
  it('has its words, and the cause', async () => {
    const cause = new TypeError('fetch failed')
    const details = { reason: 'host-unreachable', url: '/token' } as const
    expect(await failure('ERR_BROWSER_TOKEN_UNREACHABLE', details, cause)).toMatchObject({
      code: 'ERR_BROWSER_TOKEN_UNREACHABLE',
      message: 'The application’s token endpoint cannot be reached at /token',
      hint: expect.stringContaining('connect-src'),
      details,
      cause,
    })
  })

  it.each([
    ['fail to load', () => Promise.reject(new TypeError('Failed to fetch'))],
    ['never come', () => new Promise<never>(() => undefined)],
  ])('has its code and reason when the words %s', async (_how, load) => {
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    const error = diagnosed(
      () => expect.fail('without the words'),
      'ERR_BROWSER_OFFLINE',
      { reason: 'offline' },
      load,
    )
    await vi.advanceTimersByTimeAsync(2000)
    vi.useRealTimers()
    expect(await error).toMatchObject({
      code: 'ERR_BROWSER_OFFLINE',
      details: { reason: 'offline' },
      message: expect.stringContaining('offline'),
    })
  })
})
