import { beforeAll, describe, expect, it } from 'vitest'
import { checkToken } from '../check.ts'
import { cloud } from '../deployment.ts'
import { kindRules } from './kind.ts'
import {
  goodClientManagedClaims,
  goodClientManagedHeader,
  goodCloudClaims,
  goodCloudHeader,
  makeTestKey,
  type TestKey,
  testNow,
  testServer,
} from './tokens.fixture.ts'

const tenant = cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' })
const at = new Date(testNow * 1000)
const times = { iat: testNow, exp: testNow + 3600 }
const header = { alg: 'RS256', typ: 'JWT', kid: 'k' }
const auth0Id = {
  iss: 'https://acme.eu.auth0.com/',
  sub: 'auth0|42',
  aud: 'client',
  nonce: 'n',
  sid: 's',
  ...times,
}
const entra = { tid: 't', oid: 'o', ver: '2.0', uti: 'u', rh: 'r', ...times }
const xmlsoap = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims'
const microsoft = 'http://schemas.microsoft.com/ws/2008/06/identity/claims'

/** Tokens of other kinds: the rule that leads, and what is said. */
const others: [id: string, header: object, claims: object, detail: string | RegExp][] = [
  [
    'kind-api-key',
    { alg: 'ES384', kid: 'tenant', typ: 'JWT' },
    {
      subType: 'user',
      tenantId: 't',
      jti: 'j',
      aud: 'qlik.api',
      iss: 'qlik.api/api-keys',
      sub: 'u',
    },
    '`iss` is qlik.api/api-keys.',
  ],
  [
    'kind-api-audience',
    header,
    { ...goodCloudClaims, aud: 'qlik.api' },
    '`aud` is Qlik’s API, not its login.',
  ],
  [
    'kind-api-audience',
    header,
    { ...goodCloudClaims, aud: ['https://acme.eu.qlikcloud.com/api/v1'] },
    '`aud` is Qlik’s API, not its login.',
  ],
  [
    'kind-claims-in-header',
    { ...header, ...goodCloudClaims },
    {},
    /^The header has `sub`, `aud`, `exp`, .* and `groups`, and the payload does not\.$/,
  ],
  [
    'kind-claims-in-header',
    { ...header, sub: '42' },
    { ...goodCloudClaims, sub: undefined },
    /`sub`/,
  ],
  [
    'kind-claims-nested',
    header,
    { payload: goodCloudClaims, iat: testNow },
    'They are in `payload`.',
  ],
  [
    'kind-claims-nested',
    header,
    { user: { userId: 'ada', userDirectory: 'ACME' } },
    'They are in `user`.',
  ],
  [
    'kind-dotnet-claim-names',
    header,
    {
      [`${xmlsoap}/nameidentifier`]: '42',
      [`${xmlsoap}/emailaddress`]: 'a',
      [`${microsoft}/role`]: 'r',
    },
    '3 names are an address, for instance that of `nameidentifier`, `emailaddress` and `role`.',
  ],
  ['kind-dotnet-claim-names', header, { [`${xmlsoap}/mine`]: '42' }, '1 name is an address.'],
  [
    'kind-other-provider',
    header,
    auth0Id,
    '`iss` has the form of Auth0, and it has `nonce` and `sid`: it is an ID token.',
  ],
  [
    'kind-other-provider',
    { ...header, typ: 'at+jwt' },
    { ...auth0Id, nonce: undefined, azp: 'a', scope: 'openid', gty: 'client-credentials' },
    /Auth0.*: it is an access token\.$/,
  ],
  [
    'kind-other-provider',
    header,
    { iss: 'https://login.microsoftonline.com/t/v2.0', aud: 'client', nonce: 'n', ...entra },
    /Microsoft Entra ID.*: it is an ID token\.$/,
  ],
  [
    'kind-other-provider',
    header,
    { iss: 'https://sts.windows.net/t/', aud: '00000003', scp: 'User.Read', appid: 'a', ...entra },
    /Microsoft Entra ID.*: it is an access token\.$/,
  ],
  [
    'kind-other-provider',
    header,
    { iss: 'https://sso.acme.example/realms/acme', azp: 'a', session_state: 's', ...times },
    /Keycloak/,
  ],
  [
    'kind-other-provider',
    header,
    { iss: 'https://acme.okta.com/oauth2/default', cid: 'c', ...times },
    /Okta/,
  ],
  [
    'kind-other-provider',
    header,
    { iss: 'https://accounts.google.com', azp: 'a', ...times },
    /Google/,
  ],
  [
    'kind-other-provider',
    header,
    { iss: 'https://id.acme.example', sub: '42', azp: 'a', nonce: 'n', at_hash: 'h', ...times },
    'It has `nonce`, `at_hash` and `azp`, as ID tokens of OpenID Connect have.',
  ],
]

