import { describe, expect, it } from 'vitest'
import { isJotgateError } from '../../../errors/index.ts'
import type { Identity } from '../identity.ts'
import { loginWith, publicUrl, testNow } from '../issuer.fixture.ts'
import type { IssuerEvent } from '../keys/trusted-keys.ts'
import { startProvider, type TestProvider } from './provider.fixture.ts'
import { identifyByProvider, type ProviderOptions } from './provider.ts'

interface Circumstances {
  options?: Partial<ProviderOptions>
  /** In seconds. */
  at?: number
  events?: IssuerEvent[]
}

async function identify(
  provider: TestProvider,
  token: string,
  { options, at = testNow, events = [] }: Circumstances = {},
) {
  const make = identifyByProvider({ issuer: provider.issuer, audience: 'qlik', ...options })
  const identifier = make({
    publicUrl,
    clock: () => at * 1000,
    onEvent: (event) => events.push(event),
  })
  return (await identifier.identify(loginWith(token))) as Identity
}

/** `accepted`, or the reason why not. */
async function outcomeOf(
  provider: TestProvider,
  token: string,
  circumstances?: Circumstances,
): Promise<string> {
  const outcome: unknown = await identify(provider, token, circumstances).catch((error) => error)
  if (!(outcome instanceof Error)) return 'accepted'
  if (isJotgateError(outcome, 'ERR_GATEWAY_NOT_IDENTIFIED')) return outcome.details.reason
  if (isJotgateError(outcome, 'ERR_GATEWAY_HOST_SILENT')) return `503: ${outcome.details.problem}`
  throw outcome
}

const claims = (changes: object = {}) => ({
  sub: '42',
  aud: 'qlik',
  iat: testNow,
  exp: testNow + 3600,
  ...changes,
})

const elsewhere = 'the token was given to a client that is not configured (`clientId`)'
const notForUs = 'the token is not for this gateway (`aud`)'
const itself = 'the token is about a client, not about a person'
const otherType = 'the token is of another type'

