import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { startSite, type TestSite } from '../testing/site.ts'

let site: TestSite
beforeAll(async () => {
  site = await startSite({ apps: [] })
})
afterAll(() => site.close())
beforeEach(() => site.emulators.reset())

it.each([400, 431] as const)('headers of more than 16,384 bytes get %i', async (status) => {
  site.site.switches.set({ headerLimitStatus: status })
  const token = site.token({ name: 'x'.repeat(13_000) })
  expect(token.length).toBeGreaterThan(16_384)
  const answer = await site.ask('/jwt/qps/user', { token })
  expect(answer.status).toBe(status)
  expect(site.emulators.requests.at(-1)).toMatchObject({
    shapedBy: ['headerLimitStatus'],
    error: { detail: expect.stringContaining('the proxy takes 16384') },
  })
})

it('more lines than the proxy service takes are refused', async () => {
  const headers = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`x-${i}`, '1']))
  expect((await site.ask('/jwt/qps/user', { headers })).status).toBe(400)
})

it('one long line is refused by its own limit', async () => {
  const answer = await site.ask('/jwt/qps/user', { headers: { 'x-long': 'x'.repeat(9000) } })
  expect(answer.status).toBe(400)
  expect(site.emulators.requests.at(-1)?.error?.detail).toMatch(/takes 8192/)
})
