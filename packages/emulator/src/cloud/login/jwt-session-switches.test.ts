import { constants, generateKeyPairSync, sign } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CloudSwitches } from '../switch-definitions.ts'
import { encode, startTenant, type TestTenant, testKeyId, testOrigin } from '../testing/tenant.ts'

let tenant: TestTenant
beforeEach(async () => {
  tenant = await startTenant()
})
afterEach(() => tenant.close())

const statusOf = async (token: string) => (await tenant.postToken(token)).status

describe('algorithms', () => {
  const signWith = (alg: string) => {
    const text = `${encode({ alg, typ: 'JWT', kid: testKeyId })}.${encode(tenant.claims())}`
    const isPss = alg.startsWith('PS')
    const padding = isPss ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING
    const signature = sign(`sha${alg.slice(2)}`, Buffer.from(text), {
      key: tenant.key.privateKey,
      padding,
      ...(isPss ? { saltLength: constants.RSA_PSS_SALTLEN_DIGEST } : {}),
    })
    return `${text}.${signature.toString('base64url')}`
  }

  it.each(['RS384', 'RS512', 'PS256', 'PS384', 'PS512'])('%s counts by switch', async (alg) => {
    expect(await statusOf(signWith(alg))).toBe(401)
    tenant.emulator.switches.set({ algorithms: 'RSA' })
    expect(await statusOf(signWith(alg))).toBe(200)
  })

  it.each(['HS256', 'none', 'ES256', 'rs256'])('%s never counts', async (alg) => {
    tenant.emulator.switches.set({ algorithms: 'RSA' })
    expect(await statusOf(tenant.token({}, { alg }))).toBe(401)
  })

  it('a signature of one is none of another', async () => {
    tenant.emulator.switches.set({ algorithms: 'RSA' })
    expect(await statusOf(tenant.token({}, { alg: 'RS512' }))).toBe(401)
  })
})

it('a token may be as long as the switch says', async () => {
  const token = tenant.token()
  tenant.emulator.switches.set({ tokenSizeLimit: token.length })
  expect(await statusOf(token)).toBe(200)
  tenant.emulator.switches.set({ tokenSizeLimit: token.length - 1 })
  expect(await statusOf(tenant.token())).toBe(431)
})

it('the jti of a refused token counts by switch, but never that of a forged one', async () => {
  tenant.emulator.switches.set({ refusedTokenCounts: true })
  const forged = `${tenant.token({ jti: 'one' }).slice(0, -4)}AAAA`
  expect(await statusOf(forged)).toBe(401)
  expect(await statusOf(tenant.token({ jti: 'one' }))).toBe(200)
  expect(await statusOf(tenant.token({ jti: 'two', aud: 'x' }))).toBe(400)
  expect(await statusOf(tenant.token({ jti: 'two' }))).toBe(401)
})

it('cookies have a Domain by switch, and the load balancer’s can be omitted', async () => {
  tenant.emulator.switches.set({ cookieDomain: 'host', balancerCookies: false })
  const lines = (await tenant.postToken(tenant.token())).headers.getSetCookie()
  expect(lines).toHaveLength(4)
  for (const line of lines) expect(line).toContain('; Domain=localhost; Path=/')
})

it('a provider’s key is as long as the switch says', async () => {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = String(publicKey.export({ type: 'spki', format: 'pem' })).replaceAll('\n', '')
  const create = async (issuer: string) =>
    (
      await tenant.admin('POST', '/api/v1/identity-providers', {
        protocol: 'jwtAuth',
        provider: 'external',
        options: { issuer, staticKeys: [{ kid: 'x', pem }] },
      })
    ).status
  expect(await create('one')).toBe(201)
  tenant.emulator.switches.set({ minimumKeyBits: 3072 })
  expect(await create('two')).toBe(400)
})

it('a preflight allows the headers of a list, or those that were asked for', async () => {
  const preflight = async () =>
    (
      await tenant.send('OPTIONS', '/api/v1/items', {
        origin: testOrigin,
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'x-own',
      })
    ).headers.get('access-control-allow-headers')
  expect(await preflight()).toContain('qlik-csrf-token')
  tenant.emulator.switches.set({ corsAllowHeaders: 'asked' })
  expect(await preflight()).toBe('x-own')
})

it('the ID of an unknown web integration counts without an Origin by switch alone', async () => {
  const { cookie } = await tenant.login()
  const ask = async (id: string) =>
    (await tenant.send('GET', '/api/v1/items', { cookie, 'qlik-web-integration-id': id })).status
  expect(await ask('tests')).toBe(200)
  tenant.emulator.switches.set({ integrationWithoutOrigin: 'checked' })
  expect(await ask('tests')).toBe(401)
  expect(await ask(tenant.webIntegrationId)).toBe(200)
})

it('reads need the CSRF token by switch, but for the call that tells it', async () => {
  const { cookie, csrfToken } = await tenant.login()
  tenant.emulator.switches.set({ csrfOnReads: true })
  expect((await tenant.send('GET', '/api/v1/items', { cookie })).status).toBe(403)
  expect((await tenant.send('GET', '/api/v1/csrf-token', { cookie })).status).toBe(204)
  const headers = { cookie, 'qlik-csrf-token': csrfToken }
  expect((await tenant.send('GET', '/api/v1/items', headers)).status).toBe(200)
})

it('a log-out leaves the session in place, or answers 204, by switch', async () => {
  const { cookie } = await tenant.login()
  tenant.emulator.switches.set({ logoutEndsSession: false, logoutAnswer: 'no-content' })
  const response = await tenant.send('GET', '/logout', { cookie })
  expect(response.status).toBe(204)
  expect(response.headers.getSetCookie()[0]).toContain('Expires=Thu, 01 Jan 1970')
  expect((await tenant.send('GET', '/api/v1/items', { cookie })).status).toBe(200)
})

describe('email_verified as a string', () => {
  const answer = async (value: string, switches: Partial<CloudSwitches>) => {
    tenant.emulator.switches.set(switches)
    const response = await tenant.postToken(tenant.token({ email_verified: value }))
    return { status: response.status, text: await response.text() }
  }

  it('is refused, and the answer names the switch', async () => {
    const { status, text } = await answer('true', {})
    expect(status).toBe(400)
    expect(JSON.parse(text).errors[0].meta).toMatchObject({ switch: 'emailVerifiedString' })
  })

  it('counts as the value that it spells, with the switch at accepted', async () => {
    const accepted = { emailVerifiedString: 'accepted' } as const
    expect((await answer('true', accepted)).status).toBe(200)
    expect((await answer('false', accepted)).status).toBe(200)
    expect((await answer('yes', accepted)).status).toBe(400)
    expect((await answer('', accepted)).status).toBe(400)
    const strict = { ...accepted, unverifiedEmail: 'refused' } as const
    expect((await answer('false', strict)).status).toBe(400)
    expect((await answer('true', strict)).status).toBe(200)
  })
})
