import { expect, it } from 'vitest'
import { readProxyRouteTable, readQpsRouteTable, readQrsRouteTable } from './route-table.ts'

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

it('has the routes of QRS and QPS', () => {
  const names = (table: ReturnType<typeof readQrsRouteTable>) =>
    table.map(({ method, path }) => `${method} ${path}`)
  expect(names(readQrsRouteTable())).toEqual(
    expect.arrayContaining([
      'GET /qrs/virtualproxyconfig/full',
      'PUT /qrs/proxyservice/:id',
      'DELETE /qrs/user/:id',
      'GET /qrs/license/accesstypeoverview',
    ]),
  )
  expect(names(readQrsRouteTable())).not.toContain('DELETE /qrs/app/:id')
  expect(names(readQpsRouteTable())).toEqual(
    expect.arrayContaining(['GET /qps/alive', 'DELETE /qps/:prefix/user/:directory/:id']),
  )
})
