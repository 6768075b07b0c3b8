import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { moviesAppId } from '../../engine/index.ts'
import { startSite, type TestSite } from '../testing/site.ts'

let site: TestSite
beforeAll(async () => {
  site = await startSite()
})
afterAll(() => site.close())
beforeEach(() => site.emulators.reset())

describe('a virtual proxy for JWT', () => {
  it('opens a session by the first request with a good token, and then takes its cookie', async () => {
    const first = await site.ask('/jwt/qps/user', { token: site.token() })
    expect(await first.json()).toEqual({
      userDirectory: 'ACME',
      userId: 'ada',
      userName: 'ada',
      logoutUri: `${site.url}/jwt/qps/user`,
    })
    const [line = ''] = first.headers.getSetCookie()
    expect(line).toMatch(/^X-Qlik-Session-jwt-HTTP=[0-9a-f-]{36}; Path=\/; HttpOnly$/)
    const second = await site.ask('/jwt/qps/user', { cookie: line.split(';', 1)[0] ?? '' })
    expect(await second.json()).toMatchObject({ userId: 'ada' })
    expect(second.headers.getSetCookie()).toEqual([])
    expect(site.site.state.sessions()).toMatchObject([
      { prefix: 'jwt', userDirectory: 'ACME', userId: 'ada', attributes: { group: ['sales'] } },
    ])
  })

  it('says what it expects where no token comes', async () => {
    const answer = await site.ask('/jwt/hub/')
    expect(answer.status).toBe(401)
    expect(await answer.text()).toBe(
      'Could not authenticate the request: Expected an authentication header.',
    )
  })

  it('refuses a token of another key', async () => {
    const [head, claims, signature = ''] = site.token().split('.')
    const changed = `${signature[0] === 'A' ? 'B' : 'A'}${signature.slice(1)}`
    const answer = await site.ask('/jwt/hub/', { token: [head, claims, changed].join('.') })
    expect(answer.status).toBe(401)
    expect(site.emulators.requests.at(-1)?.token?.verdict).toContainEqual({
      rule: 'signature',
      outcome: 'refused',
      detail: 'The signature is not that of the certificate',
    })
  })

  it.each(['/nobody/hub/', '/nobody', '/jwtx/hub/'])('is not found at %s', async (path) => {
    const answer = await site.ask(path)
    expect(answer.status).toBe(400)
    expect(answer.headers.get('content-type')).toMatch('text/html')
    expect(await answer.text()).toContain('The http request header is incorrect.')
  })
})

describe('the default virtual proxy', () => {
  it('ends its redirects at a page that names the hubs, the ways to log in and the console', async () => {
    let address = `${site.url}/`
    let answer = await fetch(address, { redirect: 'manual' })
    for (let hops = 0; answer.status === 302 && hops < 5; hops += 1) {
      address = new URL(answer.headers.get('location') ?? '', address).href
      answer = await fetch(address, { redirect: 'manual' })
    }
    expect(address).toContain('/internal_windows_authentication/')
    expect(answer.status).toBe(401)
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
    const page = await answer.text()
    expect(page).toContain('There is no Windows login here')
    expect(page).toContain(`<a href="${site.url}/jwt/hub/">/jwt/hub/</a>`)
    expect(page).toContain('POST /qps/ticket')
    expect(page).toContain('Authorization: Bearer TOKEN')
    expect(page).toContain(`<a href="${site.url}/_emulator">console</a>`)
    expect(site.emulators.requests.at(-1)?.error?.detail).toContain('no Windows login')
  })
})

describe('the engine behind it', () => {
  it('opens an app for the user of the session', async () => {
    const { cookie, csrfToken } = await site.logIn()
    const socket = await site.open(`/jwt/app/${moviesAppId}?qlik-csrf-token=${csrfToken}`, {
      cookie,
    })
    await socket.notification('OnConnected')
    expect(socket.frames.slice(0, 2)).toEqual([
      {
        jsonrpc: '2.0',
        method: 'OnAuthenticationInformation',
        params: {
          userId: 'ada',
          userDirectory: 'ACME',
          logoutUri: `${site.url}/jwt/qps/user`,
          mustAuthenticate: false,
        },
      },
      { jsonrpc: '2.0', method: 'OnConnected', params: { qSessionState: 'SESSION_CREATED' } },
    ])
    expect(await socket.call('OpenDoc', [moviesAppId])).toMatchObject({
      result: { qReturn: { qType: 'Doc', qHandle: 1 } },
    })
    socket.socket.close()
  })
})
