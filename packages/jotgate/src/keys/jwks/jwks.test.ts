import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { randomPrime } from '../../token/strength/primes.fixture.ts'
import { createKeyPair, type KeyPair } from '../create/create-key-pair.ts'
import { toPublicJwk } from '../read/public-jwk.ts'
import { readSigningKey } from '../read/read-signing-key.ts'
import { thumbprint } from '../strength/thumbprint.ts'
import { privateKeyOf } from '../strength/weak-keys.fixture.ts'
import { parseJwk, parseJwks } from './jwk.ts'
import { jwksHeaders, toJwks } from './jwks.ts'

let one: KeyPair
let two: KeyPair
beforeAll(async () => {
  one = await createKeyPair({ bits: 2048, kid: 'acme-1' })
  two = await createKeyPair({ bits: 2048, kid: 'acme-2' })
})

describe('the key set to publish', () => {
  it('holds only the public members of each key', async () => {
    const key = await readSigningKey({ pem: one.privateKeyPem, kid: 'acme-1' })
    const careless = { ...two.publicJwk, d: 'secret', p: 'secret', x5c: ['secret'] }
    const set = toJwks([key, careless])
    expect(set).toEqual({ keys: [one.publicJwk, two.publicJwk] })
    expect(JSON.stringify(set)).not.toContain('secret')
  })

  it('can be read again', () => {
    const set = JSON.parse(JSON.stringify(toJwks([one.publicJwk, two.publicJwk])))
    expect(parseJwks(set, 'x').map((key) => key.read())).toEqual([one.publicJwk, two.publicJwk])
  })

  it('is refused with the same key ID twice, or with two keys that share a prime', () => {
    const same = { ...two.publicJwk, kid: 'acme-1' }
    expect(() => toJwks([one.publicJwk, same])).toThrow('two keys with the same key ID')
    const prime = randomPrime(1024)
    const [first, second] = [randomPrime(1024), randomPrime(1024)].map((other, index) =>
      toPublicJwk(privateKeyOf(prime, other), { kid: `shared-${index}` }),
    ) as [KeyPair['publicJwk'], KeyPair['publicJwk']]
    expect(() => toJwks([first, one.publicJwk, second])).toThrow('share a prime')
    expect(() => toJwks('none' as never)).toThrow(TypeError)
  })

  it('has at most a hundred keys, and an error names the wrong one', () => {
    const many = (count: number) => Array.from({ length: count }, () => one.publicJwk)
    expect(() => toJwks(many(101))).toThrow('has 101 keys; at most 100 are read')
    // Past the count, the next thing that is wrong is told.
    expect(() => toJwks([one.publicJwk, { ...two.publicJwk, e: 'Aw' }])).toThrow(/^Key 2 /)
    expect(() => toJwks(undefined as never)).toThrow(new TypeError('The keys must be an array'))
  })

  it('has response headers with its media type and how long it may be cached', () => {
    expect(jwksHeaders()).toEqual({
      'content-type': 'application/jwk-set+json',
      'cache-control': 'public, max-age=300',
      'x-content-type-options': 'nosniff',
    })
    expect(jwksHeaders({ maxAgeSeconds: 0 })['cache-control']).toBe('public, max-age=0')
    expect(jwksHeaders({ maxAgeSeconds: 86_400 })['cache-control']).toBe('public, max-age=86400')
    for (const maxAgeSeconds of [-1, 0.5, 86_401, Number.NaN])
      expect(() => jwksHeaders({ maxAgeSeconds })).toThrow(/maxAgeSeconds/)
  })
})

