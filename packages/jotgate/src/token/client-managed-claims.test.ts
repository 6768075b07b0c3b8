import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { promisify } from 'node:util'
import { importJWK, jwtVerify } from 'jose'
import jsonwebtoken from 'jsonwebtoken'
import { describe, expect, it } from 'vitest'
import { claimsFor } from './claims.ts'
import { clientManaged } from './client-managed.ts'
import { decodeToken } from './decode.ts'
import { createSigner } from './signer.ts'
import type { SigningKey } from './signing-key.ts'
import type { User } from './user.ts'

const server = clientManaged({
  url: 'https://sense.acme.example',
  prefix: 'jwt',
  userDirectory: 'ACME',
  claims: {
    userId: 'userId',
    userDirectory: 'userDirectory',
    groups: 'group',
    attributes: { department: 'dept', name: 'name', email: 'mail' },
  },
  audience: 'qlik.acme.example',
})
const ada: User = { subject: 'ada', name: 'Ada', email: 'ada@acme.example', groups: ['sales'] }
const stamp = { jti: 'j', issuedAt: 1005, notBefore: 1000, expiresAt: 1060 }
const claimsOf = (change: Record<string, unknown>, deployment = server) =>
  claimsFor(deployment, { ...ada, ...change } as User, stamp)

describe('the claims for client-managed Qlik', () => {
  it('have the names of the deployment, an expiry, and nothing else', () => {
    const claims = claimsOf({ attributes: { department: ['R&D', 'Lab'], salary: '1' } })
    expect(JSON.stringify(claims)).toBe(
      '{"userId":"ada","userDirectory":"ACME","group":["sales"],"dept":["R&D","Lab"],"name":"Ada",' +
        '"mail":"ada@acme.example","jti":"j","iat":1005,"nbf":1000,"exp":1060,"aud":"qlik.acme.example"}',
    )
  })

  it('keep numbers and booleans as they are, alone and in arrays', () => {
    for (const value of [3, -0.5, true, false, ['a', 7, false], 2 ** 53 - 1]) {
      const claims = JSON.parse(JSON.stringify(claimsOf({ attributes: { department: value } })))
      expect(claims.dept).toEqual(value)
    }
  })

  it('have the user’s own directory, and none when the virtual proxy has a constant', () => {
    expect(claimsOf({ directory: 'OTHER' }).userDirectory).toBe('OTHER')
    const constant = clientManaged({
      ...server,
      claims: { userId: 'userId', userDirectory: '[ACME]' },
    })
    expect(Object.keys(claimsOf({ directory: 'ACME' }, constant))).toEqual([
      'userId',
      'jti',
      'iat',
      'nbf',
      'exp',
      'aud',
    ])
    expect(() => claimsOf({ directory: 'OTHER' }, constant)).toThrow(/differs from the constant/)
  })

  it('omit groups without a name, and keep a name that JavaScript would lose', () => {
    const claims = JSON.parse('{"userId":"__proto__","userDirectory":"constructor"}')
    const odd = clientManaged({ ...server, claims, audience: undefined })
    expect(JSON.stringify(claimsOf({}, odd))).toBe(
      '{"__proto__":"ada","constructor":"ACME","jti":"j","iat":1005,"nbf":1000,"exp":1060}',
    )
  })

  it.each([
    [{ subject: '' }, 'subject', 'is empty'],
    [{ subject: 'a; UserDirectory=INTERNAL' }, 'subject', expect.stringMatching(/semicolon/)],
    [{ directory: 'A;B' }, 'directory', expect.stringMatching(/semicolon/)],
    [{ groups: ['a;b'] }, 'groups[0]', expect.stringMatching(/semicolon/)],
    [{ name: 'Ada; group=admins' }, 'name', expect.stringMatching(/semicolon/)],
    [{ name: 7 }, 'name', 'must be a string, not a number'],
    [{ attributes: { name: 'a;b' } }, 'attributes.name', expect.stringMatching(/semicolon/)],
    [
      { attributes: { department: { a: 1 } } },
      'attributes.department',
      'must be a string, a number or a boolean, not an object',
    ],
    [
      { attributes: { department: [null] } },
      'attributes.department[0]',
      'must be a string, a number or a boolean, not null',
    ],
    [
      { attributes: { department: [[]] } },
      'attributes.department[0]',
      'must be a string, a number or a boolean, not an array',
    ],
    [
      { attributes: { department: Number.POSITIVE_INFINITY } },
      'attributes.department',
      'is not a number that JSON has',
    ],
    [
      { attributes: { department: 2 ** 53 } },
      'attributes.department',
      expect.stringMatching(/send it as a string/),
    ],
    [{ attributes: 'x' }, 'attributes', 'must be an object, not a string'],
  ])('are refused for %j: %s', (change, field, problem) => {
    expect(() => claimsOf(change)).toThrow(
      expect.objectContaining({ code: 'ERR_TOKEN_USER', details: { field, problem } }),
    )
  })
})

describe('a token for client-managed Qlik', () => {
  it.each(['RS256', 'RS384', 'RS512'] as const)('is signed by %s', async (alg) => {
    const key = makeKey(alg)
    const { token } = await createSigner({ deployment: server, key }).sign(ada)
    const { header, payload } = decodeToken(token)
    expect(header).toEqual({ alg, typ: 'JWT' })
    expect(payload).toMatchObject({ userId: 'ada', userDirectory: 'ACME', group: ['sales'] })
    expect(Number(payload.exp) - Number(payload.nbf)).toBe(60)
    const expected = { algorithms: [alg], audience: 'qlik.acme.example' }
    await jwtVerify(token, await importJWK(key.publicJwk), expected)
    const publicKey = createPublicKey({ key: { ...key.publicJwk }, format: 'jwk' })
    expect(jsonwebtoken.verify(token, publicKey, expected)).toEqual(payload)
  })

  it('may be valid for years, where Qlik Cloud’s ends with the hour', async () => {
    const key = makeKey('RS256')
    const lifetimeSeconds = 5 * 365.25 * 86_400
    const signer = createSigner({ deployment: server, key, lifetimeSeconds, clock: () => 10_000 })
    const { token } = await signer.sign(ada)
    expect(decodeToken(token).payload).toMatchObject({ nbf: 5, exp: 5 + 157_788_000 })
  })

  it('is not signed by an algorithm that the deployment does not accept, nor for over ten years', () => {
    const narrow = clientManaged({ ...server, algorithms: ['RS512'] })
    const key = makeKey('RS256')
    expect(() => createSigner({ deployment: narrow, key })).toThrow(
      expect.objectContaining({
        code: 'ERR_TOKEN_ALGORITHM',
        details: { algorithm: 'RS256', allowed: ['RS512'] },
      }),
    )
    expect(() => createSigner({ deployment: server, key, lifetimeSeconds: 315_576_001 })).toThrow(
      expect.objectContaining({ code: 'ERR_TOKEN_LIFETIME' }),
    )
    const handMade = { ...server, claims: { ...server.claims, userId: 'exp' } }
    expect(() => createSigner({ deployment: handMade, key })).toThrow(/a name that JWT itself uses/)
  })
})

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })

function makeKey(alg: SigningKey['alg']): SigningKey {
  const { n = '', e = '' } = pair.publicKey.export({ format: 'jwk' })
  const hash = `sha${alg.slice(2)}`
  return {
    alg,
    kid: 'k',
    publicJwk: { kty: 'RSA', n, e, kid: 'k', alg, use: 'sig' },
    sign: (bytes) => promisify(sign)(hash, bytes, pair.privateKey),
  }
}
