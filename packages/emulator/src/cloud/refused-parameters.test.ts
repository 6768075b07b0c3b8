import { afterAll, beforeAll, expect, it } from 'vitest'
import { refusedParameters } from './refused-parameters.ts'
import { startTenant, type TestTenant } from './testing/tenant.ts'

let tenant: TestTenant
beforeAll(async () => {
  tenant = await startTenant()
})
afterAll(() => tenant.close())

const entries = Object.entries(refusedParameters)
const queries = entries.flatMap(([call, { query = [] }]) => query.map((name) => [call, name]))
const members = entries.flatMap(([call, { body = [] }]) => body.map((name) => [call, name]))

async function expectRefused(response: Response, name: string): Promise<void> {
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({
    errors: [{ code: 'EMULATOR-NOT-IMPLEMENTED', detail: expect.stringContaining(name) }],
  })
}

it.each(queries)('%s does not ignore the query %s', async (call, name = '') => {
  const [method = '', path] = call?.split(' ') ?? []
  await expectRefused(await tenant.admin(method, `${path}?${name}=x`), name)
})

it.each(members)('%s does not ignore the member %s', async (call, name = '') => {
  const [method = '', path = ''] = call?.split(' ') ?? []
  await expectRefused(await tenant.admin(method, path, { [name]: 'x' }), name)
})
