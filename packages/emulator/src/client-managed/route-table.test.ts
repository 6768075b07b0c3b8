import { expect, it } from 'vitest'
import { readProxyRouteTable } from './route-table.ts'

it('has each route below a prefix once, and nothing but routes', () => {
  const calls = readProxyRouteTable().map(({ method, path }) => `${method} ${path}`)
  expect(new Set(calls).size).toBe(calls.length)
  expect(calls).toEqual(
    expect.arrayContaining([
      'GET /qps/user',
      'DELETE /qps/user',
      'GET /qps/csrftoken',
      'GET /hub',
      'GET /sense/app/:appId/sheet/:sheetId',
    ]),
  )
  expect(calls.some((call) => call.includes('*'))).toBe(false)
})
