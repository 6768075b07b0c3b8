import { createHash, KeyObject, verify } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { privateKeyOf } from '../keys/strength/weak-keys.fixture.ts'
import { signingKeyFromCryptoKey } from './crypto-key.ts'
import { primeAfter, randomPrime } from './strength/primes.fixture.ts'

const rsa = { name: 'RSASSA-PKCS1-v1_5', publicExponent: Uint8Array.of(1, 0, 1) }
const makePair = (
  change: { hash?: string; modulusLength?: number; publicExponent?: Uint8Array<ArrayBuffer> } = {},
) =>
  crypto.subtle.generateKey({ ...rsa, hash: 'SHA-256', modulusLength: 2048, ...change }, false, [
    'sign',
    'verify',
  ])

describe('a signing key of Web Crypto', () => {
  it('signs with a non-extractable private key, and its default key ID is the thumbprint', async () => {
    const pair = await makePair()
    const key = await signingKeyFromCryptoKey(pair)
    const bytes = new TextEncoder().encode('a.b')
    const signature = await key.sign(bytes)
    const publicKey = KeyObject.from(pair.publicKey)
    expect(verify('sha256', bytes, publicKey, signature)).toBe(true)
    const { e, n } = publicKey.export({ format: 'jwk' })
    const thumbprint = createHash('sha256')
      .update(JSON.stringify({ e, kty: 'RSA', n }))
      .digest('base64url')
    expect(key.kid).toBe(thumbprint)
    expect(key.publicJwk).toEqual({ kty: 'RSA', n, e, kid: thumbprint, alg: 'RS256', use: 'sig' })
  })

  it('takes its algorithm from its hash, and its key ID from the options', async () => {
    const key = await signingKeyFromCryptoKey({
      ...(await makePair({ hash: 'SHA-512' })),
      kid: 'acme-1',
    })
    expect(key).toMatchObject({
      alg: 'RS512',
      kid: 'acme-1',
      publicJwk: { alg: 'RS512', kid: 'acme-1' },
    })
  })

  it('refuses weak keys, other kinds, other hashes and halves of two pairs', async () => {
    const good = await makePair()
    const other = await makePair()
    const refused = async (
      options: { privateKey: CryptoKey; publicKey: CryptoKey; kid?: string },
      problem: string,
    ) =>
      expect(signingKeyFromCryptoKey(options)).rejects.toMatchObject({
        code: 'ERR_TOKEN_KEY',
        details: { problem },
      })
    await refused(await makePair({ modulusLength: 1024 }), 'has 1024 bits')
    await refused(
      await makePair({ publicExponent: Uint8Array.of(3) }),
      'has a public exponent that is not 65537',
    )
    await refused(await makePair({ hash: 'SHA-1' }), 'is bound to SHA-1, which no algorithm uses')
    await refused({ ...good, publicKey: other.publicKey }, 'has halves that do not belong together')
    await refused(
      { privateKey: good.publicKey, publicKey: good.publicKey },
      'has no private half where one is needed',
    )
    const pss = await crypto.subtle.generateKey(
      { ...rsa, name: 'RSA-PSS', hash: 'SHA-256', modulusLength: 2048 },
      false,
      ['sign', 'verify'],
    )
    await refused(pss, 'is for RSA-PSS, not for RSASSA-PKCS1-v1_5')
    await refused({ ...good, kid: 'a\nb' }, 'has a key ID that contains a control character')
  })

  it('refuses a key whose modulus can be factored', async () => {
    const prime = primeAfter(randomPrime(1024))
    const jwk = privateKeyOf(prime, primeAfter(prime + 2n)).export({ format: 'jwk' })
    const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
    const { kty = '', n = '', e = '' } = jwk
    const [privateKey, publicKey] = await Promise.all([
      crypto.subtle.importKey('jwk', jwk, algorithm, false, ['sign']),
      crypto.subtle.importKey('jwk', { kty, n, e }, algorithm, true, ['verify']),
    ])
    await expect(signingKeyFromCryptoKey({ privateKey, publicKey })).rejects.toMatchObject({
      code: 'ERR_TOKEN_KEY',
      details: { problem: expect.stringMatching(/^is weak: .*Fermat/) },
    })
  })
})

type CryptoKey = Awaited<ReturnType<typeof makePair>>['privateKey']
