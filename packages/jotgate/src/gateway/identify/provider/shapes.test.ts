// Tokens as four providers make them. Their shapes are from their documentation: Okta "Access tokens" and "ID tokens",
// Microsoft "Access token claims reference" and "ID token claims reference", Auth0 "Access token profiles", Keycloak
// "Server administration", and Amazon "Understanding user pool tokens". No value is of a real tenant.
import { describe, expect, it } from 'vitest'
import { isJotgateError } from '../../../errors/index.ts'
import type { User } from '../../../token/index.ts'
import { loginWith, publicUrl, testNow } from '../issuer.fixture.ts'
import { startProvider, type TestProvider } from './provider.fixture.ts'
import { identifyByProvider, type ProviderOptions } from './provider.ts'

const hour = { iat: testNow, exp: testNow + 3600 }

interface Shape {
  name: string
  path: string
  options: Omit<ProviderOptions, 'issuer'>
  header?: Record<string, unknown>
  claims: (issuer: string) => object
  user: User
}

const shapes: readonly Shape[] = [
  {
    name: 'an access token of Okta',
    path: '/oauth2/default',
    options: { audience: 'api://qlik', clientId: '0oa1', claims: { subject: 'uid', email: 'sub' } },
    header: { typ: undefined },
    claims: () => ({
      ver: 1,
      jti: 'AT.0mP4JKAZX1iACIT4vbEDF7LpvDVjxypPMf0D7uX39RE',
      aud: 'api://qlik',
      ...hour,
      cid: '0oa1',
      uid: '00u5',
      scp: ['openid', 'profile'],
      auth_time: testNow - 10,
      sub: 'ada@acme.example',
      groups: ['Everyone', 'sales'],
    }),
    user: {
      subject: '00u5',
      email: 'ada@acme.example',
      emailVerified: false,
      groups: ['Everyone', 'sales'],
    },
  },
  {
    name: 'an ID token of Okta',
    path: '/oauth2/default',
    options: { audience: '0oa1' },
    header: { typ: undefined },
    claims: () => ({
      sub: '00u5',
      name: 'Ada',
      email: 'ada@acme.example',
      email_verified: true,
      ver: 1,
      aud: '0oa1',
      ...hour,
      jti: 'ID.f9SrlE1fJ0rYHlsyT1g9',
      amr: ['pwd'],
      idp: '00o1',
      nonce: 'n-1',
      at_hash: 'x-1',
    }),
    user: { subject: '00u5', name: 'Ada', email: 'ada@acme.example', emailVerified: true },
  },
  {
    name: 'an ID token of Microsoft Entra, dated five minutes back',
    path: '/11111111-2222-3333-4444-555555555555/v2.0',
    options: {
      audience: '66666666-7777-8888-9999-000000000000',
      claims: { subject: 'oid', emailVerified: 'xms_edov' },
      maxLifetimeSeconds: 3900,
    },
    claims: () => ({
      aud: '66666666-7777-8888-9999-000000000000',
      iat: testNow - 300,
      nbf: testNow - 300,
      exp: testNow + 3600,
      aio: 'AXQAi',
      email: 'ada@acme.example',
      xms_edov: '1',
      groups: ['0760b6cf-170e-4a14-91b3-4b78e0739963'],
      name: 'Ada',
      oid: '690222be-ff1a-4d56-abd1-7e4f7d38e474',
      preferred_username: 'ada@acme.example',
      rh: '0.AQ',
      sub: 'HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ',
      tid: '11111111-2222-3333-4444-555555555555',
      uti: 'fqiBqXLPj0eQa82S-IYFAA',
      ver: '2.0',
    }),
    user: {
      subject: '690222be-ff1a-4d56-abd1-7e4f7d38e474',
      name: 'Ada',
      email: 'ada@acme.example',
      emailVerified: true,
      groups: ['0760b6cf-170e-4a14-91b3-4b78e0739963'],
    },
  },
  {
    name: 'an access token of Microsoft Entra v1, whose issuer ends with a slash',
    path: '/11111111-2222-3333-4444-555555555555/',
    options: {
      audience: 'api://66666666-7777-8888-9999-000000000000',
      clientId: 'bbbbbbbb-7777-8888-9999-000000000000',
      claims: { subject: 'oid', email: 'upn', emailVerified: true, groups: false },
      maxLifetimeSeconds: 5400,
    },
    header: { x5t: 'i6lGk3FZzxRcUb2C3nEQ7syHJlY' },
    claims: () => ({
      aud: 'api://66666666-7777-8888-9999-000000000000',
      iat: testNow,
      nbf: testNow,
      exp: testNow + 5000,
      acr: '1',
      amr: ['pwd'],
      appid: 'bbbbbbbb-7777-8888-9999-000000000000',
      appidacr: '0',
      _claim_names: { groups: 'src1' },
      _claim_sources: { src1: { endpoint: 'https://graph.windows.net/users/getMemberObjects' } },
      ipaddr: '192.0.2.7',
      name: 'Ada',
      oid: '690222be-ff1a-4d56-abd1-7e4f7d38e474',
      scp: 'user_impersonation',
      sub: 'HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ',
      unique_name: 'ada@acme.example',
      upn: 'ada@acme.example',
      ver: '1.0',
    }),
    user: {
      subject: '690222be-ff1a-4d56-abd1-7e4f7d38e474',
      name: 'Ada',
      email: 'ada@acme.example',
      emailVerified: true,
    },
  },
  {
    name: 'an access token of Auth0, for the user information too, whose issuer ends with a slash',
    path: '/',
    options: {
      audience: 'https://qlik.acme.example',
      clientId: 'K1AU',
      claims: { groups: 'https://acme.example/roles' },
    },
    claims: (issuer) => ({
      'https://acme.example/roles': ['sales'],
      sub: 'auth0|6553da60a54af58e29493993',
      aud: ['https://qlik.acme.example', `${issuer}userinfo`],
      ...hour,
      azp: 'K1AU',
      scope: 'openid profile email',
    }),
    user: {
      subject: 'auth0|6553da60a54af58e29493993',
      emailVerified: false,
      groups: ['sales'],
    },
  },
  {
    name: 'an access token of Auth0 in the profile of RFC 9068',
    path: '/',
    options: { audience: 'https://qlik.acme.example', clientId: 'K1AU' },
    header: { typ: 'at+jwt' },
    claims: () => ({
      sub: 'auth0|6553da60a54af58e29493993',
      aud: 'https://qlik.acme.example',
      ...hour,
      jti: 'lajdGxTk1YbxIb',
      client_id: 'K1AU',
      scope: 'read',
    }),
    user: { subject: 'auth0|6553da60a54af58e29493993', emailVerified: false },
  },
  {
    name: 'an access token of Keycloak, with its own audience beside',
    path: '/realms/acme',
    options: {
      audience: 'qlik-gateway',
      clientId: 'portal',
      claims: { groups: ['realm_access', 'roles'], attributes: { login: 'preferred_username' } },
    },
    claims: () => ({
      exp: testNow + 300,
      iat: testNow,
      nbf: 0,
      jti: 'onrtac:d58f5dc8-fd8f-462b-8a19-716f8f83985b',
      aud: ['qlik-gateway', 'account'],
      sub: '36fa0f91-f94d-4a0c-afed-6b7d952e47da',
      typ: 'Bearer',
      azp: 'portal',
      sid: '2a88c258-f73a-4103-b862-e1fbd8f4e04e',
      acr: '1',
      'allowed-origins': ['https://www.acme.example'],
      realm_access: { roles: ['sales', 'offline_access'] },
      resource_access: { account: { roles: ['view-profile'] } },
      scope: 'openid email profile',
      email_verified: true,
      name: 'Ada',
      preferred_username: 'ada',
      email: 'ada@acme.example',
    }),
    user: {
      subject: '36fa0f91-f94d-4a0c-afed-6b7d952e47da',
      name: 'Ada',
      email: 'ada@acme.example',
      emailVerified: true,
      groups: ['sales', 'offline_access'],
      attributes: { login: 'ada' },
    },
  },
  {
    name: 'an ID token of Amazon Cognito, which writes true as a string',
    path: '/eu-central-1_AbCdEf',
    options: { audience: '7pol', claims: { groups: 'cognito:groups', name: 'cognito:username' } },
    claims: () => ({
      sub: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
      aud: '7pol',
      email_verified: 'true',
      token_use: 'id',
      auth_time: testNow,
      'cognito:username': 'ada',
      'cognito:groups': ['sales'],
      email: 'ada@acme.example',
      ...hour,
    }),
    user: {
      subject: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
      name: 'ada',
      email: 'ada@acme.example',
      emailVerified: true,
      groups: ['sales'],
    },
  },
]