describe('identifyByProvider', () => {
  it.each<[string, object, Partial<ProviderOptions>, string]>([
    ['its own audience', {}, {}, 'accepted'],
    ['another audience', { aud: 'account' }, {}, notForUs],
    ['a part of the audience', { aud: 'qlik2' }, {}, notForUs],
    ['no audience', { aud: undefined }, {}, notForUs],
    ['an audience that is not a string', { aud: [7, null] }, {}, notForUs],
    ['one of two audiences', { aud: 'b' }, { audience: ['a', 'b'] }, 'accepted'],
    ['several audiences, and no client', { aud: ['qlik', 'account'] }, {}, elsewhere],
    ['several, and its client', { aud: ['qlik', 'x'], azp: 'qlik' }, {}, 'accepted'],
    ['several, and another client', { aud: ['qlik', 'x'], azp: 'x' }, {}, elsewhere],
    ['another client', { azp: 'portal' }, {}, elsewhere],
    ['a client that is configured', { azp: 'portal' }, { clientId: 'portal' }, 'accepted'],
    ['one of two clients', { azp: 'b' }, { clientId: ['a', 'b'] }, 'accepted'],
    ['the client in another claim', { cid: 'portal' }, { clientId: 'portal' }, 'accepted'],
    ['two clients', { azp: 'portal', client_id: 'x' }, { clientId: 'portal' }, elsewhere],
    ['a client that is not a string', { azp: ['portal'] }, { clientId: 'portal' }, elsewhere],
    ['no client, where one is configured', {}, { clientId: 'portal' }, elsewhere],
    ['a client for its subject', { sub: 'qlik', azp: 'qlik' }, {}, itself],
    ['client credentials of Auth0', { gty: 'client-credentials' }, {}, itself],
    ['an application of Entra', { idtyp: 'app' }, {}, itself],
    ['an application of Entra by its object', { sub: 'o-1', oid: 'o-1' }, {}, itself],
    ['a client of Keycloak', { preferred_username: 'service-account-x' }, {}, itself],
    ['a client, where clients are accepted', { sub: 'qlik' }, { acceptsClients: true }, 'accepted'],
    ['a refresh token of Keycloak', { typ: 'Offline' }, {}, otherType],
    ['a logout token of Keycloak', { typ: 'Logout' }, {}, otherType],
    ['an ID token of Keycloak', { typ: 'ID' }, {}, 'accepted'],
    ['a logout token without a type', { events: { 'http://x': {} } }, {}, otherType],
  ])('%s', async (_, changes, options, expected) => {
    const provider = await startProvider()
    const token = await provider.sign(claims(changes))
    expect(await outcomeOf(provider, token, { options })).toBe(expected)
  })

  it.each([
    ['JWT', 'accepted'],
    ['at+jwt', 'accepted'],
    ['application/at+jwt', 'accepted'],
    ['AT+JWT', 'accepted'],
    ['logout+jwt', otherType],
    ['secevent+jwt', otherType],
    ['dpop+jwt', otherType],
    ['client-authentication+jwt', otherType],
    ['oauth-authz-req+jwt', otherType],
    ['entity-statement+jwt', otherType],
  ])('T-J22: the type %s is %s', async (typ, expected) => {
    const provider = await startProvider()
    expect(await outcomeOf(provider, await provider.sign(claims(), { typ }))).toBe(expected)
  })

  it.each<[object, Partial<ProviderOptions>, string]>([
    [{ exp: testNow + 3600 }, {}, 'accepted'],
    [{ exp: testNow + 3601 }, {}, 'the token is valid for more than 3600 seconds'],
    [{ exp: testNow + 5400 }, { maxLifetimeSeconds: 5400 }, 'accepted'],
    [
      { exp: testNow + 61 },
      { maxLifetimeSeconds: 60 },
      'the token is valid for more than 60 seconds',
    ],
    [{ iat: undefined, nbf: testNow }, {}, 'accepted'],
    [{ iat: undefined }, {}, 'the token has neither `nbf` nor `iat`'],
    [{ exp: undefined }, {}, 'the token has no `exp`'],
  ])('T-J19: with %j and %j: %s', async (changes, options, expected) => {
    const provider = await startProvider()
    const token = await provider.sign(claims(changes))
    expect(await outcomeOf(provider, token, { options })).toBe(expected)
  })

  it('T-J18: ends with the token, by its `exp`', async () => {
    const provider = await startProvider()
    const token = await provider.sign(claims({ exp: testNow + 100 }))
    expect(await identify(provider, token, { at: testNow + 99 })).toMatchObject({
      endsAt: (testNow + 100) * 1000,
    })
    expect(await outcomeOf(provider, token, { at: testNow + 129 })).toBe('accepted')
    expect(await outcomeOf(provider, token, { at: testNow + 130 })).toBe('the token has expired')
  })

  it('takes no token without a key ID, nor by an algorithm of a key that is for another', async () => {
    const provider = await startProvider()
    const token = await provider.sign(claims(), { kid: undefined })
    expect(await outcomeOf(provider, token)).toBe('the issuer has no key of this key ID')
    const known = await provider.sign(claims())
    expect(await outcomeOf(provider, known, { options: { algorithms: ['RS512'] } })).toBe(
      'the algorithm of the token is not accepted',
    )
  })

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['another issuer', { issuer: 'https://login.evil.example' }, /calls itself by another issuer/],
    [
      'the template of Entra',
      { issuer: 'https://login.microsoftonline.com/{tenantid}/v2.0' },
      /all tenants/,
    ],
    ['no issuer', { issuer: undefined }, /has no issuer/],
    ['no address of keys', { jwks_uri: undefined }, /jwks_uri is missing/],
    ['keys over http', { jwks_uri: 'http://keys.acme.example/' }, /jwks_uri must begin with https/],
    ['keys in a file', { jwks_uri: 'file:///etc/passwd' }, /jwks_uri must begin with https/],
  ])('does not use a description with %s', async (_, description, problem) => {
    const provider = await startProvider()
    provider.description = description
    const events: IssuerEvent[] = []
    expect(await outcomeOf(provider, await provider.sign(claims()), { events })).toMatch(problem)
    expect(events).toEqual([
      {
        type: 'issuer-failed',
        issuer: provider.issuer,
        about: 'discovery',
        problem: expect.stringMatching(problem),
      },
    ])
    expect(provider.requests.keys).toBe(0)
  })

  it.each([
    [
      'an address of this machine',
      (issuer: string) => ({ issuer, jwks_uri: 'http://localhost/k' }),
    ],
    ['is not a JSON object', () => ['keys']],
  ])('does not use one of a provider elsewhere that has %s', async (problem, describe) => {
    const issuer = 'https://login.acme.example'
    const asked: string[] = []
    const identifier = identifyByProvider({
      issuer,
      audience: 'qlik',
      fetch: async (url) => {
        asked.push(String(url))
        return Response.json(describe(issuer))
      },
    })({ publicUrl, clock: () => testNow * 1000 })
    const provider = await startProvider()
    const token = await provider.sign(claims({ iss: issuer }))
    const error: unknown = await identifier.identify(loginWith(token)).catch((thrown) => thrown)
    expect(error).toMatchObject({ status: 503, message: expect.stringContaining(problem) })
    expect(asked).toEqual([`${issuer}/.well-known/openid-configuration`])
  })

  it('says so when the issuers differ by the slash at their end', async () => {
    const provider = await startProvider('/realms/acme')
    const token = await provider.sign(claims({ iss: `${provider.issuer}/` }))
    const options = { issuer: `${provider.issuer}/` }
    expect(await outcomeOf(provider, token, { options })).toMatch(/slash at its end/)
  })

  it.each<[object, string]>([
    [{ issuer: 'http://login.acme.example' }, 'issuer must begin with https://'],
    [{ issuer: 'https://login.acme.example/?a=1' }, 'issuer must not contain a query'],
    [{ issuer: 'acme' }, 'issuer is not a web address'],
    [{ audience: undefined }, 'audience is missing'],
    [{ audience: [] }, 'audience must have 1 to 20 names'],
    [{ clientId: [7] }, 'clientId must be a string'],
    [{ maxLifetimeSeconds: 7201 }, 'maxLifetimeSeconds must be a whole number of seconds from 60'],
    [{ acceptsClients: 'no' }, 'acceptsClients must be true or false'],
    [{ algorithms: ['PS256'] }, 'algorithms may have'],
  ])('refuses the options %j: %s', (options, problem) => {
    const good = { issuer: 'https://login.acme.example', audience: 'qlik' }
    expect(() => identifyByProvider({ ...good, ...options })).toThrow(problem)
  })
})
