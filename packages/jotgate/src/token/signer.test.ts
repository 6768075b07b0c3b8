import { execFileSync } from 'node:child_process'
import { createPublicKey, KeyObject } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { importJWK, jwtVerify } from 'jose'
import jsonwebtoken from 'jsonwebtoken'
import { beforeAll, describe, expect, it } from 'vitest'
import { signingKeyFromCryptoKey } from './crypto-key.ts'
import { decodeToken } from './decode.ts'
import { cloud } from './deployment.ts'
import { createSigner, type SignerOptions } from './signer.ts'
import type { SigningKey } from './signing-key.ts'

const tenant = cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' })
const ada = { subject: '42', name: 'Ada', email: 'ada@acme.example', groups: ['sales'] }
const audience = 'qlik.api/login/jwt-session'
let key: SigningKey
let publicPem: string

beforeAll(async () => {
  const pair = await crypto.subtle.generateKey(
    {
      name: 'RSASSA-PKCS1-v1_5',
      hash: 'SHA-256',
      modulusLength: 2048,
      publicExponent: Uint8Array.of(1, 0, 1),
    },
    false,
    ['sign', 'verify'],
  )
  key = await signingKeyFromCryptoKey({ ...pair, kid: 'acme-1' })
  publicPem = KeyObject.from(pair.publicKey).export({ type: 'spki', format: 'pem' }).toString()
})

const signerWith = (change: Partial<SignerOptions> = {}) =>
  createSigner({ deployment: tenant, key, ...change })

describe('a token for Qlik Cloud', () => {
  it('is accepted by jose, jsonwebtoken and openssl', async () => {
    const { token } = await signerWith().sign(ada)
    const expected = { algorithms: ['RS256' as const], audience, issuer: 'acme.example' }
    const byJose = await jwtVerify(token, await importJWK(key.publicJwk), {
      ...expected,
      maxTokenAge: 60,
    })
    expect(byJose.payload.sub).toBe('42')
    expect(byJose.protectedHeader).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'acme-1' })
    expect(jsonwebtoken.verify(token, createPublicKey(publicPem), expected)).toEqual(byJose.payload)
    expect(verifiedByOpenssl(token)).toContain('Verified OK')
    expect(() => verifiedByOpenssl(token.replace('.', '.e30'))).toThrow()
  })

  it('has the claims of the user, the key ID in its header only, and the timestamps of its signature', async () => {
    const signer = signerWith({ clock: () => 1_767_225_600_999 })
    const { token, ...stamp } = await signer.sign(ada)
    const { header, payload } = decodeToken(token)
    expect(Object.keys(header)).toEqual(['alg', 'typ', 'kid'])
    expect(stamp).toEqual({
      jti: payload.jti,
      issuedAt: 1_767_225_600,
      notBefore: 1_767_225_595,
      expiresAt: 1_767_225_655,
    })
    expect(payload).toEqual({
      sub: '42',
      subType: 'user',
      name: 'Ada',
      email: 'ada@acme.example',
      email_verified: false,
      groups: ['sales'],
      jti: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      iat: 1_767_225_600,
      nbf: 1_767_225_595,
      exp: 1_767_225_655,
      iss: 'acme.example',
      aud: audience,
    })
  })

  it('never has the jti of another token', async () => {
    const signer = signerWith()
    const tokens = await Promise.all(Array.from({ length: 200 }, () => signer.sign(ada)))
    expect(new Set(tokens.map((token) => token.jti)).size).toBe(200)
  })

  it('is never older than its signature, however long it waited', async () => {
    let now = 1_000_000
    const held = Promise.withResolvers<void>()
    const slowKey: SigningKey = {
      ...key,
      sign: async (bytes) => {
        await held.promise
        return key.sign(bytes)
      },
    }
    const signer = signerWith({ key: slowKey, maxConcurrent: 1, clock: () => now })
    const tokens = [signer.sign(ada), signer.sign(ada)]
    await new Promise((resolve) => setImmediate(resolve))
    now += 90_000
    held.resolve()
    const [first, second] = await Promise.all(tokens)
    expect(first?.issuedAt).toBe(1000)
    expect(second?.issuedAt).toBe(1090)
  })
})

