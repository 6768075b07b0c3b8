import { connect } from 'jotgate/browser'
import { describe, expect, it } from 'vitest'
import { failureError, toFailure } from './failure.ts'

/** What `connect` throws when the portal answers its token endpoint so. */
async function thrownBy(answer: () => Response): Promise<unknown> {
  return connect({
    mode: 'direct',
    url: 'https://acme.eu.qlikcloud.com',
    webIntegrationId: 'w1',
    token: { url: 'https://portal.acme.example/token' },
    fetch: async () => answer(),
  }).then(
    () => undefined,
    (error: unknown) => error,
  )
}

describe('what failed', () => {
  it('is told in jotgate’s own words, and asks for a new sign-in where that helps', async () => {
    const failure = toFailure(await thrownBy(() => new Response(null, { status: 401 })))
    expect(failure).toMatchObject({
      title: 'You are signed out of the portal',
      wayOut: 'sign-in',
      code: expect.stringMatching(/^ERR_BROWSER_NOT_LOGGED_IN · /),
    })
    expect(failure.reason).toMatch(/answered with 401\.$/)
  })

  it.each([404, 405])('names the address that takes no POST: %s', async (status) => {
    const failure = toFailure(await thrownBy(() => new Response(null, { status })))
    expect(failure).toMatchObject({
      title: 'There is no token endpoint at this address',
      reason: `POST https://portal.acme.example/token was answered with ${status}: no endpoint takes a POST there.`,
      wayOut: 'try-again',
    })
  })

  it('can be tried again otherwise', async () => {
    const failure = toFailure(await thrownBy(() => new Response(null, { status: 503 })))
    expect(failure).toMatchObject({ title: 'The portal gave no token', wayOut: 'try-again' })
  })

  it('keeps the words of an error that has them', () => {
    const words = { title: 'No', reason: 'Not so', remedy: 'Go', wayOut: 'qlik-login' } as const
    expect(toFailure(failureError(words))).toBe(words)
  })

  it.each([
    [new Error('Not connected'), 'Not connected.'],
    [new Error('Why?'), 'Why?'],
    ['text', 'text.'],
    [undefined, 'undefined.'],
  ])('is the page’s own fault for %s', (error, reason) => {
    expect(toFailure(error)).toMatchObject({
      title: 'The page failed',
      reason,
      code: 'PAGE_FAILED',
      wayOut: 'try-again',
    })
  })
})
