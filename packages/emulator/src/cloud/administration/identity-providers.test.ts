import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { makeTestKey, type TestKey } from '../../jwt/testing/certificate.ts'
import { encode, signRs256, startTenant, type TestTenant } from '../testing/tenant.ts'

const path = '/api/v1/identity-providers'
let tenant: TestTenant
let key: TestKey
beforeAll(async () => {
  tenant = await startTenant()
  key = makeTestKey()
})
afterAll(() => tenant.close())
beforeEach(async () => {
  tenant.emulator.switches.set({
    pemLineBreaks: 'refused',
    barePublicKey: 'accepted',
    sameIssuerOtherKeyId: 'accepted',
    certificateDates: 'ignored',
  })
  for (const { id } of tenant.emulator.state.identityProviders())
    await tenant.admin('DELETE', `${path}/${id}`)
})

function payload(
  options: { issuer?: unknown; kid?: unknown; pem?: unknown; keys?: unknown } = {},
  rest: Record<string, unknown> = {},
) {
  const { issuer = 'new.example', kid = 'new-1', pem = key.certificateLine } = options
  return {
    protocol: 'jwtAuth',
    provider: 'external',
    options: { issuer, staticKeys: options.keys ?? [{ kid, pem }] },
    ...rest,
  }
}

interface Resource {
  id: string
  description: string
  options: { issuer: string; staticKeys: { kid: string; pem: string }[] }
  [name: string]: unknown
}

async function create(body: unknown): Promise<{ status: number; text: string; body: Resource }> {
  const response = await tenant.admin('POST', path, body)
  const text = await response.text()
  return { status: response.status, text, body: JSON.parse(text) }
}

async function loginWith(issuer: string, kid: string, signer: TestKey): Promise<number> {
  const claims = tenant.claims({ iss: issuer })
  const signedText = `${encode({ alg: 'RS256', typ: 'JWT', kid })}.${encode(claims)}`
  const response = await tenant.postToken(`${signedText}.${signRs256(signedText, signer)}`)
  await response.text()
  return response.status
}

