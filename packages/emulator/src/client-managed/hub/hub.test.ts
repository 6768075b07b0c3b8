import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createMoviesApp, moviesAppId } from '../../engine/index.ts'
import { startSite, type TestSite } from '../testing/site.ts'

let test: TestSite
beforeAll(async () => {
  const movies = await createMoviesApp()
  test = await startSite({ apps: [movies, { ...movies, id: 'hidden', name: 'Hidden' }] })
})
afterAll(() => test.close())

/** What the server says to a page. */
async function dataOf(answer: Response): Promise<Record<string, unknown>> {
  const html = await answer.text()
  return JSON.parse(/id="page-data">(.*?)<\/script>/s.exec(html)?.[1] ?? '{}')
}

describe('the hub', () => {
  it('needs a session, and a token opens one', async () => {
    const without = await test.ask('/jwt/hub/')
    expect(without.status).toBe(401)
    expect(await without.text()).toContain('Expected an authentication header')
    const answer = await test.ask('/jwt/hub/', { token: test.token() })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.getSetCookie()[0]).toContain('X-Qlik-Session-jwt')
    const html = await answer.text()
    expect(html).toContain('It is not Qlik')
    const [, script = ''] = /<script type="module"[^>]* src="([^"]+)"/.exec(html) ?? []
    expect(script).toMatch(/^\/jwt\/assets\/hub-/)
    const loaded = await test.ask(script)
    expect(loaded.headers.get('content-type')).toContain('text/javascript')
    await loaded.text()
    // It would hide what the application asks for.
    expect(test.emulators.requests.filter(({ path }) => path.includes('/assets/'))).toEqual([])
  })

  it('has the trailing slash, and addresses of its own for streams', async () => {
    const { cookie } = await test.logIn()
    const away = await test.ask('/jwt/hub', { cookie })
    expect([away.status, away.headers.get('location')]).toEqual([302, '/jwt/hub/'])
    for (const path of ['/jwt/hub/my/work', '/jwt/hub/stream/aaec8d41-5201-43ab-809f-3063750dfafd'])
      expect((await test.ask(path, { cookie })).status).toBe(200)
  })

  it('lists what rules let this user read, by stream', async () => {
    const { cookie } = await test.logIn({ userId: 'bjorn', name: 'Björn' })
    expect(await dataOf(await test.ask('/jwt/hub/', { cookie }))).toEqual({
      base: '/jwt',
      csrfTokenPath: '/jwt/qps/csrftoken',
      hubPath: '/jwt/hub/',
      user: { directory: 'ACME', id: 'bjorn', name: expect.stringMatching(/^bj/i) },
      virtualProxy: 'jwt',
      streams: [
        {
          id: 'aaec8d41-5201-43ab-809f-3063750dfafd',
          name: 'Everyone',
          apps: [
            { id: moviesAppId, name: 'Movies' },
            { id: 'hidden', name: 'Hidden' },
          ],
        },
      ],
    })
  })
})

it('each request says by which virtual proxy, attributes and rule', async () => {
  const { cookie } = await test.logIn({ userId: 'erik', group: ['sales', 'press'] })
  await (await test.ask(`/jwt/sense/app/${moviesAppId}`, { cookie })).text()
  expect(test.emulators.requests.at(-1)).toMatchObject({
    virtualProxy: '/jwt',
    userId: 'ACME\\erik',
    facts: [
      ['Attributes', 'group: sales, press'],
      ['Security rule', 'Stream lets this user read Movies'],
    ],
  })
  await (await test.ask(`/jwt/single/?appid=none`, { cookie })).text()
  expect(test.emulators.requests.at(-1)?.facts).toEqual([['Attributes', 'group: sales, press']])
})

describe('the pages of an app', () => {
  it.each([
    '/single?appid=APP&obj=movies-by-genre',
    '/single/?appid=APP&sheet=movies-overview',
    '/sense/app/APP',
    '/sense/app/APP/overview',
    '/sense/app/APP/sheet/movies-overview',
    '/sense/app/APP/sheet/movies-overview/state/analysis',
  ])('need a session, and know where they stand: %s', async (template) => {
    const path = `/jwt${template.replace('APP', moviesAppId)}`
    expect((await test.ask(path)).status).toBe(401)
    const { cookie } = await test.logIn()
    const answer = await test.ask(path, { cookie })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('x-frame-options')).toBeNull()
    expect(await dataOf(answer)).toEqual({
      base: '/jwt',
      csrfTokenPath: '/jwt/qps/csrftoken',
      hubPath: '/jwt/hub/',
    })
  })
})
