import { describe, expect, it } from 'vitest'
import { openPage, pathsOf } from '../page.fixture.ts'

describe('a connection that Qlik refuses something', () => {
  it('logs in again once when the session is gone, however many requests notice it', async () => {
    const page = await openPage()
    const { fetch } = await page.connect()
    page.sessions.clear()
    const answers = await Promise.all(
      Array.from({ length: 5 }, (_, index) =>
        fetch('/api/v1/notes', { method: 'POST', body: `note ${index}` }),
      ),
    )
    const texts = await Promise.all(answers.map((answer) => answer.text()))
    expect(texts).toEqual(['got note 0', 'got note 1', 'got note 2', 'got note 3', 'got note 4'])
    expect(pathsOf(page.host)).toEqual(['POST /token', 'POST /token'])
  })

  it('gives back the second refusal, and does not log in again and again', async () => {
    const page = await openPage({ qlik: { 'GET /api/v1/items': () => ({ status: 401 }) } })
    const { fetch } = await page.connect()
    expect((await fetch('/api/v1/items')).status).toBe(401)
    expect(pathsOf(page.host)).toHaveLength(2)
  })

  it('fails for all that wait, and asks once, when nobody is logged in to the application', async () => {
    const bothRefused = Promise.withResolvers<void>()
    let asked = 0
    const page = await openPage({
      host: async () => {
        asked += 1
        if (asked === 1) return { body: { token: page.tokenFor(page.person) } }
        await bothRefused.promise
        return { status: 401 }
      },
    })
    let refused = 0
    const fetchAndCount: typeof globalThis.fetch = async (input, init) => {
      const response = await page.browserFetch(input, init)
      refused += response.status === 401 && String(input).includes('users/me') ? 1 : 0
      if (refused === 2) setImmediate(bothRefused.resolve)
      return response
    }
    const { fetch } = await page.connect({ fetch: fetchAndCount })
    page.sessions.clear()
    const failure = (reason: unknown) => reason
    const answers = [1, 2].map(() => fetch('/api/v1/users/me').catch(failure))
    for (const answer of await Promise.all(answers))
      expect(answer).toMatchObject({ code: 'ERR_BROWSER_NOT_LOGGED_IN' })
    expect(pathsOf(page.host)).toHaveLength(2)
  })

  it('does not become somebody else’s when it logs in again', async () => {
    const page = await openPage()
    const { fetch, webSocketUrl } = await page.connect()
    page.sessions.clear()
    page.person = '43'
    const changed = { code: 'ERR_BROWSER_USER_CHANGED' }
    await expect(fetch('/api/v1/users/me')).rejects.toMatchObject(changed)
    expect(page.sessions.size).toBe(0)
    await expect(fetch('/api/v1/users/me')).rejects.toMatchObject(changed)
    expect(() => webSocketUrl('a')).toThrow(expect.objectContaining(changed))
  })

  it('gets a new CSRF token once when Qlik refuses the old one', async () => {
    const page = await openPage()
    const { fetch } = await page.connect()
    for (const session of page.sessions.values()) session.csrfToken = 'changed'
    const posts = [1, 2, 3].map(() => fetch('/api/v1/notes', { method: 'POST', body: 'a' }))
    const answers = await Promise.all(posts)
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201])
    const asked = pathsOf(page.qlik).filter((path) => path.startsWith('GET /api/v1/csrf-token'))
    expect(asked).toHaveLength(2)
    expect(pathsOf(page.host)).toHaveLength(1)
  })

  it('leaves any other 403 to the page, with its body unread', async () => {
    const page = await openPage({
      qlik: { 'POST /api/v1/apps': () => ({ status: 403, body: 'no right' }) },
    })
    const { fetch } = await page.connect()
    const answer = await fetch('/api/v1/apps', { method: 'POST' })
    expect([answer.status, await answer.text()]).toEqual([403, 'no right'])
    const asked = pathsOf(page.qlik).filter((path) => path.startsWith('POST /api/v1/apps'))
    expect(asked).toHaveLength(1)
  })

  it('does not send a stream twice', async () => {
    const page = await openPage()
    const { fetch } = await page.connect()
    page.sessions.clear()
    const init = { method: 'POST', body: new Blob(['a']).stream(), duplex: 'half' as const }
    expect((await fetch('/api/v1/notes', init)).status).toBe(401)
    expect(pathsOf(page.host)).toHaveLength(1)
  })
})
