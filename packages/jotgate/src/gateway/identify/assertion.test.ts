import { createHash, createHmac, generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import jsonwebtoken from 'jsonwebtoken'
import { beforeAll, describe, expect, it } from 'vitest'
import { isJotgateError } from '../../errors/index.ts'
import { gatewayRequest } from '../request.fixture.ts'
import { type AssertionOptions, identifyByAssertion } from './assertion.ts'
import type { Identity } from './identity.ts'
import {
  assertionClaims,
  loginWith,
  makeIssuer,
  publicUrl,
  type TestIssuer,
  testNow,
} from './issuer.fixture.ts'

let host: TestIssuer
let other: TestIssuer
beforeAll(async () => {
  host = await makeIssuer()
  other = await makeIssuer()
})

interface Circumstances {
  options?: Partial<AssertionOptions>
  /** In seconds. */
  at?: number
}

async function identify(token: string, { options, at = testNow }: Circumstances = {}) {
  const make = identifyByAssertion({
    issuer: 'https://www.acme.example',
    key: host.jwk,
    ...options,
  })
  const identity = await make({ publicUrl, clock: () => at * 1000 }).identify(loginWith(token))
  return identity as Identity
}

async function reasonOf(token: string, circumstances?: Circumstances): Promise<string> {
  const error: unknown = await identify(token, circumstances).catch((thrown: unknown) => thrown)
  if (!isJotgateError(error, 'ERR_GATEWAY_NOT_IDENTIFIED')) throw error
  expect([error.status, error.message]).toEqual([401, 'Who you are is not known'])
  return error.details.reason
}

const without = (name: string) => {
  const { [name]: _, ...claims } = assertionClaims()
  return claims
}

describe('identifyByAssertion', () => {
  it('takes an assertion of jose: who it is, for how long, and what to use once', async () => {
    const claims = assertionClaims()
    const token = await host.sign(claims)
    expect(await identify(token)).toEqual({
      user: {
        subject: '42',
        name: 'Ada',
        email: 'ada@acme.example',
        emailVerified: true,
        groups: ['sales'],
      },
      source: 'assertion',
      endsAt: (testNow + 900) * 1000,
      tokenHash: createHash('sha256')
        .update(token.slice(0, token.lastIndexOf('.')))
        .digest('hex'),
      tokenExpiresAt: (testNow + 60) * 1000,
      once: {
        issuer: 'https://www.acme.example',
        jti: claims.jti,
        // As long as it would be accepted.
        expiresAt: (testNow + 90) * 1000,
      },
    })
  })

  it('takes one of jsonwebtoken, which sets `iat` and no `nbf`, and no key ID', async () => {
    const { nbf: _, ...claims } = assertionClaims()
    const token = jsonwebtoken.sign(claims, host.privatePem, { algorithm: 'RS256' })
    expect((await identify(token)).user.subject).toBe('42')
  })

  it('takes the algorithm that is configured, and no other', async () => {
    const token = jsonwebtoken.sign(assertionClaims(), host.privatePem, { algorithm: 'RS512' })
    const { kty, n, e, kid, use } = host.jwk
    const key = { kty, n, e, kid, use, alg: 'RS512' } as const
    expect((await identify(token, { options: { key, algorithms: ['RS512'] } })).user.name).toBe(
      'Ada',
    )
    expect(await reasonOf(token)).toBe('the algorithm of the token is not accepted')
    expect(await reasonOf(token, { options: { algorithms: ['RS256', 'RS512'] } })).toMatch(
      /signature/,
    )
  })

  it('reads the claims that are named, also inside others', async () => {
    const claims = assertionClaims({
      uid: 'ada',
      realm_access: { roles: ['sales'] },
      email_verified: 'true',
      department: 'R&D',
    })
    const names = {
      subject: 'uid',
      groups: ['realm_access', 'roles'],
      attributes: { dept: 'department', gone: 'none' },
    } as const
    const { user } = await identify(await host.sign(claims), { options: { claims: names } })
    expect(user).toMatchObject({
      subject: 'ada',
      groups: ['sales'],
      emailVerified: true,
      attributes: { dept: 'R&D' },
    })
  })

  it.each([[false], ['false'], ['yes'], [undefined], [null], [[true]], [2]])(
    'does not take email_verified %j for verified',
    async (verified) => {
      const token = await host.sign(assertionClaims({ email_verified: verified }))
      expect((await identify(token)).user.emailVerified).toBe(false)
    },
  )

  it.each([
    ['T-J20: another issuer', { iss: 'https://www.acme.example/' }, /another issuer/],
    ['T-J20: the issuer in another case', { iss: 'https://WWW.acme.example' }, /another issuer/],
    ['T-J20: a look-alike', { iss: 'https://www.аcme.example' }, /another issuer/],
    ['T-J20: a list of issuers', { iss: ['https://www.acme.example'] }, /another issuer/],
    ['T-J20: another audience', { aud: 'https://other.acme.example' }, /not for this gateway/],
    ['T-J20: the audience with a slash', { aud: `${publicUrl}/` }, /not for this gateway/],
    ['T-J20: the audience and more', { aud: `${publicUrl}.evil.example` }, /not for this gateway/],
    ['T-J20: a good audience and another', { aud: [publicUrl, 'x'] }, /not for this gateway/],
    ['T-J20: no audience in a list', { aud: [] }, /not for this gateway/],
    [
      'T-J17: a string for exp',
      { exp: `${testNow + 60}` },
      /`exp` of the token is not a timestamp/,
    ],
    ['T-J17: null for exp', { exp: null }, /not a timestamp/],
    ['T-J17: a negative exp', { exp: -1 }, /not a timestamp/],
    ['T-J17: an exp beyond 2^53', { exp: 1e20 }, /not a timestamp/],
    ['T-J17: a list for nbf', { nbf: [testNow] }, /`nbf` of the token is not a timestamp/],
    ['T-J17: true for iat', { iat: true }, /`iat` of the token is not a timestamp/],
    ['T-J21: a short jti', { jti: 'fifteen-letters' }, /`jti`/],
    ['T-J21: a long jti', { jti: 'x'.repeat(257) }, /`jti`/],
    ['T-J21: a number for jti', { jti: 17111234567 }, /`jti`/],
    ['T-J22: a security event', { events: {} }, /another type/],
    ['no subject', { sub: '' }, /subject is empty/],
    ['a number for the subject', { sub: 42 }, /subject must be a string/],
    ['a long subject', { sub: 'x'.repeat(256) }, /subject is longer/],
    ['groups that are not names', { groups: [{ name: 'sales' }] }, /groups\[0\]/],
    ['an object for groups', { groups: { sales: true } }, /groups must be an array/],
    ['groups that are too many', { groups: undefined, hasgroups: true }, /too many/],
    ['groups that are elsewhere', { groups: undefined, _claim_names: { groups: 's' } }, /too many/],
  ])('refuses %s', async (_, changes, reason) => {
    expect(await reasonOf(await host.sign(assertionClaims(changes)))).toMatch(reason)
  })

  it.each(['iss', 'aud', 'sub', 'exp', 'jti'])('refuses an assertion without %s', async (name) => {
    expect(await reasonOf(await host.sign(without(name)))).not.toBe('')
  })

  it.each([
    ['T-J22', { typ: 'at+jwt' }, /another type/],
    ['T-J22', { typ: 'logout+jwt' }, /another type/],
    ['T-J22', { typ: 'secevent+jwt' }, /another type/],
    ['T-J22', { typ: ['JWT'] }, /another type/],
    ['T-J22', { cty: 'JWT' }, /cty/],
    ['T-J11', { kid: 'k-2' }, /no key of this key ID/],
    ['T-J11', { kid: 'K-1' }, /no key of this key ID/],
    ['T-J11', { kid: '__proto__' }, /no key of this key ID/],
    ['T-J11', { kid: "k-1' OR '1'='1" }, /no key of this key ID/],
    ['T-J11', { kid: '../../../dev/null' }, /no key of this key ID/],
    ['T-J23', { x: 'y'.repeat(1024) }, /header is too long/],
  ])('%s: refuses the header %j', async (_, header, reason) => {
    expect(await reasonOf(await host.sign(assertionClaims(), header))).toMatch(reason)
  })

  it.each(['JWT', 'jwt', 'application/jwt', undefined])('T-J22: takes the type %s', async (typ) => {
    expect((await identify(await host.sign(assertionClaims(), { typ }))).user.subject).toBe('42')
  })

  it('T-J01: an assertion with its parts written otherwise is another string, and refused', async () => {
    const good = await host.sign(assertionClaims())
    expect((await identify(good)).user.subject).toBe('42')
    const [header = '', claims = '', signature = ''] = good.split('.')
    const last = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const others = [...last]
      .map((character) => `${header}.${claims}.${signature.slice(0, -1)}${character}`)
      .filter((text) => text !== good)
    for (const part of [0, 1, 2])
      for (const change of ['=', '==', ' ', '\n', '\t', '%3D', '.', 'A', '+', '/', '\0', 'é'])
        others.push(
          [header, claims, signature]
            .map((one, at) => (at === part ? one + change : one))
            .join('.'),
        )
    expect(others.length).toBeGreaterThan(90)
    for (const text of others)
      expect(await reasonOf(text)).toMatch(/canonical|Bearer|JSON|signature/)
  })

  it('T-J23: reads nothing of a token over 8 KiB', async () => {
    expect(await reasonOf(await host.sign(assertionClaims({ x: 'y'.repeat(8192) })))).toBe(
      'the token is too long',
    )
  })

  it.each([
    ['exp - 1', { exp: 60 }, 59, 0, 'accepted'],
    ['exp', { exp: 60 }, 60, 0, 'the token has expired'],
    ['exp + skew - 1', { exp: 60 }, 119, 60, 'accepted'],
    ['exp + skew', { exp: 60 }, 120, 60, 'the token has expired'],
    ['nbf', { nbf: 10 }, 10, 0, 'accepted'],
    ['nbf - 1', { nbf: 10 }, 9, 0, 'the token is not valid yet'],
    ['nbf - skew', { nbf: 60 }, 0, 60, 'accepted'],
    ['nbf - skew - 1', { nbf: 60 }, -1, 60, 'the token is not valid yet'],
    ['iat - skew', { iat: 60 }, 0, 60, 'accepted'],
    ['iat - skew - 1', { iat: 60 }, -1, 60, 'the token was issued in the future'],
  ])('T-J18: at %s', async (_, changes, at, clockSkewSeconds, expected) => {
    const times = { iat: 0, nbf: 0, exp: 100, ...changes }
    const moved = Object.entries(times).map(([name, seconds]) => [name, testNow + seconds])
    const token = await host.sign(assertionClaims(Object.fromEntries(moved)))
    const outcome = identify(token, { at: testNow + at, options: { clockSkewSeconds } })
    expect(
      await outcome.then(
        () => 'accepted',
        (error) => error.details.reason,
      ),
    ).toBe(expected)
  })

  it('T-J18: keeps the end of one that is accepted after its `exp` in the future', async () => {
    const identity = await identify(await host.sign(assertionClaims()), { at: testNow + 70 })
    expect(identity.tokenExpiresAt).toBe((testNow + 90) * 1000)
  })

  it.each([
    [{ nbf: testNow, exp: testNow + 120 }, true],
    [{ nbf: testNow, exp: testNow + 121 }, false],
    [{ nbf: testNow, iat: testNow - 3600, exp: testNow + 120 }, true],
    [{ nbf: undefined, iat: testNow, exp: testNow + 121 }, false],
    [{ nbf: undefined, iat: undefined, exp: testNow + 60 }, false],
  ])('T-J19: with %j it is accepted: %s', async (changes, accepted) => {
    const token = await host.sign(assertionClaims(changes))
    if (accepted) expect((await identify(token)).user.subject).toBe('42')
    else expect(await reasonOf(token)).toMatch(/valid for more than 120 seconds|neither/)
  })

  it('T-J08 and T-J09: takes RSA alone, whatever key another algorithm finds in it', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const claims = part(assertionClaims())
    const algorithms = [
      'none',
      'None',
      'NONE',
      'nOnE',
      'none ',
      null,
      ['RS256'],
      'rs256',
      undefined,
    ]
    for (const alg of algorithms)
      for (const signature of ['', 'AAAA'])
        expect(await reasonOf(`${part({ alg, typ: 'JWT' })}.${claims}.${signature}`)).toMatch(
          /algorithm|canonical/,
        )
    const { publicPem, jwk } = host
    const der = Buffer.from(publicPem.replace(/-----.*-----|\n/g, ''), 'base64')
    const secrets = [
      publicPem,
      publicPem.trim(),
      `\ufeff${publicPem}`,
      der,
      JSON.stringify(jwk),
      Buffer.from(jwk.n, 'base64url'),
      '',
    ]
    for (const secret of secrets) {
      for (const [alg, hash] of [
        ['HS256', 'sha256'],
        ['HS512', 'sha512'],
        ['RS256', 'sha256'],
      ] as const) {
        const text = `${part({ alg, typ: 'JWT', kid: 'k-1' })}.${claims}`
        const signature = createHmac(hash, secret).update(text).digest('base64url')
        expect(await reasonOf(`${text}.${signature}`)).toMatch(/algorithm|signature/)
      }
    }
    for (const algorithm of ['PS256', 'RS384', 'RS512'] as const)
      expect(
        await reasonOf(jsonwebtoken.sign(assertionClaims(), host.privatePem, { algorithm })),
      ).toMatch(/algorithm/)
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    expect(
      await reasonOf(jsonwebtoken.sign(assertionClaims(), privateKey, { algorithm: 'ES256' })),
    ).toMatch(/algorithm/)
  })

  it('T-J06: neither follows nor trusts what a token says of keys', async () => {
    let requests = 0
    const server = createServer((_, response) => {
      requests += 1
      response.end(JSON.stringify({ keys: [other.jwk] }))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`
    try {
      for (const header of [
        { jwk: other.jwk },
        { jku: address },
        { x5u: address },
        { x5c: ['MIIB'] },
        { x5t: 'AAAA' },
      ])
        expect(await reasonOf(await other.sign(assertionClaims(), header))).toMatch(/signature/)
    } finally {
      server.close()
    }
    expect(requests).toBe(0)
  })

  it('T-B02: refuses what another issuer has signed', async () => {
    expect(await reasonOf(await other.sign(assertionClaims()))).toBe(
      'the signature is not one of the issuer',
    )
  })

  it.each([
    [{}, 'there is no token'],
    [{ authorization: 'Basic YTpi' }, 'Authorization has no Bearer token'],
    [{ authorization: 'Bearer' }, 'Authorization has no Bearer token'],
    [{ authorization: 'Bearer  TOKEN' }, 'Authorization has no Bearer token'],
    [{ authorization: 'Bearer TOKEN, Bearer TOKEN' }, 'Authorization has no Bearer token'],
    [{ cookie: 'token=TOKEN' }, 'there is no token'],
    [{ 'x-authorization': 'Bearer TOKEN' }, 'there is no token'],
  ])('looks at Authorization alone: %j', async (fields, reason) => {
    const token = await host.sign(assertionClaims())
    const headers = Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [name, value.replaceAll('TOKEN', token)]),
    )
    const identifier = identifyByAssertion({ issuer: 'https://www.acme.example', key: host.jwk })({
      publicUrl,
      clock: () => testNow * 1000,
    })
    const request = gatewayRequest({ target: `/?access_token=${token}`, headers })
    await expect(identifier.identify(request)).rejects.toMatchObject({ details: { reason } })
  })

  it.each([
    [{ issuer: '' }, 'issuer is empty'],
    [{ key: undefined }, 'key must be an object, not undefined'],
    [{ key: {} }, 'key needs `file` or `jwksUrl`'],
    [{ key: [] }, 'key must have one JWK or more'],
    [{ key: { kty: 'oct', k: 'AAAA' } }, 'key is refused: '],
    [{ key: { file: [] } }, 'key.file must have 1 to 10 files'],
    [{ key: { jwksUrl: 'http://keys.acme.example' } }, 'key.jwksUrl must begin with https://'],
    [{ algorithms: [] }, 'algorithms is empty'],
    [{ algorithms: ['HS256'] }, 'algorithms may have RS256, RS384 or RS512 only'],
    [{ clockSkewSeconds: 61 }, 'clockSkewSeconds must be a whole number of seconds from 0 to 60'],
    [{ claims: { subject: 7 } }, 'claims.subject must be a string'],
    [{ claims: 'sub' }, 'claims must be an object, not a string'],
    [{ claims: { attributes: ['a'] } }, 'claims.attributes must be an object, not an array'],
    [{ claims: { groups: Array(9).fill('a') } }, 'claims.groups must have 1 to 8 names'],
    [{ claims: { groups: [] } }, 'claims.groups must have 1 to 8 names'],
  ])('refuses the options %j: %s', (options, problem) => {
    // @ts-expect-error wrong on purpose
    expect(() => identifyByAssertion({ issuer: 'a', key: host.jwk, ...options })).toThrow(problem)
  })

  it('needs options', () => {
    // @ts-expect-error wrong on purpose
    expect(() => identifyByAssertion()).toThrow('Options are needed')
  })
})