describe('an identity provider', () => {
  it('is created, listed, read, described again and deleted', async () => {
    const created = await create(payload({}, { description: 'ours', clockToleranceSec: 10 }))
    expect(created.status).toBe(201)
    expect(created.body).toMatchObject({
      protocol: 'jwtAuth',
      provider: 'external',
      interactive: false,
      active: true,
      description: 'ours',
      clockToleranceSec: 10,
      options: {
        issuer: 'new.example',
        staticKeys: [{ kid: 'new-1', pem: key.certificateLine }],
      },
    })
    const own = `${path}/${created.body.id}`
    expect(await (await tenant.admin('GET', own)).json()).toEqual(created.body)
    const list = (await (await tenant.admin('GET', path)).json()) as { data: Resource[] }
    expect(list.data).toEqual([created.body])
    const change = [{ op: 'replace', path: '/description', value: 'theirs' }]
    expect((await tenant.admin('PATCH', own, change)).status).toBe(204)
    expect(await (await tenant.admin('GET', own)).json()).toMatchObject({ description: 'theirs' })
    expect(await loginWith('new.example', 'new-1', key)).toBe(200)
    expect((await tenant.admin('DELETE', own)).status).toBe(204)
    expect((await tenant.admin('GET', own)).status).toBe(404)
    expect((await tenant.admin('DELETE', own)).status).toBe(404)
    expect(await loginWith('new.example', 'new-1', key)).toBe(401)
  })

  it('takes no token of one that is not active', async () => {
    expect((await create(payload({}, { active: 'no' }))).status).toBe(400)
    expect((await create(payload({}, { active: false }))).status).toBe(201)
    const list = async (query: string) => (await tenant.admin('GET', `${path}?${query}`)).json()
    expect(await list('active=false')).toMatchObject({ data: [{ active: false }] })
    expect(await list('active=true')).toMatchObject({ data: [] })
    expect(await loginWith('new.example', 'new-1', key)).toBe(401)
  })

  it('takes what the official scripts send beside', async () => {
    const extra = { interactive: false, active: true }
    expect((await create(payload({}, extra))).status).toBe(201)
  })

  it.each<[string, () => unknown, string]>([
    ['a certificate with line breaks', () => payload({ pem: key.certificatePem }), 'single line'],
    [
      'a certificate with line breaks: the switch is named',
      () => payload({ pem: key.certificatePem }),
      'pemLineBreaks=accepted',
    ],
    [
      'a line break at the end alone',
      () => payload({ pem: `${key.certificateLine}\n` }),
      'single line',
    ],
    ['a blank at the end', () => payload({ pem: `${key.certificateLine} ` }), 'single line'],
    ['no PEM', () => payload({ pem: 'MIIC' }), 'not in PEM form'],
    [
      'a broken certificate',
      () => payload({ pem: key.certificateLine.replace('MII', 'AII') }),
      'cannot be decoded',
    ],
    [
      'a private key',
      () => payload({ pem: '-----BEGIN PRIVATE KEY-----AAAA-----END PRIVATE KEY-----' }),
      'private key',
    ],
    [
      'two keys',
      () =>
        payload({
          keys: [
            { kid: 'a', pem: key.certificateLine },
            { kid: 'b', pem: key.certificateLine },
          ],
        }),
      'exactly 1 key',
    ],
    ['no key', () => payload({ keys: [] }), 'exactly 1 key'],
    ['no issuer', () => payload({ issuer: '' }), 'issuer is required'],
    ['no kid', () => payload({ kid: '' }), 'kid is required'],
    ['no pem', () => payload({ keys: [{ kid: 'a' }] }), 'pem is required'],
    ['no options', () => ({ protocol: 'jwtAuth', provider: 'external' }), 'options is required'],
    ['another provider', () => payload({}, { provider: 'okta' }), 'external'],
    ['another protocol', () => payload({}, { protocol: 'OIDC' }), 'jwtAuth only'],
    ['a string as tolerance', () => payload({}, { clockToleranceSec: '5' }), 'number of seconds'],
    ['a negative tolerance', () => payload({}, { clockToleranceSec: -1 }), 'number of seconds'],
    ['a number as description', () => payload({}, { description: 1 }), 'must be a string'],
    ['no object', () => [], 'JSON object'],
  ])('is refused with %s', async (_, body, words) => {
    const { status, text, body: answer } = await create(body())
    expect(status).toBe(400)
    expect(text).toContain(words)
    expect(answer).toMatchObject({ errors: [{ status: 400, title: 'Bad request' }] })
    expect(tenant.emulator.state.identityProviders()).toEqual([])
  })

  it('of another tenant is forbidden', async () => {
    expect((await create(payload({}, { tenantIds: ['other'] }))).status).toBe(403)
  })

  it('with issuer and kid of another is refused; with another kid the switch decides', async () => {
    expect((await create(payload())).status).toBe(201)
    expect((await create(payload())).text).toContain('with this issuer and kid exists')
    expect((await create(payload({ kid: 'new-2' }))).status).toBe(201)
    tenant.emulator.switches.set({ sameIssuerOtherKeyId: 'refused' })
    expect((await create(payload({ kid: 'new-3' }))).text).toContain('with this issuer exists')
    expect((await create(payload({ issuer: 'third.example' }))).status).toBe(201)
  })

  it('takes a bare public key and line breaks as the switches say', async () => {
    const pem = key.publicKey.export({ type: 'spki', format: 'pem' }).toString()
    const bare = pem.replaceAll('\n', '')
    expect((await create(payload({ kid: 'bare', pem: bare }))).status).toBe(201)
    expect(await loginWith('new.example', 'bare', key)).toBe(200)
    tenant.emulator.switches.set({ barePublicKey: 'refused', pemLineBreaks: 'accepted' })
    expect((await create(payload({ kid: 'b', pem: bare }))).text).toContain('send a certificate')
    expect((await create(payload({ kid: 'file', pem: key.certificatePem }))).status).toBe(201)
    expect(await loginWith('new.example', 'file', key)).toBe(200)
  })

  it('takes RSA keys from 2048 bits on', async () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString().replaceAll('\n', '')
    expect((await create(payload({ pem }))).text).toContain('at least 2048 bits')
  })

  it('trusts a certificate that is out of its dates unless the switch says otherwise', async () => {
    const old = makeTestKey({ from: new Date('2020-01-01'), to: new Date('2021-01-01') })
    expect((await create(payload({ pem: old.certificateLine }))).status).toBe(201)
    expect(await loginWith('new.example', 'new-1', old)).toBe(200)
    tenant.emulator.switches.set({ certificateDates: 'checked' })
    expect(await loginWith('new.example', 'new-1', old)).toBe(401)
  })

  it('changes nothing but its description', async () => {
    const { body } = await create(payload())
    const patch = (operations: unknown) => tenant.admin('PATCH', `${path}/${body.id}`, operations)
    for (const operations of [
      [{ op: 'replace', path: '/options/issuer', value: 'x' }],
      [{ op: 'replace', path: '/clockToleranceSec', value: 1 }],
      [{ op: 'add', path: '/description', value: 'x' }],
      [{ op: 'replace', path: '/description', value: 1 }],
      [],
      {},
    ]) {
      const response = await patch(operations)
      expect(response.status).toBe(400)
      await response.text()
    }
    expect(await (await tenant.admin('GET', `${path}/${body.id}`)).json()).toEqual(body)
  })
})

