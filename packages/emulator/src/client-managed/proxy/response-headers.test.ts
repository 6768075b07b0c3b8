import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startSite, type TestSite } from '../testing/site.ts'

const origins = 'https://one.example, https://two.example'
let site: TestSite
beforeAll(async () => {
  site = await startSite({
    apps: [],
    jwt: {
      additionalResponseHeaders: [
        `Access-Control-Allow-Origin: ${origins}`,
        'Access-Control-Allow-Credentials: true',
        'no header',
        'Access-Control-Expose-Headers: qlik-csrf-token',
        'Access-Control-Allow-Headers: Authorization',
      ].join('\r\n'),
    },
  })
})
afterAll(() => site.close())
beforeEach(() => site.emulators.reset())

const headersOf = (answer: Response) =>
  Object.fromEntries([...answer.headers].filter(([name]) => name.startsWith('access-control-')))

const origin = 'https://two.example'

describe('additional response headers', () => {
  const others = {
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': 'qlik-csrf-token',
    'access-control-allow-headers': 'Authorization',
  }

  it('that no answer can have are left out', async () => {
    site.site.state.changeVirtualProxy('jwt', {
      additionalResponseHeaders: [
        'X-Price: 5 €',
        'X-Control: a\u0000b',
        'Content-Length: 3',
        'Transfer-Encoding: chunked',
        'X-Right: yes',
      ].join('\n'),
    })
    const answer = await site.ask('/jwt/qps/user')
    expect([answer.status, await answer.text()]).toEqual([200, '{"session":"inactive"}'])
    expect(answer.headers.get('x-right')).toBe('yes')
    expect(['x-price', 'x-control'].map((name) => answer.headers.get(name))).toEqual([null, null])
  })

  it('go with each answer, a refusal too, and are sent as they are written', async () => {
    for (const path of ['/jwt/hub/', '/jwt/qps/user']) {
      const answer = await site.ask(path, { headers: { origin } })
      expect(headersOf(answer)).toEqual({ 'access-control-allow-origin': origins, ...others })
    }
  })

  it('name the origin that asks, by switch', async () => {
    site.site.switches.set({ severalOrigins: 'reflected' })
    const listed = await site.ask('/jwt/qps/user', { headers: { origin } })
    expect(headersOf(listed)['access-control-allow-origin']).toBe(origin)
    expect(listed.headers.get('vary')).toBe('Origin')
    const foreign = await site.ask('/jwt/qps/user', { headers: { origin: 'https://x.example' } })
    expect(headersOf(foreign)).toEqual(others)
  })

  it('are of their virtual proxy alone', async () => {
    expect(headersOf(await site.ask('/qps/user', { headers: { origin } }))).toEqual({})
  })
})

describe('a preflight', () => {
  const headers = { origin, 'access-control-request-method': 'GET' }
  it.each([
    ['unauthorized', 401],
    ['answered', 200],
  ] as const)('is %s', async (proxyPreflight, status) => {
    site.site.switches.set({ proxyPreflight })
    const answer = await site.ask('/jwt/qps/csrftoken', { method: 'OPTIONS', headers })
    expect(answer.status).toBe(status)
    expect(headersOf(answer)['access-control-allow-headers']).toBe('Authorization')
  })
})
