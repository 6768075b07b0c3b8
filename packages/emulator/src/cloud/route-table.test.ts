import { expect, it } from 'vitest'
import { readRouteTable } from './route-table.ts'

it('has each route once, and nothing but routes', () => {
  const calls = readRouteTable().map(({ method, path }) => `${method} ${path}`)
  expect(new Set(calls).size).toBe(calls.length)
  expect(calls).toEqual(
    expect.arrayContaining([
      'POST /login/jwt-session',
      'GET /login',
      'GET /api/v1/users/:id',
      'PUT /api/v1/spaces/:spaceId/assignments/:id',
      'POST /oauth/token',
    ]),
  )
  expect(calls.some((call) => call.includes('*'))).toBe(false)
})