let key: TestKey

beforeAll(async () => {
  key = await makeTestKey()
})

describe('a token that is none for a login at Qlik', () => {
  it.each(others.map(([id, head, claims, detail], index) => ({ id, head, claims, detail, index })))(
    'is led by $id ($index), whatever it was thought to be for',
    async ({ id, head, claims, detail }) => {
      const signed = await key.sign({ ...head, alg: 'RS256' }, claims)
      for (const deployment of [tenant, testServer, undefined]) {
        const { findings } = await checkToken(signed, deployment, { at, key: key.jwk })
        const [first] = findings
        expect(first).toMatchObject({ id, effect: 'refused', blocks: true })
        if (typeof detail === 'string') expect(first?.detail).toBe(detail)
        else expect(first?.detail).toMatch(detail)
        expect(findings.filter((one) => one.id.startsWith('kind-'))).toHaveLength(1)
      }
    },
  )

  it('is each of these', () => {
    expect([...new Set(others.map(([id]) => id))].sort()).toEqual(
      kindRules.map(({ id }) => id).sort(),
    )
  })
})

describe('a token for Qlik', () => {
  const kindsOf = async (
    deployment: Parameters<typeof checkToken>[1],
    head: object,
    claims: object,
  ) => {
    const { findings } = await checkToken(await key.sign(head, claims), deployment, { at })
    return findings.map(({ id }) => id).filter((id) => id.startsWith('kind-'))
  }

  it('is not taken for another kind because its issuer or a claim is like a provider’s', async () => {
    const cloudTokens = [
      goodCloudClaims,
      { ...goodCloudClaims, iss: 'https://acme.eu.auth0.com/' },
      { ...goodCloudClaims, nonce: 'n', azp: 'a', tid: 't' },
      { ...goodCloudClaims, aud: ['qlik.api/login/jwt-session', 'x'] },
      { ...goodCloudClaims, aud: 'https://acme.eu.qlikcloud.com' },
      { sub: '42', nonce: 'n', iss: 'acme.example' },
      { sub: '42', data: { colour: 'red' }, user: 'ada' },
    ]
    for (const claims of cloudTokens)
      expect(await kindsOf(tenant, goodCloudHeader, claims), JSON.stringify(claims)).toEqual([])
    for (const claims of [
      goodClientManagedClaims,
      { ...goodClientManagedClaims, iss: 'https://login.microsoftonline.com/t/v2.0', tid: 't' },
      { ...goodClientManagedClaims, aud: 'https://sense.acme.example/api/v1', scp: 'a', azp: 'b' },
    ])
      expect(await kindsOf(testServer, goodClientManagedHeader, claims)).toEqual([])
    // The virtual proxy reads the user from the payload; what else is in the header or in a member does not matter.
    for (const header of [{ sub: '42' }, { exp: 1 }])
      expect(
        await kindsOf(
          testServer,
          { ...goodClientManagedHeader, ...header },
          goodClientManagedClaims,
        ),
      ).toEqual([])
    const nested = { ...goodClientManagedClaims, data: { sub: '42', email: 'ada@acme.example' } }
    expect(await kindsOf(testServer, goodClientManagedHeader, nested)).toEqual([])
  })
})
