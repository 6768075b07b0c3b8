import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { createKeyPair, type KeyPair } from '../create/create-key-pair.ts'
import { readVerificationKey, readVerificationKeys } from './read-verification-key.ts'

let pair: KeyPair
let other: KeyPair
beforeAll(async () => {
  pair = await createKeyPair({ bits: 2048, kid: 'acme-1' })
  other = await createKeyPair({ bits: 2048, kid: 'acme-2' })
})

const json = (value: unknown) => ({ pem: JSON.stringify(value) })

describe('reading a verification key', () => {
  it('reads the same key from a certificate, public key, JWK and JWKS, in every form', async () => {
    const spki = createPublicKey(pair.publicKeyPem)
    const sources = [
      { pem: pair.certificatePem },
      { pem: pair.certificateLine },
      { pem: pair.publicKeyPem },
      { pem: spki.export({ type: 'pkcs1', format: 'pem' }).toString() },
      { bytes: spki.export({ type: 'spki', format: 'der' }) },
      { bytes: spki.export({ type: 'pkcs1', format: 'der' }) },
      { pem: spki.export({ type: 'spki', format: 'der' }).toString('base64') },
      json(pair.publicJwk),
      json({ keys: [pair.publicJwk] }),
      json({ keys: [other.publicJwk, pair.publicJwk] }),
    ]
    for (const source of sources)
      expect(await readVerificationKey({ ...source, kid: 'acme-1' })).toEqual(pair.publicJwk)
  })

  it('takes the key ID from the JWK, from the caller, or from the thumbprint, in that order', async () => {
    const { n, e, kty } = pair.publicJwk
    expect((await readVerificationKey({ pem: pair.publicKeyPem })).kid).toHaveLength(43)
    expect((await readVerificationKey(json(pair.publicJwk))).kid).toBe('acme-1')
    expect((await readVerificationKey({ ...json({ n, e, kty }), kid: 'own' })).kid).toBe('own')
    expect((await readVerificationKey({ ...json({ n, e, kty }), alg: 'RS512' })).alg).toBe('RS512')
    expect(
      await readVerificationKey({ ...json({ n, e, kty, alg: 'RS384' }), alg: 'RS512' }),
    ).toEqual(expect.objectContaining({ alg: 'RS384' }))
  })

  it('refuses a private key in every form, and shows no byte of it', async () => {
    const jwk = { ...pair.publicJwk, d: 'c2VjcmV0LXNlY3JldC1zZWNyZXQ' }
    for (const source of [{ pem: pair.privateKeyPem }, json(jwk)]) {
      const error: unknown = await readVerificationKey(source).catch((reason) => reason)
      expect(error).toMatchObject({ code: 'ERR_KEY_WRONG_HALF' })
      expect(String(error) + JSON.stringify(error)).not.toContain('c2VjcmV0')
    }
    await expect(readVerificationKey(json({ keys: [jwk] }))).rejects.toMatchObject({
      code: 'ERR_KEY_JWKS',
    })
  })

  it('needs the key ID if a set has several keys, and reports a missing one', async () => {
    const set = json({ keys: [pair.publicJwk, other.publicJwk] })
    await expect(readVerificationKey(set)).rejects.toThrow(
      'The option pem: the key set has 2 keys; choose one with the option kid',
    )
    await expect(readVerificationKey({ ...set, kid: 'acme-3' })).rejects.toMatchObject({
      code: 'ERR_KEY_JWKS_KID',
    })
    await expect(readVerificationKey(json({ keys: [] }))).rejects.toThrow('no RSA key')
  })

  it('names the source of a bad key ID', async () => {
    for (const [kid, problem] of [
      [5, 'must be a string, not a number'],
      ['', 'is empty'],
      ['a\nb', 'contains a control character'],
      ['a'.repeat(257), 'is longer than 256 characters'],
    ])
      await expect(readVerificationKey(json({ ...pair.publicJwk, kid }))).rejects.toMatchObject({
        code: 'ERR_KEY_FORM',
        message: `The option pem holds a JWK whose \`kid\` ${problem}`,
      })
  })

  it('refuses a JWK for another purpose, of another type, weak or damaged', async () => {
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey
    const { publicJwk } = pair
    const cases = [
      [{ ...publicJwk, use: 'enc' }, 'ERR_KEY_FORM'],
      [{ ...publicJwk, key_ops: ['encrypt'] }, 'ERR_KEY_FORM'],
      [{ ...publicJwk, key_ops: 'verify' }, 'ERR_KEY_FORM'],
      [{ ...publicJwk, alg: 'PS256' }, 'ERR_KEY_FORM'],
      [{ ...publicJwk, alg: 'HS256' }, 'ERR_KEY_FORM'],
      [{ ...publicJwk, alg: null }, 'ERR_KEY_FORM'],
      [{ ...publicJwk, n: `${publicJwk.n}==` }, 'ERR_KEY_FORM'],
      [{ ...publicJwk, n: 5 }, 'ERR_KEY_FORM'],
      [{ ...publicJwk, n: '' }, 'ERR_KEY_FORM'],
      [{ kty: 'RSA' }, 'ERR_KEY_FORM'],
      [{ ...publicJwk, e: 'AQ' }, 'ERR_KEY_EXPONENT'],
      [{ ...publicJwk, e: publicJwk.n }, 'ERR_KEY_EXPONENT'],
      [{ ...publicJwk, kid: 7 }, 'ERR_KEY_FORM'],
      [{ ...publicJwk, kid: '' }, 'ERR_KEY_FORM'],
      [{ kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }, 'ERR_KEY_TYPE'],
      [{ kty: 'oct', k: 'AA' }, 'ERR_KEY_WRONG_HALF'],
      [weak.export({ format: 'jwk' }), 'ERR_KEY_SIZE'],
      [{}, 'ERR_KEY_TYPE'],
    ] as const
    for (const [jwk, code] of cases)
      await expect(readVerificationKey(json(jwk)), JSON.stringify(jwk)).rejects.toMatchObject({
        code,
      })
  })

  it('does not repeat an unknown key type, and refuses other algorithms', async () => {
    const misplaced = json({ ...pair.publicJwk, kty: 'c2VjcmV0LXNlY3JldC1zZWNyZXQ' })
    const error: unknown = await readVerificationKey(misplaced).catch((reason) => reason)
    expect(error).toMatchObject({ code: 'ERR_KEY_TYPE', details: { type: 'unknown' } })
    for (const alg of ['none', 'HS256', 'PS256', 'toString', ''])
      for (const source of [
        { pem: pair.certificatePem },
        json({ ...pair.publicJwk, alg: undefined }),
      ])
        await expect(readVerificationKey({ ...source, alg: alg as 'RS256' })).rejects.toMatchObject(
          { code: 'ERR_KEY_OPTION', details: { option: 'alg' } },
        )
  })

  it('refuses a number with a leading zero byte, as checkToken does', async () => {
    const padded = Buffer.concat([Buffer.of(0), Buffer.from(pair.publicJwk.n, 'base64url')])
    const jwk = { ...pair.publicJwk, n: padded.toString('base64url') }
    await expect(readVerificationKey(json(jwk))).rejects.toThrow(/`n` with a zero byte in front/)
  })

  it('repeats nothing of damaged JSON, which may hold a key', async () => {
    const pem = `{"kty":"RSA","d":"c2VjcmV0LXNlY3JldC1zZWNyZXQ`
    const error: unknown = await readVerificationKey({ pem }).catch((reason) => reason)
    expect(error).toMatchObject({
      code: 'ERR_KEY_FORM',
      details: { problem: 'holds damaged JSON' },
    })
    expect((error as Error).cause).toBeUndefined()
  })
})

