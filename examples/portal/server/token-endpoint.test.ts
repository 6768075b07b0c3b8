import { decodeToken } from 'jotgate'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type PortalUnderTest, startPortalUnderTest } from './portal-under-test.ts'

let portal: PortalUnderTest

beforeEach(async () => {
  portal = await startPortalUnderTest()
})

afterEach(() => portal.close())

async function claimsIn(response: Response): Promise<Record<string, unknown>> {
  const { token } = (await response.json()) as { token: string }
  return decodeToken(token).payload as Record<string, unknown>
}

describe('POST /token', () => {
  it('gives a token for the person whose session it is, and for nobody else', async () => {
    const ada = await portal.signIn('ada')
    const bjorn = await portal.signIn('bjorn')
    const [forAda, forBjorn] = await Promise.all([
      portal.askForToken({ Cookie: ada }),
      portal.askForToken({ Cookie: bjorn }),
    ])
    expect(forAda.status).toBe(200)
    expect(await claimsIn(forAda)).toMatchObject({
      sub: 'acme|ada',
      name: 'Ada Lovelace',
      email: 'ada@acme.example',
      email_verified: true,
      groups: ['studio-warner'],
    })
    expect(await claimsIn(forBjorn)).toMatchObject({
      sub: 'acme|bjorn',
      groups: ['studio-paramount'],
    })
  })

  it('may not be kept by anything on the way', async () => {
    const response = await portal.askForToken({ Cookie: await portal.signIn('ada') })
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('vary')).toContain('Cookie')
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
  })

  it('takes an empty body, and an own page without Origin that says same-origin', async () => {
    const Cookie = await portal.signIn('ada')
    expect((await portal.askForToken({ Cookie }, '')).status).toBe(200)
    const fetched = { Cookie, Origin: undefined, 'Sec-Fetch-Site': 'same-origin' }
    expect((await portal.askForToken(fetched)).status).toBe(200)
  })

  it('tells the operator whom a token was for, without the token', async () => {
    const response = await portal.askForToken({ Cookie: await portal.signIn('ada') })
    const { token } = (await response.json()) as { token: string }
    expect(portal.events.at(-1)).toMatchObject({ type: 'token-issued', userId: 'ada' })
    expect(JSON.stringify(portal.events)).not.toContain(token)
  })
})