describe('a signer', () => {
  it('keeps the lifetime within Qlik’s hour, counted from nbf to exp', async () => {
    const clock = () => 10_000_000
    const longest = await signerWith({
      clock,
      lifetimeSeconds: 3600,
      notBeforeSkewSeconds: 300,
    }).sign(ada)
    expect(longest.expiresAt - longest.notBefore).toBe(3600)
    const shortest = await signerWith({ clock, lifetimeSeconds: 1 }).sign(ada)
    expect(shortest).toMatchObject({ issuedAt: 10_000, notBefore: 10_000, expiresAt: 10_001 })
    for (const lifetimeSeconds of [0, -1, 3601, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '60'])
      expect(() => signerWith({ lifetimeSeconds: lifetimeSeconds as number })).toThrow(
        expect.objectContaining({
          code: 'ERR_TOKEN_LIFETIME',
          details: {
            option: 'lifetimeSeconds',
            min: 1,
            max: 3600,
            reason: 'Qlik Cloud refuses tokens that are valid for more than 3600 seconds',
          },
        }),
      )
    for (const notBeforeSkewSeconds of [-1, 60, 0.5])
      expect(() => signerWith({ notBeforeSkewSeconds })).toThrow(
        expect.objectContaining({
          code: 'ERR_TOKEN_LIFETIME',
          details: expect.objectContaining({ option: 'notBeforeSkewSeconds', min: 0, max: 59 }),
        }),
      )
  })

  it('refuses a key whose algorithm the deployment does not accept', () => {
    for (const alg of ['RS384', 'RS512', 'HS256', 'none'])
      expect(() => signerWith({ key: { ...key, alg: alg as 'RS384' } })).toThrow(
        expect.objectContaining({
          code: 'ERR_TOKEN_ALGORITHM',
          details: { algorithm: alg, allowed: ['RS256'] },
        }),
      )
  })

  it('keeps the algorithm and key ID that it was made with', async () => {
    const changing = { ...key }
    const signer = signerWith({ key: changing })
    Object.assign(changing, { alg: 'none', kid: 'other' })
    const { token } = await signer.sign(ada)
    expect(decodeToken(token).header).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'acme-1' })
  })

  it('refuses a deployment that cloud() would refuse, and one of no known product', () => {
    const handMade = { product: 'cloud' as const, url: 'http://acme.example', issuer: 'a' }
    expect(() => signerWith({ deployment: handMade })).toThrow(
      expect.objectContaining({ code: 'ERR_TOKEN_DEPLOYMENT' }),
    )
    const unknown = { ...handMade, product: 'toString' as 'cloud' }
    expect(() => signerWith({ deployment: unknown })).toThrow(TypeError)
  })

  it('answers 503 at once when too many wait', async () => {
    const held = Promise.withResolvers<Uint8Array>()
    const stuck = { ...key, sign: () => held.promise }
    const signer = signerWith({ key: stuck, maxConcurrent: 1, maxQueued: 1 })
    const accepted = [signer.sign(ada), signer.sign(ada)]
    await expect(signer.sign(ada)).rejects.toMatchObject({
      code: 'ERR_TOKEN_QUEUE_FULL',
      status: 503,
      details: { maxQueued: 1, retryAfterSeconds: 1 },
    })
    held.resolve(new Uint8Array(256))
    await Promise.all(accepted)
  })

  it('has twelve signatures under way at once unless told otherwise', async () => {
    const held = Promise.withResolvers<Uint8Array>()
    let underWay = 0
    const counted = {
      ...key,
      sign: () => {
        underWay += 1
        return held.promise
      },
    }
    const signer = signerWith({ key: counted })
    const tokens = Array.from({ length: 20 }, () => signer.sign(ada))
    expect(underWay).toBe(12)
    held.resolve(new Uint8Array(256))
    await Promise.all(tokens)
    expect(underWay).toBe(20)
  })

  it('can be cancelled', async () => {
    const reason = new Error('the person has gone')
    const signal = AbortSignal.abort(reason)
    await expect(signerWith().sign(ada, { signal })).rejects.toBe(reason)
  })

  it('reports a key that fails or gives something other than a signature', async () => {
    const cause = new Error('the service is down')
    const failing = { ...key, sign: () => Promise.reject(cause) }
    await expect(signerWith({ key: failing }).sign(ada)).rejects.toMatchObject({
      code: 'ERR_TOKEN_SIGNING',
      cause,
    })
    const short = { ...key, sign: async () => new Uint8Array(255) }
    await expect(signerWith({ key: short }).sign(ada)).rejects.toMatchObject({
      code: 'ERR_TOKEN_SIGNING',
      details: { kid: 'acme-1', problem: 'what it returned is not an RSA signature' },
    })
  })

  it('refuses a token that is too long for a header, before it is signed', async () => {
    let signatures = 0
    const counting: SigningKey = {
      ...key,
      sign: (bytes) => {
        signatures += 1
        return key.sign(bytes)
      },
    }
    const signer = signerWith({ key: counting })
    const groups = Array.from({ length: 30 }, (_, index) => `${index}`.padEnd(256, 'g'))
    await expect(signer.sign({ ...ada, groups })).rejects.toMatchObject({ code: 'ERR_TOKEN_SIZE' })
    expect(signatures).toBe(0)
    const { token } = await signer.sign({ ...ada, groups: groups.slice(0, 20) })
    expect(decodeToken(token).payload.groups).toHaveLength(20)
  })

  it('refuses an invalid clock, random source or count', async () => {
    const option = (name: string) => ({ code: 'ERR_TOKEN_OPTION', details: { option: name } })
    const clock = () => Number.NaN
    await expect(signerWith({ clock }).sign(ada)).rejects.toMatchObject(option('clock'))
    const randomBytes = () => new Uint8Array(16)
    await expect(signerWith({ randomBytes }).sign(ada)).rejects.toMatchObject(option('randomBytes'))
    expect(() => signerWith({ maxConcurrent: 0 })).toThrow(
      expect.objectContaining({ code: 'ERR_TOKEN_OPTION' }),
    )
    expect(() => signerWith({ maxQueued: 1.5 })).toThrow(
      expect.objectContaining({ code: 'ERR_TOKEN_OPTION' }),
    )
  })

  it('gives every token its own 32 random bytes, however many are requested at once', async () => {
    const signer = signerWith({})
    const ada = { subject: '42', name: 'Ada', email: 'ada@acme.example' }
    const signed = await Promise.all(Array.from({ length: 200 }, () => signer.sign(ada)))
    const bytes = signed.map(({ jti }) => Buffer.from(jti, 'base64url'))
    expect(bytes.every(({ length }) => length === 32)).toBe(true)
    // Nor do two share a part, as they would if the same bytes were taken twice.
    const parts = bytes.flatMap((jti) =>
      [0, 8, 16, 24].map((at) => jti.toString('hex', at, at + 8)),
    )
    expect(new Set(parts).size).toBe(800)
  })
})

function verifiedByOpenssl(token: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'jotgate-'))
  const [header, payload, signature = ''] = token.split('.')
  try {
    writeFileSync(join(folder, 'key.pem'), publicPem)
    writeFileSync(join(folder, 'signed'), `${header}.${payload}`)
    writeFileSync(join(folder, 'signature'), Buffer.from(signature, 'base64url'))
    const command = ['dgst', '-sha256', '-verify', 'key.pem', '-signature', 'signature', 'signed']
    return execFileSync('openssl', command, { cwd: folder, encoding: 'utf8', stdio: 'pipe' })
  } finally {
    rmSync(folder, { recursive: true })
  }
}
