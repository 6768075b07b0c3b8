import { afterEach, beforeEach, expect, it } from 'vitest'
import { startTenant, type TestTenant } from './testing/tenant.ts'

let tenant: TestTenant
beforeEach(async () => {
  tenant = await startTenant()
  // A clock that stands still, so that the window is known to the second.
  tenant.emulator.clock.set(new Date('2030-01-01T00:00:00Z'))
})
afterEach(() => tenant.close())

/** Spends calls of somebody until one is refused. */
async function spend(call: () => Promise<Response>, atMost: number): Promise<Response> {
  for (let number = 0; number < atMost; number += 1) {
    const response = await call()
    if (response.status === 429) return response
    await response.text()
  }
  throw new Error('no limit was reached')
}

const write = () => tenant.admin('DELETE', '/api/v1/groups/none')

it('a user has 100 writes a minute, over five minutes; then all writes wait, reads go on', async () => {
  tenant.emulator.clock.advance(287)
  await spend(write, 501)
  tenant.emulator.clock.advance(287)
  const refused = await write()
  expect(refused.status).toBe(429)
  expect(refused.headers.get('retry-after')).toBe('13')
  expect(await refused.json()).toEqual({
    errors: [
      {
        code: 'HTTP-429',
        title: 'API rate limit reached.',
        detail: 'You need to wait 13 seconds until limit is lifted.',
      },
    ],
  })
  const read = await tenant.admin('GET', '/api/v1/groups')
  expect(read.status).toBe(200)
  const { cookie, csrfToken } = await tenant.login()
  const other = await tenant.send('DELETE', '/api/v1/api-keys/none', {
    cookie,
    'qlik-csrf-token': csrfToken,
  })
  expect(other.status).toBe(404)
  tenant.emulator.clock.advance(13)
  expect((await write()).status).toBe(404)
})

it('logging in counts for the person of the token, and a refused one keeps its jti', async () => {
  await spend(() => tenant.postToken(tenant.token({ sub: 'ada' })), 501)
  const late = tenant.token({ sub: 'ada', exp: Math.floor(Date.parse('2030-01-01') / 1000) + 900 })
  expect((await tenant.postToken(late)).status).toBe(429)
  expect((await tenant.postToken(tenant.token({ sub: 'bob', email: 'b@x.example' }))).status).toBe(
    200,
  )
  tenant.emulator.clock.advance(300)
  expect((await tenant.postToken(late)).status).toBe(200)
})

it('logging in counts for everyone together while a switch says so', async () => {
  tenant.emulator.switches.set({ loginsCountBy: 'everyone' })
  const tokenOf = (sub: string) => tenant.token({ sub, email: `${sub}@x.example` })
  for (let number = 0; number < 500; number += 1) {
    const response = await tenant.postToken(tokenOf(number % 2 === 0 ? 'ada' : 'bob'))
    expect(response.status).toBe(200)
    await response.text()
  }
  expect((await tenant.postToken(tokenOf('carl'))).status).toBe(429)
  expect((await write()).status).toBe(404)
  tenant.emulator.switches.set({ loginsCountBy: 'user' })
  expect((await tenant.postToken(tokenOf('carl'))).status).toBe(200)
})

it('there is no limit with the switch at off, nor after a reset', async () => {
  await spend(write, 501)
  tenant.emulator.switches.set({ rateLimits: 'off' })
  expect((await write()).status).toBe(404)
  tenant.emulator.switches.set({ rateLimits: 'documented' })
  expect((await write()).status).toBe(429)
  tenant.emulator.reset()
  expect((await write()).status).toBe(404)
})