describe('an attempt to get a token that is not one’s own', () => {
  const attempts: [string, number, Record<string, string | undefined>, string?][] = [
    ['without a cookie', 401, { Cookie: undefined }],
    ['with a cookie that somebody made up', 401, { Cookie: `portal-session=${'A'.repeat(43)}` }],
    ['with an empty cookie', 401, { Cookie: 'portal-session=' }],
    ['from another site', 403, { Origin: 'https://evil.example' }],
    ['from a name that begins like ours', 403, { Origin: 'http://localhost.evil.example' }],
    ['from our name on another port', 403, { Origin: 'http://localhost:1' }],
    ['from our name on https', 403, { Origin: 'https://localhost' }],
    ['from a sandboxed frame', 403, { Origin: 'null' }],
    ['from an empty Origin', 403, { Origin: '' }],
    ['with no Origin and nothing in its place', 403, { Origin: undefined }],
    ['with no Origin, from a same site', 403, { Origin: undefined, 'Sec-Fetch-Site': 'same-site' }],
    ['with no Origin, typed by the user', 403, { Origin: undefined, 'Sec-Fetch-Site': 'none' }],
    ['with our Origin, from across sites', 403, { 'Sec-Fetch-Site': 'cross-site' }],
    ['as a plain form', 415, { 'Content-Type': 'application/x-www-form-urlencoded' }],
    ['as plain text', 415, { 'Content-Type': 'text/plain;charset=UTF-8' }],
    ['as nearly JSON', 415, { 'Content-Type': 'application/json-seq' }],
    ['naming somebody else', 400, {}, '{"user":"bjorn"}'],
    ['naming another subject', 400, {}, '{"sub":"acme|bjorn","groups":["analysts"]}'],
    ['with something that is not JSON', 400, {}, '{'],
    ['with more than the portal reads', 413, {}, ' '.repeat(5000)],
  ]

  it.each(attempts)('%s is refused with %i', async (_how, status, headers, body) => {
    const Cookie = await portal.signIn('ada')
    const response = await portal.askForToken({ Cookie, ...headers }, body)
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toContain('application/problem+json')
    expect(response.headers.get('cache-control')).toBe('no-store')
    const problem = (await response.json()) as Record<string, unknown>
    expect(problem).toMatchObject({ status, requestId: response.headers.get('x-request-id') })
    for (const words of [problem.title, problem.detail, problem.hint])
      expect(words).toMatch(/\w{3}.*\w/)
    expect(problem).not.toHaveProperty('token')
    expect(portal.signed).toEqual([])
    expect(portal.events.at(-1)).toMatchObject({ type: 'refused', path: '/token', status })
  })

  it.each(['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD'])(
    'by %s is told that only POST is taken',
    async (method) => {
      const response = await fetch(`http://127.0.0.1:${portal.port}/token`, {
        method,
        headers: { Cookie: await portal.signIn('ada'), Origin: portal.url },
      })
      expect(response.status).toBe(405)
      expect(response.headers.get('allow')).toBe('POST')
      expect(portal.signed).toEqual([])
    },
  )

  it('with two cookies of the portal’s name is refused: nothing tells which one was planted', async () => {
    const ada = await portal.signIn('ada')
    const bjorn = await portal.signIn('bjorn')
    expect((await portal.askForToken({ Cookie: `${ada}; ${bjorn}` })).status).toBe(401)
    expect(portal.signed).toEqual([])
  })

  it('naming somebody else in the address changes nothing', async () => {
    const response = await fetch(
      `http://127.0.0.1:${portal.port}/token?user=bjorn&sub=acme|bjorn`,
      {
        method: 'POST',
        headers: {
          Cookie: await portal.signIn('ada'),
          Origin: portal.url,
          'Content-Type': 'application/json',
          'X-Forwarded-User': 'bjorn',
          Authorization: 'Bearer bjorn',
        },
      },
    )
    expect(await claimsIn(response)).toMatchObject({ sub: 'acme|ada' })
  })
})

describe('too many tokens', () => {
  it('in one session are refused before anything is signed, until a minute is over', async () => {
    const Cookie = await portal.signIn('ada')
    for (let count = 0; count < 30; count += 1) {
      expect((await portal.askForToken({ Cookie })).status).toBe(200)
      portal.pass(1)
    }
    const refused = await portal.askForToken({ Cookie })
    expect(refused.status).toBe(429)
    expect(refused.headers.get('retry-after')).toBe('30')
    expect(portal.signed).toHaveLength(30)

    portal.pass(30)
    expect((await portal.askForToken({ Cookie })).status).toBe(200)
  })

  it('are counted by person: signing in again gives no further ones', async () => {
    for (let count = 0; count < 30; count += 1)
      await portal.askForToken({ Cookie: await portal.signIn('ada') })
    const refused = await portal.askForToken({ Cookie: await portal.signIn('ada') })
    expect(refused.status).toBe(429)
    expect(portal.signed).toHaveLength(30)
  })

  it('of one person take nothing from another', async () => {
    const ada = await portal.signIn('ada')
    for (let count = 0; count < 31; count += 1) await portal.askForToken({ Cookie: ada })
    const bjorn = await portal.signIn('bjorn')
    expect((await portal.askForToken({ Cookie: bjorn })).status).toBe(200)
  })
})

describe('a signer that fails', () => {
  it('is told to the operator, and to the caller as no more than a request ID', async () => {
    const Cookie = await portal.signIn('ada')
    portal.failSigning(new Error('the vault is sealed'))
    const response = await portal.askForToken({ Cookie })
    expect(response.status).toBe(500)
    const text = await response.text()
    expect(text).not.toContain('vault')
    expect(text).toContain(response.headers.get('x-request-id'))
    const event = portal.events.at(-1)
    expect(event).toMatchObject({ type: 'failed', error: { message: 'the vault is sealed' } })
  })

  it('for want of room is a 503 that says when to come back', async () => {
    const Cookie = await portal.signIn('ada')
    const isJotgateError = { isJotgateError: true, code: 'ERR_TOKEN_QUEUE_FULL', status: 503 }
    portal.failSigning(Object.assign(new Error('full'), isJotgateError))
    const response = await portal.askForToken({ Cookie })
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('1')
  })
})
