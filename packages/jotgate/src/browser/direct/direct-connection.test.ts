import { describe, expect, it } from 'vitest'
import { openPage, pathsOf } from '../page.fixture.ts'

describe('a connection', () => {
  it('says who the person is at Qlik', async () => {
    const page = await openPage()
    const { user } = await page.connect()
    expect(await user()).toEqual({
      id: 'u1',
      subject: '42',
      name: 'Ada',
      assignedGroups: [{ id: 'g', name: 'sales' }],
      assignedRoles: [],
    })
  })

  it('adds to a fetch what Qlik asks for, the CSRF token included', async () => {
    const page = await openPage()
    const { fetch } = await page.connect()
    await fetch('/api/v1/users/u1?fields=name', { headers: { accept: 'text/plain' } })
    const created = await fetch(new URL('/api/v1/notes', page.qlik.url), {
      method: 'POST',
      body: 'a',
    })
    expect(created.status).toBe(201)
    const [read, written] = page.qlik.requests.slice(4)
    expect(read?.path).toBe('/api/v1/users/u1?fields=name')
    expect(read?.headers).toMatchObject({
      accept: 'text/plain',
      cookie: 'eas.sid=s1',
      'qlik-web-integration-id': 'web-1',
      'qlik-csrf-token': 'c+1',
    })
    expect(written?.headers).toMatchObject({ cookie: 'eas.sid=s1', 'qlik-csrf-token': 'c+1' })
  })

  it('sends nothing of Qlik to another origin', async () => {
    const page = await openPage()
    const { fetch, createSocket } = await page.connect()
    for (const path of ['https://evil.example/', '//evil.example/x', page.host.url, 'data:,a'])
      await expect(fetch(path)).rejects.toMatchObject({ code: 'ERR_BROWSER_OPTION' })
    for (const url of [
      'wss://evil.example/app/a',
      page.host.url.replace('http', 'ws'),
      page.qlik.url,
      'x',
    ])
      expect(() => createSocket(url)).toThrow(
        expect.objectContaining({ code: 'ERR_BROWSER_OPTION' }),
      )
  })

  it.each([302, 307])('takes nothing to another origin by a redirect: %i', async (status) => {
    const elsewhere = await openPage()
    const away = () => ({ status, headers: { location: `${elsewhere.host.url}/x` } })
    const page = await openPage({
      qlik: { 'GET /redirect': away, 'POST /redirect': away, 'DELETE /redirect': away },
    })
    const { fetch } = await page.connect()
    const headers = { 'x-own': 'secret', authorization: 'Bearer secret' }
    await expect(fetch('/redirect', { headers })).rejects.toMatchObject({
      code: 'ERR_BROWSER_REDIRECT',
      message: `Qlik answered GET ${page.qlik.url}/redirect with a redirect to ${elsewhere.host.url}`,
    })
    expect(elsewhere.host.requests).toHaveLength(1)
    for (const { headers: received, body } of elsewhere.host.requests) {
      expect(Object.keys(received)).not.toContain('qlik-csrf-token')
      expect(JSON.stringify(received) + body).not.toContain('secret')
    }
    for (const method of ['POST', 'DELETE'])
      await expect(fetch('/redirect', { method, body: 'secret' })).rejects.toMatchObject({
        code: 'ERR_BROWSER_REDIRECT',
        message: expect.stringContaining(`${method} ${page.qlik.url}/redirect`),
      })
    expect(elsewhere.host.requests).toHaveLength(1)
  })

  it('follows a redirect of a read within Qlik, and leaves `manual` to the page', async () => {
    const page = await openPage({
      qlik: { 'GET /old': () => ({ status: 301, headers: { location: '/api/v1/users/u1' } }) },
    })
    const { fetch } = await page.connect()
    expect(await (await fetch('/old')).json()).toMatchObject({ id: 'u1' })
    expect((await fetch('/old', { redirect: 'manual' })).status).toBe(301)
    await expect(fetch('/old', { redirect: 'error' })).rejects.toMatchObject({
      code: 'ERR_BROWSER_QLIK_UNREACHABLE',
    })
  })

  it('ends on its own, and leaves the session to the others', async () => {
    const page = await openPage()
    const [one, other] = await Promise.all([page.connect(), page.connect()])
    one.close()
    expect(one.state).toMatchObject({ state: 'ended', reason: 'closed' })
    await expect(one.fetch('/x')).rejects.toMatchObject({ code: 'ERR_BROWSER_CLOSED' })
    expect(other.state).toEqual({ state: 'connected' })
    expect((await other.user()).subject).toBe('42')
    expect(page.sessions.size).toBe(1)
    expect(pathsOf(page.host)).toHaveLength(1)
  })

  it('passes an abort on as what it is', async () => {
    const page = await openPage({ qlik: { 'GET /api/v1/slow': () => undefined } })
    const { fetch } = await page.connect()
    const signal = AbortSignal.timeout(50)
    await expect(fetch('/api/v1/slow', { signal })).rejects.toMatchObject({ name: 'TimeoutError' })
  })

  it('gives the engine’s address with the ID and the CSRF token', async () => {
    const page = await openPage()
    const { webSocketUrl } = await page.connect()
    const base = page.qlik.url.replace('http', 'ws')
    const query = 'qlik-web-integration-id=web-1&qlik-csrf-token=c%2B1'
    expect(webSocketUrl('a b')).toBe(`${base}/app/a%20b?${query}`)
    expect(webSocketUrl('x', { identity: 'i/1', ttlSeconds: 0 })).toBe(
      `${base}/app/x/identity/i%2F1/ttl/0?${query}`,
    )
    for (const wrong of ['', '.', '..', 'a'.repeat(257), 'a\ud800'])
      expect(() => webSocketUrl(wrong)).toThrow(
        expect.objectContaining({ code: 'ERR_BROWSER_OPTION' }),
      )
    expect(() => webSocketUrl('a', { ttlSeconds: -1 })).toThrow(
      expect.objectContaining({ code: 'ERR_BROWSER_OPTION' }),
    )
  })

  it('opens a socket with the CSRF token of now, also for an address of before', async () => {
    const page = await openPage()
    const { webSocketUrl, createSocket, fetch } = await page.connect()
    const before = webSocketUrl('a', { identity: 'i' })
    page.expire()
    await fetch('/api/v1/users/me')
    const socket = createSocket(before)
    socket.onerror = () => undefined
    expect(socket.url).toBe(before.replace('c%2B1', 'c%2B2'))
    socket.close()
  })

  it('ends the session at Qlik, and is of no use afterwards', async () => {
    const page = await openPage()
    const { logout, fetch, user, webSocketUrl, createSocket } = await page.connect()
    const url = webSocketUrl('a')
    await logout()
    expect(page.sessions.size).toBe(0)
    const over = { code: 'ERR_BROWSER_LOGGED_OUT' }
    await expect(fetch('/api/v1/users/me')).rejects.toMatchObject(over)
    await expect(user()).rejects.toMatchObject(over)
    expect(() => createSocket(url)).toThrow(expect.objectContaining(over))
    expect(pathsOf(page.host)).toHaveLength(1)
  })

  it('says when Qlik keeps the session open, and can be told again', async () => {
    const page = await openPage({ qlik: { 'GET /logout': () => ({ status: 204 }) } })
    const { logout } = await page.connect()
    await expect(logout()).rejects.toMatchObject({ code: 'ERR_BROWSER_LOGOUT' })
    page.sessions.clear()
    await logout()
  })

  it('says when users/me is answered by something else', async () => {
    const page = await openPage({ qlik: { 'GET /api/v1/users/me': () => ({ body: '<html>' }) } })
    await expect(page.connect()).rejects.toMatchObject({ code: 'ERR_BROWSER_QLIK_ANSWER' })
  })
})