describe('the list', () => {
  it('comes in pages with absolute links that lead from one to the next and back', async () => {
    for (let index = 0; index < 5; index += 1) await create(payload({ kid: `key-${index}` }))
    interface Page {
      data: Resource[]
      links: { self: { href: string }; next?: { href: string }; prev?: { href: string } }
    }
    const headers = { authorization: `Bearer ${tenant.emulator.adminKey}` }
    const read = async (href: string) => (await (await fetch(href, { headers })).json()) as Page
    const kids: (string | undefined)[] = []
    let page = await read(`${tenant.emulator.url}${path}?limit=2`)
    expect(page.links.prev).toBeUndefined()
    for (;;) {
      kids.push(...page.data.map((one) => one.options.staticKeys[0]?.kid))
      if (page.links.next === undefined) break
      expect(page.links.next.href.startsWith(`${tenant.emulator.url}${path}?`)).toBe(true)
      page = await read(page.links.next.href)
    }
    expect(kids).toEqual(['key-0', 'key-1', 'key-2', 'key-3', 'key-4'])
    const before = await read(page.links.prev?.href ?? '')
    expect(before.data.map((one) => one.options.staticKeys[0]?.kid)).toEqual(['key-2', 'key-3'])
  })

  it.each(['limit=0', 'limit=101', 'limit=x', 'next=made-up'])('refuses %s', async (query) => {
    expect((await tenant.admin('GET', `${path}?${query}`)).status).toBe(400)
  })
})

describe('administration', () => {
  it('is for the administrator: 401 for nobody and a wrong key, 403 for a user', async () => {
    tenant.emulator.reset()
    const wrong = { authorization: `Bearer ${tenant.emulator.adminKey}x` }
    for (const other of [path, '/api/v1/web-integrations', '/api/v1/groups', '/api/v1/users']) {
      expect((await tenant.send('GET', other)).status).toBe(401)
      expect((await tenant.send('GET', other, wrong)).status).toBe(401)
    }
  })

  it('answers a body that is not JSON with 400, and one that is too large with 413', async () => {
    const headers = { authorization: `Bearer ${tenant.emulator.adminKey}` }
    const post = (body: string) =>
      fetch(tenant.emulator.url + path, { method: 'POST', headers, body })
    for (const body of ['', '{', '{"a":1}x']) expect((await post(body)).status).toBe(400)
    const large = await post(JSON.stringify({ description: 'x'.repeat(300_000) }))
    expect(large.status).toBe(413)
    expect(await large.text()).toContain('262144 bytes')
    expect((await tenant.admin('GET', path)).status).toBe(200)
  })
})
