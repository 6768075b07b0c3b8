import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { textToBase64url as part, toBase64url } from '../base64url.ts'
import { makeTestKey, type TestKey } from '../rules/tokens.fixture.ts'
import { readTokenText } from '../token-text.ts'
import { verifySignature } from './signature.ts'
import { readTrust, type TrustOptions } from './trust.ts'

let key: TestKey
let other: TestKey
let token: string

beforeAll(async () => {
  key = await makeTestKey()
  other = await makeTestKey()
  token = await key.sign({ alg: 'RS256', kid: 'a' }, { sub: '42' })
})

const verdict = (text: string, trust: TrustOptions, algorithms = ['RS256']) =>
  verifySignature(readTokenText(text), readTrust(trust), algorithms as ['RS256'])
/** The verdict, or why there is none. */
const outcome = async (text: string, trust: TrustOptions, algorithms?: string[]) => {
  const found = await verdict(text, trust, algorithms)
  return found.verdict === 'not-checked' ? found.reason : found.verdict
}

describe('verifying a signature', () => {
  it('takes a right one, by each algorithm that is configured', async () => {
    for (const alg of ['RS256', 'RS384', 'RS512']) {
      const signed = await key.sign({ alg }, { sub: '42' })
      expect(await outcome(signed, { key: key.jwk }, [alg])).toBe('valid')
      expect(await outcome(signed, { key: { ...key.jwk, alg } }, [alg])).toBe('valid')
      const others = ['RS256', 'RS384', 'RS512'].filter((one) => one !== alg)
      expect(await outcome(signed, { key: key.jwk }, others)).toBe('algorithm')
    }
  })

  it('refuses another key, another text, another length and a changed bit', async () => {
    expect(await outcome(token, { key: other.jwk })).toBe('invalid')
    const [header, , signature = ''] = token.split('.')
    expect(await outcome(`${header}.${part('{"sub":"43"}')}.${signature}`, { key: key.jwk })).toBe(
      'invalid',
    )
    expect(await outcome(`${header}.${part('{}')}.`, { key: key.jwk })).toBe('invalid')
    expect(await outcome(token.slice(0, -2), { key: key.jwk })).toBe('invalid')
    const flipped = signature.startsWith('A') ? `B${signature.slice(1)}` : `A${signature.slice(1)}`
    expect(await outcome(token.replace(signature, flipped), { key: key.jwk })).toBe('invalid')
  })

  it('knows one text for a token only', async () => {
    const spellings = [`${token}=`, `${token}==`, ` ${token}`, `${token}\n`, `Bearer ${token}`]
    const last = token.at(-1) ?? ''
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    // 256 bytes leave four bits over in the last character.
    const twin = alphabet[alphabet.indexOf(last) ^ 1] ?? ''
    for (const spelling of [...spellings, token.slice(0, -1) + twin])
      expect(await outcome(spelling, { key: key.jwk }), spelling.slice(-3)).toBe('form')
  })

  it('is not led by the token’s own key, extension or algorithm', async () => {
    const forged = await other.sign({ alg: 'RS256', jwk: other.jwk }, { sub: 'root' })
    expect(await outcome(forged, { key: key.jwk })).toBe('invalid')
    for (const extension of [{ crit: ['exp'] }, { b64: false }, { b64: true }, { zip: 'DEF' }]) {
      const signed = await key.sign({ alg: 'RS256', ...extension }, { sub: '42' })
      expect(await outcome(signed, { key: key.jwk })).toBe('form')
    }
    for (const alg of ['none', 'HS256', 'rs256', 'RS256 ', '', null, ['RS256'], undefined]) {
      const signed = await key.sign({ alg } as object, { sub: '42' })
      expect(await outcome(signed, { key: key.jwk }), String(alg)).toBe('algorithm')
    }
    expect(
      await outcome(await key.sign('{"alg":"RS256","alg":"RS256"}', {}), { key: key.jwk }),
    ).toBe('form')
  })

  it('holds a key to what it is bound to', async () => {
    const unfit = (change: object) => verdict(token, { key: { ...key.jwk, ...change } })
    expect(await unfit({ alg: 'RS512' })).toMatchObject({
      problem: expect.stringMatching(/another algorithm/),
    })
    expect(await unfit({ use: 'enc' })).toMatchObject({ reason: 'unfit-key' })
    expect(await unfit({ key_ops: ['sign'] })).toMatchObject({ reason: 'unfit-key' })
    expect(await unfit({ e: 'AQ' })).toMatchObject({ problem: expect.stringMatching(/65537/) })
    expect(await outcome(token, { key: { ...key.jwk, kid: 'b' } })).toBe('key-id')
    expect(
      await outcome(token, { key: { ...key.jwk, kid: 'a', use: 'sig', key_ops: ['verify'] } }),
    ).toBe('valid')
  })

  it.each([1024, 2040])('refuses a key of %i bits, though its signature is right', async (bits) => {
    const pair = generateKeyPairSync('rsa', { modulusLength: bits })
    const unsigned = `${part('{"alg":"RS256"}')}.${part('{}')}`
    const signature = sign(
      'sha256',
      Buffer.from(unsigned),
      createPrivateKey(pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()),
    )
    const weak = `${unsigned}.${toBase64url(signature)}`
    expect(await verdict(weak, { key: pair.publicKey.export({ format: 'jwk' }) })).toEqual({
      verdict: 'not-checked',
      reason: 'unfit-key',
      problem: `has ${bits} bits; 2048 to 8192 are accepted`,
    })
  })

  it('chooses from a key set by the exact key ID', async () => {
    const a = { ...key.jwk, kid: 'a' }
    const b = { ...other.jwk, kid: 'b' }
    const unknown = { kty: 'OKP', crv: 'Ed25519', x: 'AA', kid: 'c' }
    expect(await outcome(token, { jwks: { keys: [b, unknown, a] } })).toBe('valid')
    expect(await outcome(token, { jwks: { keys: [b] } })).toBe('key-id')
    const withKid = (kid: unknown) => key.sign({ alg: 'RS256', kid }, {})
    for (const kid of ['A', 'a ', '', 0, null, ['a'], '__proto__'])
      expect(await outcome(await withKid(kid), { jwks: { keys: [a, b] } })).toBe('key-id')
    const without = await key.sign({ alg: 'RS256' }, {})
    expect(await outcome(without, { jwks: { keys: [a] } })).toBe('valid')
    expect(await outcome(without, { jwks: { keys: [a, b] } })).toBe('key-id')
    expect(await outcome(await withKid('c'), { jwks: { keys: [a, unknown] } })).toBe('unfit-key')
  })

  it('trusts nothing of a key set that cannot be trusted as a whole', async () => {
    const a = { ...key.jwk, kid: 'a' }
    for (const keys of [
      [a, { ...other.jwk, kid: 'a' }],
      [a, { kty: 'oct', k: 'AAAA', kid: 'z' }],
      Array.from({ length: 101 }, (_, index) => ({ ...key.jwk, kid: `k${index}` })),
    ])
      expect(await outcome(token, { jwks: { keys } })).toBe('unfit-key')
    expect(await outcome(token, { jwks: {} as { keys: [] } })).toBe('unfit-key')
    expect(await outcome(token, { jwks: { keys: [] } })).toBe('key-id')
  })

  it('takes the key ID that the deployment has beside a key or certificate', async () => {
    const pem = createPublicKey({ key: { ...key.jwk }, format: 'jwk' })
      .export({ type: 'spki', format: 'pem' })
      .toString()
    for (const trusted of [pem, key.jwk, { ...key.jwk, kid: 'its-thumbprint' }]) {
      expect(await outcome(token, { key: trusted, kid: 'a' })).toBe('valid')
      expect(await outcome(token, { key: trusted, kid: 'A' })).toBe('key-id')
    }
    const odd: [object, string][] = [
      [{ key: pem, kid: '' }, 'is not a string'],
      [{ key: pem, kid: 7 }, 'is not a string'],
      [{ kid: 'a' }, 'was given without a key'],
      [{ jwks: { keys: [key.jwk] }, kid: 'a' }, 'was given without a key'],
    ]
    for (const [options, problem] of odd)
      expect(() => readTrust(options as TrustOptions)).toThrow(
        expect.objectContaining({ details: { option: 'kid', problem } }),
      )
  })

  it('takes one key, not two', () => {
    expect(() => readTrust({ key: key.jwk, certificate: 'x' })).toThrow(
      expect.objectContaining({
        code: 'ERR_TOKEN_CHECK',
        details: { option: 'certificate', problem: 'was given beside key' },
      }),
    )
  })
})
