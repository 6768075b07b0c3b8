import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LoginRecord, LoginSource } from './login-record.ts'
import { type PortalUnderTest, startPortalUnderTest } from './portal-under-test.ts'

const start = Date.UTC(2026, 0, 1)
const asked: Parameters<LoginSource>[0][] = []
const atQlik: LoginRecord = {
  at: start - 1,
  from: 'browser',
  to: 'qlik',
  what: 'POST /login/jwt-session',
  sent: 'a token',
  source: 'Qlik',
}
let portal: PortalUnderTest

beforeAll(async () => {
  const source: LoginSource = async (login) => {
    asked.push(login)
    return [atQlik]
  }
  portal = await startPortalUnderTest({ loginSources: [source] })
})
afterAll(() => portal.close())

/** Asks for a token, and gives the ID of the request. */
async function logIn(cookie: string): Promise<string> {
  const answer = await portal.askForToken({ Cookie: cookie })
  return answer.headers.get('x-request-id') ?? ''
}
const read = (login: string, cookie?: string) =>
  portal.get(`/what-happened.json?login=${login}`, cookie)

describe('what happened in a login', () => {
  it('is told to its person, in the order of time, by the portal and all others who know', async () => {
    const cookie = await portal.signIn('ada')
    const answer = await read(await logIn(cookie), cookie)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const { records } = (await answer.json()) as { records: LoginRecord[] }
    const [login] = asked
    const own = {
      at: start,
      from: 'portal',
      to: 'portal',
      what: 'token signed',
      sent: expect.stringMatching(`^for acme\\|ada; jti ${login?.jti.slice(0, 8)}…, in \\d+ ms$`),
      source: 'the portal',
    }
    expect(records).toEqual([atQlik, own])
    expect(login).toMatchObject({ subject: 'acme|ada', path: '/token', until: start + 60_000 })
  })

  it('ends where the next login of the same kind begins', async () => {
    const cookie = await portal.signIn('ada')
    const first = await logIn(cookie)
    portal.pass(5)
    await logIn(cookie)
    asked.length = 0
    await read(first, cookie)
    expect(asked[0]?.until).toBe((asked[0]?.at ?? 0) + 5000)
  })

  it('is told to nobody else, and not after the sign-in has changed', async () => {
    const cookie = await portal.signIn('ada')
    const login = await logIn(cookie)
    expect((await read(login)).status).toBe(401)
    const another = await portal.signIn('ada')
    for (const other of [another, await portal.signIn('bjorn')])
      expect((await read(login, other)).status).toBe(404)
    expect((await read('', cookie)).status).toBe(404)
    await portal.signIn('ada', cookie)
    expect((await read(login, cookie)).status).toBe(401)
  })

  it('is kept of the last twenty logins', async () => {
    const cookie = await portal.signIn('chidi')
    const logins: string[] = []
    while (logins.length < 21) logins.push(await logIn(cookie))
    expect((await read(logins[0] ?? '', cookie)).status).toBe(404)
    expect((await read(logins[1] ?? '', cookie)).status).toBe(200)
  })
})
