import { describe, expect, it } from 'vitest'
import { fetchJson } from './fetch-json.ts'

const type = { 'content-type': 'application/json' }

/** A request that gets this answer, and what was asked. */
function answered(response: Response | (() => never), maxBytes = 256) {
  const asked: RequestInit[] = []
  const fetch = async (_: unknown, init: RequestInit = {}) => {
    asked.push(init)
    return typeof response === 'function' ? response() : response
  }
  const request = { url: 'https://a.example', timeoutMs: 60_000, maxBytes }
  return { asked, answer: fetchJson({ ...request, fetch: fetch as typeof globalThis.fetch }) }
}

const json = (length: number) => `"${'a'.repeat(length - 2)}"`

describe('fetching JSON', () => {
  it('sends no cookies, and uses no cache and no redirect', async () => {
    const { asked, answer } = answered(new Response('{"a":1}', { headers: type }))
    expect(await answer).toEqual({ a: 1 })
    expect(asked).toMatchObject([
      { redirect: 'manual', cache: 'no-store', credentials: 'omit', signal: expect.anything() },
    ])
  })

  it.each([300, 301, 302, 303, 307, 308, 399])('follows no redirect: %d', async (status) => {
    const headers = { ...type, location: 'https://b.example' }
    await expect(answered(new Response('{}', { status, headers })).answer).rejects.toThrow(
      'the server answered with a redirect, which is not followed',
    )
  })

  it('follows no redirect that a browser hides', async () => {
    const response = new Response('{}', { headers: type })
    Object.defineProperty(response, 'type', { value: 'opaqueredirect' })
    await expect(answered(response).answer).rejects.toThrow('redirect')
  })

  it.each([201, 400, 404, 500])('refuses the status %d', async (status) => {
    await expect(answered(new Response('{}', { status, headers: type })).answer).rejects.toThrow(
      `the server answered with status ${status}`,
    )
  })

  it.each([
    ['application/json', true],
    ['Application/JWK-Set+JSON ; charset=utf-8', true],
    ['application/jsonx', false],
    ['xapplication/json', false],
    ['text/json', false],
    ['application/+json', false],
  ])('accepts the content type %s: %s', async (contentType, isTaken) => {
    const { answer } = answered(new Response('{}', { headers: { 'content-type': contentType } }))
    if (isTaken) expect(await answer).toEqual({})
    else await expect(answer).rejects.toThrow('content type of the answer is not JSON')
  })

  it('needs a content type and a body', async () => {
    const bare = new Response(new TextEncoder().encode('{}'))
    await expect(answered(bare).answer).rejects.toThrow('content type of the answer is not JSON')
    await expect(answered(new Response(null, { headers: type })).answer).rejects.toThrow('not JSON')
  })

  it('accepts an answer of the size limit, and no larger one', async () => {
    const exact = answered(new Response(json(256), { headers: type }))
    expect(await exact.answer).toHaveLength(254)
    await expect(answered(new Response(json(257), { headers: type })).answer).rejects.toThrow(
      'the answer is larger than 256 bytes',
    )
  })

  it('cancels what it refuses, so that no connection stays open', async () => {
    for (const status of [200, 500]) {
      let isCancelled = false
      const body = new ReadableStream({
        pull: (controller) => controller.enqueue(new Uint8Array(1000)),
        cancel() {
          isCancelled = true
        },
      })
      await expect(answered(new Response(body, { status, headers: type })).answer).rejects.toThrow()
      expect(isCancelled, String(status)).toBe(true)
    }
  })

  it('describes network errors, and passes on unknown ones', async () => {
    const failing = (error: unknown) =>
      answered(() => {
        throw error
      }).answer
    await expect(failing(new TypeError('fetch failed'))).rejects.toThrow(
      'the server could not be reached, or closed the connection',
    )
    await expect(failing(new RangeError('of its own'))).rejects.toThrow('of its own')
  })
})