describe('reading all verification keys of a source', () => {
  it('gives each with the key ID that the source has for it', async () => {
    const { n, e, kty } = pair.publicJwk
    const set = { keys: [pair.publicJwk, { kty: 'EC', kid: 'x' }, other.publicJwk] }
    expect(await readVerificationKeys(json(set))).toEqual([
      { key: pair.publicJwk, kid: 'acme-1' },
      { key: other.publicJwk, kid: 'acme-2' },
    ])
    expect(await readVerificationKeys(json(pair.publicJwk))).toEqual([
      { key: pair.publicJwk, kid: 'acme-1' },
    ])
    for (const source of [
      { pem: pair.publicKeyPem },
      { pem: pair.certificatePem },
      json({ n, e, kty }),
    ])
      expect(await readVerificationKeys({ ...source, alg: 'RS512' })).toEqual([
        { key: { ...pair.publicJwk, kid: expect.any(String), alg: 'RS512' }, kid: undefined },
      ])
  })

  it('refuses a set without a usable key, or with a private one', async () => {
    await expect(readVerificationKeys(json({ keys: [{ kty: 'EC' }] }))).rejects.toThrow(
      'has no RSA key for signatures',
    )
    for (const source of [
      { pem: pair.privateKeyPem },
      json({ keys: [{ ...pair.publicJwk, d: 'AQAB' }] }),
    ])
      await expect(readVerificationKeys(source)).rejects.toThrow(/private/)
  })
})