describe('a key set that is read', () => {
  it('ignores keys that are not for RSA signatures', () => {
    const keys = [
      { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA', kid: 'a' },
      { kty: 'OKP', crv: 'Ed25519', x: 'AA' },
      { kty: 'AKP', alg: 'ML-DSA-44', pub: 'AA' },
      { kty: 'unheard-of', anything: { at: 'all' } },
      { ...two.publicJwk, use: 'enc' },
      { ...two.publicJwk, kid: 'b', alg: 'PS256' },
      { ...one.publicJwk, x5t: 'AA', unknown: true },
    ]
    const read = parseJwks({ keys, more: 1 }, 'x')
    expect(read.map((key) => key.read())).toEqual([one.publicJwk])
  })

  it('ignores keys whose operations are not an array of different strings, as checkToken does', () => {
    for (const key_ops of [['sign'], 'verify', [], ['verify', 'verify'], ['verify', 1], null])
      expect(parseJwks({ keys: [{ ...one.publicJwk, key_ops }] }, 'x')).toEqual([])
    const both = { ...one.publicJwk, key_ops: ['verify', 'sign'] }
    expect(parseJwks({ keys: [both] }, 'x')).toHaveLength(1)
  })

  it('checks only the requested key', () => {
    let looks = 0
    const watched = (kid: string) => ({
      ...one.publicJwk,
      kid,
      get n() {
        looks += 1
        return one.publicJwk.n
      },
    })
    const keys = Array.from({ length: 100 }, (_, index) => watched(`key-${index}`))
    const set = parseJwks({ keys }, 'x')
    expect(looks).toBe(0)
    const read = set[7]?.read()
    expect(read).toEqual({ ...one.publicJwk, kid: 'key-7' })
    expect(looks).toBeLessThan(5)
    expect(set[7]?.read()).toBe(read)
  })

  it('identifies keys without an ID by their thumbprint, and a single one by the given key ID', () => {
    const bare = ({ kty, n, e }: KeyPair['publicJwk']) => ({ kty, n, e })
    const set = parseJwks(
      { keys: [bare(one.publicJwk), bare(two.publicJwk), { kty: 'RSA' }] },
      'x',
      {
        kid: 'a',
      },
    )
    expect(set.map(({ kid }) => kid)).toEqual([
      thumbprint(one.publicJwk),
      thumbprint(two.publicJwk),
      '',
    ])
    expect(set[0]?.read().kid).toBe(thumbprint(one.publicJwk))
    const [lone] = parseJwks({ keys: [bare(one.publicJwk)] }, 'x', { kid: 'a' })
    expect([lone?.kid, lone?.read().kid]).toEqual(['a', 'a'])
  })

  it('holds a hundred keys', () => {
    const keys = Array.from({ length: 100 }, (_, index) => ({ kty: 'EC', kid: `${index}` }))
    expect(parseJwks({ keys }, 'x')).toEqual([])
  })

  it.each(['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'])(
    'is refused whole when a key has the secret member %s',
    (member) => {
      const keys = [one.publicJwk, { kty: 'OKP', [member]: 'AA' }]
      expect(() => parseJwks({ keys }, 'x')).toThrow('holds a private or symmetric key')
      const alone = { ...one.publicJwk, [member]: undefined }
      expect(() => parseJwk(alone, 'x', {})).toThrow('holds a private key where a public key')
    },
  )

  it.each(['EC', 'OKP', 'oct'])('refuses a key of type %s', (kty) => {
    expect(() => parseJwk({ kty }, 'x', {})).toThrow(`holds a key of type ${kty}`)
  })

  it('refuses a key whose number has a leading zero byte, as checkToken does', () => {
    const bytes = Buffer.concat([Buffer.of(0), Buffer.from(one.publicJwk.n, 'base64url')])
    const padded = { ...one.publicJwk, n: bytes.toString('base64url') }
    const [first, second] = parseJwks({ keys: [padded, two.publicJwk] }, 'x')
    expect(second?.read()).toEqual(two.publicJwk)
    expect(first?.kid).toBe('acme-1')
    expect(() => first?.read()).toThrow(/an `n` with a zero byte in front.*6\.3\.1\.1/)
    expect(() => first?.read()).toThrow(expect.objectContaining({ code: 'ERR_KEY_FORM' }))
  })

  it('refuses a weak key when its key ID is requested', () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
    const weak = { ...publicKey.export({ format: 'jwk' }), kid: 'weak' }
    const [first, second] = parseJwks({ keys: [weak, one.publicJwk] }, 'x')
    expect(second?.read()).toEqual(one.publicJwk)
    expect(first?.kid).toBe('weak')
    expect(() => first?.read()).toThrow(expect.objectContaining({ code: 'ERR_KEY_SIZE' }))
  })

  it.each([
    ['null', null],
    ['a list', []],
    ['no keys', {}],
    ['keys that are not an array', { keys: {} }],
    ['a key that is not an object', { keys: [null] }],
    ['a symmetric key', { keys: [{ kty: 'oct', k: 'AA' }] }],
    ['a private key', { keys: [{ kty: 'EC', d: 'AA' }] }],
    ['a key ID that is a number', { keys: [{ kty: 'EC', kid: 1 }] }],
    [
      'a key ID twice',
      {
        keys: [
          { kty: 'EC', kid: 'a' },
          { kty: 'OKP', kid: 'a' },
        ],
      },
    ],
    ['too many keys', { keys: Array.from({ length: 101 }, () => ({ kty: 'EC' })) }],
  ])('is refused as a whole when it is or has %s', (_, value) => {
    expect(() => parseJwks(value, 'x')).toThrow(expect.objectContaining({ code: 'ERR_KEY_JWKS' }))
  })

  const corpora = process.env.JOTGATE_CORPORA
  it.skipIf(corpora === undefined)(
    'is evaluated as Project Wycheproof’s key tests want it (the variable JOTGATE_CORPORA names them)',
    () => {
      const file = join(corpora ?? '', 'wycheproof/json_web_key_test.json')
      const { testGroups } = JSON.parse(readFileSync(file, 'utf8')) as {
        testGroups: { public?: unknown; tests: { tcId: number }[] }[]
      }
      const verdicts = testGroups.flatMap(({ public: set, tests }) =>
        tests.map(({ tcId }) => [tcId, isUsable(set)] as const),
      )
      // Vector 5 has the only sound RSA key, and its private half is published: with it anyone could sign.
      expect(verdicts.filter(([, usable]) => usable)).toEqual([])
      const sound = testGroups.find(({ tests }) => tests.some(({ tcId }) => tcId === 5))
      const [key] = parseJwks(sound?.public, 'x')
      expect(() => key?.read()).toThrow(/holds a publicly known key/)
    },
  )
})

function isUsable(set: unknown): boolean {
  try {
    return parseJwks(set, 'x').some((key) => key.read() !== undefined)
  } catch {
    return false
  }
}
