import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { openPage, pathsOf } from '../page.fixture.ts'
import './close-event.fixture.ts'

describe('a connection that Qlik refuses something', () => {
  it('logs in again once when the session is gone, however many requests notice it', async () => {
    const page = await openPage()
    const { fetch } = await page.connect()
    page.expire()
    const answers = await Promise.all(
      Array.from({ length: 5 }, (_, index) =>
        fetch('/api/v1/notes', { method: 'POST', body: `note ${index}` }),
      ),
    )
    const texts = await Promise.all(answers.map((answer) => answer.text()))
    expect(texts).toEqual(['got note 0', 'got note 1', 'got note 2', 'got note 3', 'got note 4'])
    expect(pathsOf(page.host)).toEqual(['POST /token', 'POST /token'])
  })

  it('gives a 401 back that says nothing of the session, and does not log in again', async () => {
    const page = await openPage({ qlik: { 'GET /api/v1/items': () => ({ status: 401 }) } })
    const { fetch } = await page.connect()
    expect((await fetch('/api/v1/items')).status).toBe(401)
    expect(pathsOf(page.qlik).filter((path) => path === 'GET /api/v1/items')).toHaveLength(1)
    expect(pathsOf(page.host)).toHaveLength(1)
  })

  it('fails for all that wait, and asks once, when nobody is logged in to the application', async () => {
    let asked = 0
    const page = await openPage({
      host: () => {
        asked += 1
        return asked === 1 ? { body: { token: page.tokenFor(page.person) } } : { status: 401 }
      },
    })
    const { fetch } = await page.connect()
    page.expire()
    const answers = [1, 2].map(() => fetch('/api/v1/users/me').catch((reason) => reason))
    for (const answer of await Promise.all(answers))
      expect(answer).toMatchObject({ code: 'ERR_BROWSER_NOT_LOGGED_IN' })
    expect(pathsOf(page.host)).toHaveLength(2)
  })

  it('does not become somebody else’s when it logs in again', async () => {
    const page = await openPage()
    const { fetch, webSocketUrl } = await page.connect()
    page.expire()
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
    page.expire()
    const init = { method: 'POST', body: new Blob(['a']).stream(), duplex: 'half' as const }
    expect((await fetch('/api/v1/notes', init)).status).toBe(401)
    expect(pathsOf(page.host)).toHaveLength(1)
  })
})

describe('a page that finds nobody at Qlik', () => {
  const minute = 60_000
  const pass = (ms: number) => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms })
    onTestFinished(() => void vi.useRealTimers())
  }
  const over = { state: 'ended', reason: 'signed-out' }

  it('ends when the session cannot have expired: somebody has ended it', async () => {
    const page = await openPage()
    const connection = await page.connect()
    pass(14 * minute)
    page.sessions.clear()
    await expect(connection.fetch('/api/v1/users/me')).rejects.toMatchObject({
      code: 'ERR_BROWSER_LOGGED_OUT',
    })
    expect(connection.state).toMatchObject(over)
    // It is final, also when time passes and the person is still logged in to the application.
    pass(60 * minute)
    await expect(connection.fetch('/api/v1/users/me')).rejects.toMatchObject({
      code: 'ERR_BROWSER_LOGGED_OUT',
    })
    expect(pathsOf(page.host)).toHaveLength(1)
    expect(page.sessions.size).toBe(0)
  })

  it('ends when a socket closes while it looks, since what it looks at may be older', async () => {
    const looks = Promise.withResolvers<void>()
    const mayAnswer = Promise.withResolvers<void>()
    let isHeld = false
    const page = await openPage({
      qlik: {
        'GET /api/v1/users/u1': async () => {
          if (isHeld) {
            looks.resolve()
            await mayAnswer.promise
          }
          return { body: { id: 'u1', subject: '42', name: 'Ada' } }
        },
      },
    })
    const opened: EventTarget[] = []
    function Socket() {
      const socket = Object.assign(new EventTarget(), { send: () => {}, close: () => {} })
      opened.push(socket)
      return socket
    }
    const connection = await page.connect({ WebSocket: Socket as unknown as typeof WebSocket })
    for (const app of ['a', 'b']) connection.createSocket(connection.webSocketUrl(app))
    isHeld = true
    opened[0]?.dispatchEvent(new CloseEvent('close', { code: 1006 }))
    await looks.promise
    isHeld = false
    page.sessions.clear()
    opened[1]?.dispatchEvent(new CloseEvent('close', { code: 1006 }))
    mayAnswer.resolve()
    await expect.poll(() => connection.state).toMatchObject(over)
  })

  it('renews after 15 minutes without an answer of Qlik, when it may have expired', async () => {
    const page = await openPage()
    const connection = await page.connect()
    pass(15 * minute)
    page.sessions.clear()
    expect((await connection.fetch('/api/v1/users/me')).status).toBe(200)
    expect(pathsOf(page.host)).toHaveLength(2)
  })

  it('counts these 15 minutes from Qlik’s last answer, and an hour from the login', async () => {
    const page = await openPage()
    const connection = await page.connect()
    for (const passed of [14, 28, 42, 56]) {
      pass(14 * minute)
      expect((await connection.fetch('/api/v1/users/me')).status, String(passed)).toBe(200)
    }
    pass(3 * minute)
    page.sessions.clear()
    await expect(connection.fetch('/api/v1/users/me')).rejects.toMatchObject({
      code: 'ERR_BROWSER_LOGGED_OUT',
    })
    const second = await page.connect()
    for (const passed of [14, 28, 42, 56]) {
      pass(14 * minute)
      expect((await second.fetch('/api/v1/users/me')).status, String(passed)).toBe(200)
    }
    pass(4 * minute)
    page.sessions.clear()
    expect((await second.fetch('/api/v1/users/me')).status).toBe(200)
  })

  it('ends at a refused CSRF token, whatever the time, when another person is there', async () => {
    const page = await openPage()
    const connection = await page.connect()
    page.expire()
    page.sessions.set(page.jar.get('eas.sid') ?? '', { subject: '43', csrfToken: 'other' })
    const refused = connection.fetch('/api/v1/notes', { method: 'POST', body: 'a' })
    await expect(refused).rejects.toMatchObject({ code: 'ERR_BROWSER_USER_CHANGED' })
    expect(connection.state).toMatchObject({ state: 'ended', reason: 'other-person' })
    expect(pathsOf(page.host)).toHaveLength(1)
  })
})