function identifierOf(provider: TestProvider, { options }: Shape) {
  const time = { ms: 0 }
  const make = identifyByProvider({ issuer: provider.issuer, ...options })
  const identifier = make({
    publicUrl,
    clock: () => testNow * 1000,
    monotonicClock: () => time.ms,
  })
  const pass = (seconds: number) => {
    time.ms += seconds * 1000
  }
  return { identifier, pass }
}

describe.each(shapes)('$name', (shape) => {
  it('is accepted, and goes on when the keys are rotated', async () => {
    const provider = await startProvider(shape.path)
    const { identifier, pass } = identifierOf(provider, shape)
    await identifier.prepare?.()
    const claims = shape.claims(provider.issuer)
    const [first, header] = [await provider.sign(claims, shape.header), shape.header]
    const { exp } = claims as { exp: number }
    expect(await identifier.identify(loginWith(first))).toEqual({
      user: shape.user,
      source: 'provider-token',
      endsAt: exp * 1000,
      tokenHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      tokenExpiresAt: exp * 1000,
    })
    // It may come again.
    expect(await identifier.identify(loginWith(first))).toMatchObject({ user: shape.user })

    // A key is added and signs; the old one is still there.
    await provider.rotate('2026-02')
    pass(30)
    const second = await provider.sign(claims, header)
    expect(await identifier.identify(loginWith(second))).toMatchObject({ user: shape.user })
    expect(await identifier.identify(loginWith(first))).toMatchObject({ user: shape.user })

    // The old one is withdrawn.
    provider.keys = provider.keys.slice(1)
    pass(600)
    expect(await identifier.identify(loginWith(second))).toMatchObject({ user: shape.user })
    const gone: unknown = await identifier.identify(loginWith(first)).catch((error) => error)
    expect(isJotgateError(gone, 'ERR_GATEWAY_NOT_IDENTIFIED') && gone.details.reason).toBe(
      'the issuer has no key of this key ID',
    )
    expect(provider.requests).toEqual({ discovery: 1, keys: 3 })
  })
})
