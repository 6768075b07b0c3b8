import { describe, expect, it } from 'vitest'
import { toFailure } from './failure.ts'
import { readPortalConfig } from './portal-config.ts'

const failureOf = (fetch: typeof globalThis.fetch) =>
  readPortalConfig(fetch).then(() => undefined, toFailure)

describe('what the portal tells its page', () => {
  it('is read from the page’s own origin', async () => {
    const config = { user: { name: 'Ada' }, mainUrl: 'http://localhost:3000' }
    const asked: unknown[] = []
    const read = await readPortalConfig(async (address) => {
      asked.push(address)
      return Response.json(config)
    })
    expect(read).toEqual(config)
    expect(asked).toEqual(['/config.json'])
  })

  it('asks for a new sign-in when the session is over', async () => {
    const failure = await failureOf(async () => new Response(null, { status: 401 }))
    expect(failure).toMatchObject({ wayOut: 'sign-in' })
    expect(failure).not.toHaveProperty('code')
  })

  it.each([
    [async () => new Response(null, { status: 502 }), 'It answered 502'],
    [async () => Promise.reject(new TypeError('Failed to fetch')), 'No answer came'],
  ])('says that the portal does not answer', async (fetch, reason) => {
    expect(await failureOf(fetch)).toMatchObject({
      code: 'PORTAL_UNREACHABLE',
      reason: expect.stringContaining(reason),
      wayOut: 'try-again',
    })
  })
})
