import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTenant, type TestTenant, testOrigin } from '../testing/tenant.ts'
import { findOriginFlaw } from './web-integrations.ts'

const path = '/api/v1/web-integrations'

describe('an origin', () => {
  it.each(['https://www.acme.example', 'http://localhost:3000', 'https://acme.example:8443'])(
    '%s can be listed',
    (origin) => {
      expect(findOriginFlaw(origin)).toBeUndefined()
    },
  )

  it.each([
    ['https://acme.example/', 'without path or trailing slash'],
    ['https://acme.example/portal', 'write https://acme.example,'],
    ['https://*.acme.example', 'wildcard'],
    ['*', 'wildcard'],
    ['acme.example', 'not an origin'],
    ['localhost:3000', 'not an origin'],
    ['https://ACME.example', 'write https://acme.example,'],
    ['https://acme.example:443', 'write https://acme.example,'],
    ['https://user@acme.example', 'write https://acme.example,'],
    ['file:///x', 'not an origin'],
    ['null', 'not an origin'],
    [1, 'must be a string'],
  ])('%s cannot', (origin, words) => {
    expect(findOriginFlaw(origin)).toContain(words)
  })
})

describe('a web integration', () => {
  let tenant: TestTenant
  beforeEach(async () => {
    tenant = await startTenant()
  })
  afterEach(() => tenant.close())

  it('is created, read, changed and deleted', async () => {
    const response = await tenant.admin('POST', path, {
      name: 'site',
      validOrigins: ['https://a.example', 'https://b.example', 'https://a.example'],
    })
    expect(response.status).toBe(201)
    const created = (await response.json()) as { id: string }
    const own = `${path}/${created.id}`
    expect(created).toMatchObject({
      name: 'site',
      validOrigins: ['https://a.example', 'https://b.example'],
      links: { self: { href: tenant.emulator.url + own } },
    })
    expect(await (await tenant.admin('GET', own)).json()).toEqual(created)
    const changes = [
      { op: 'replace', path: '/name', value: 'other' },
      { op: 'replace', path: '/validOrigins', value: ['https://c.example'] },
    ]
    expect((await tenant.admin('PATCH', own, changes)).status).toBe(204)
    expect(await (await tenant.admin('GET', own)).json()).toMatchObject({
      name: 'other',
      validOrigins: ['https://c.example'],
    })
    expect((await tenant.admin('DELETE', own)).status).toBe(204)
    for (const method of ['GET', 'DELETE']) {
      const gone = await tenant.admin(method, own)
      expect(gone.status).toBe(404)
      expect(await gone.json()).toMatchObject({ errors: [{ status: '404', title: 'Not found' }] })
    }
  })

  it('is refused without a name and with an origin that can never match', async () => {
    for (const body of [
      {},
      { name: '' },
      { name: 'x', validOrigins: 'https://a.example' },
      { name: 'x', validOrigins: ['https://a.example/'] },
      'x',
    ]) {
      const response = await tenant.admin('POST', path, body)
      expect(response.status).toBe(400)
      await response.text()
    }
  })

  it('stays as it is when one of several changes is wrong', async () => {
    const own = `${path}/${tenant.webIntegrationId}`
    const changes = [
      { op: 'replace', path: '/name', value: 'changed' },
      { op: 'replace', path: '/validOrigins', value: ['https://a.example/'] },
    ]
    expect((await tenant.admin('PATCH', own, changes)).status).toBe(400)
    expect(await (await tenant.admin('GET', own)).json()).toMatchObject({
      name: 'portal',
      validOrigins: [testOrigin],
    })
  })

  it('no longer lets a page in once its origin is gone', async () => {
    const own = `${path}/${tenant.webIntegrationId}`
    const post = () =>
      tenant.send('POST', '/login/jwt-session', {
        origin: testOrigin,
        'qlik-web-integration-id': tenant.webIntegrationId,
        authorization: `Bearer ${tenant.token()}`,
      })
    expect((await post()).status).toBe(200)
    await tenant.admin('PATCH', own, [{ op: 'replace', path: '/validOrigins', value: [] }])
    expect((await post()).status).toBe(401)
  })
})
