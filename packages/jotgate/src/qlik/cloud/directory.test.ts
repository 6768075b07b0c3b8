import { afterEach, describe, expect, it } from 'vitest'
import { cloud } from '../../token/index.ts'
import {
  byRoute,
  type Script,
  type ScriptedServer,
  startScriptedServer,
} from '../scripted-server.fixture.ts'
import { createAdministration } from './administration.ts'

let server: ScriptedServer
afterEach(() => server.close())
async function start(script: Script) {
  server = await startScriptedServer(script)
  return createAdministration({
    deployment: cloud({ url: server.url, issuer: 'a' }),
    apiKey: 'admin-secret-key',
  })
}
const queryOf = (index: number) =>
  new URL(server.requests[index]?.path ?? '', server.url).searchParams.get('filter')

describe('users and groups', () => {
  it('are found by exactly this subject or name, whatever it holds', async () => {
    const users = [
      { id: 'u1', subject: 'ACME\\"ADA"' },
      { id: 'u2', subject: 'ACME\\"ada"' },
    ]
    const administration = await start(
      byRoute({
        'GET /api/v1/users': () => ({ body: { data: users } }),
        'GET /api/v1/groups': () => ({ body: { data: [] } }),
      }),
    )
    const found = await administration.findUser('ACME\\"ada"')
    expect(found).toEqual({ id: 'u2', name: 'ACME\\"ada"' })
    expect(await administration.findGroup('sales')).toBeUndefined()
    expect([queryOf(0), queryOf(1)]).toEqual(['subject eq "ACME\\\\\\"ada\\""', 'name eq "sales"'])
  })
})

describe('the roles of the caller', () => {
  it('are those of the user to whom users/me leads', async () => {
    const administration = await start(
      byRoute({
        'GET /api/v1/users/me': () => ({ status: 301, headers: { location: '/api/v1/users/u1' } }),
        'GET /api/v1/users/u1': () => ({
          body: { id: 'u1', assignedRoles: [{ name: 'TenantAdmin' }, { id: 'r2' }] },
        }),
      }),
    )
    expect(await administration.listOwnRoles()).toEqual(['TenantAdmin'])
  })

  it('come without a redirect too, and may be none', async () => {
    const administration = await start(() => ({ body: { id: 'u1' } }))
    expect(await administration.listOwnRoles()).toEqual([])
  })

  it('are not asked for elsewhere: the API key stays at the tenant', async () => {
    const elsewhere = await startScriptedServer(() => ({ body: {} }))
    const administration = await start(() => ({
      status: 301,
      headers: { location: `${elsewhere.url}/api/v1/users/u1` },
    }))
    await expect(administration.listOwnRoles()).rejects.toMatchObject({ code: 'ERR_QLIK_REDIRECT' })
    expect(elsewhere.requests).toEqual([])
    await elsewhere.close()
  })
})
