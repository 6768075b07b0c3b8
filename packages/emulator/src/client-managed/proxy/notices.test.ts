import { request } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startSite, type TestSite } from '../testing/site.ts'

let site: TestSite
beforeAll(async () => {
  site = await startSite({ apps: [] })
})
afterAll(() => site.close())
beforeEach(() => site.emulators.reset())

const lastNotice = () => site.emulators.requests.at(-1)?.notice

describe('what no answer tells', () => {
  it('is nothing for a token whose groups are read', async () => {
    await site.logIn()
    expect(lastNotice()).toBeUndefined()
  })

  it('is that the groups have another name than in the attribute map', async () => {
    await site.logIn({ group: undefined, groups: ['sales'] })
    expect(lastNotice()?.why).toMatch(/^The token has groups, which the attribute map/)
    expect(site.site.state.sessions()[0]?.attributes).toEqual({})
  })

  it('is that each token without a cookie opens a session', async () => {
    for (const _ of [1, 2, 3, 4, 5]) await site.logIn()
    expect(lastNotice()).toBeUndefined()
    await site.logIn()
    expect(lastNotice()?.why).toMatch(/^This is session 6 of the user/)
  })
})

it('a request that is not for this server says why', async () => {
  const { port } = new URL(site.url)
  const send = (headers: string[]) =>
    new Promise<number>((resolve, reject) => {
      const sent = request({ port, path: '/jwt/qps/user', host: '127.0.0.1', headers })
      sent.on('response', (answer) => {
        answer.resume()
        resolve(answer.statusCode ?? 0)
      })
      sent.on('error', reject).end()
    })
  expect(await send(['Host', 'sense.acme.example'])).toBe(400)
  expect(site.emulators.requests.at(-1)?.error?.detail).toMatch(
    /^The emulator answers to localhost/,
  )
  const twice = ['Authorization', 'Bearer a', 'Authorization', 'Bearer b']
  expect(await send(['Host', 'localhost', ...twice])).toBe(400)
  expect(site.emulators.requests.at(-1)?.error?.detail).toMatch(/^Host and Authorization may each/)
})
