import { createPublicKey, createSecretKey, generateKeyPairSync } from 'node:crypto'
import { calculateJwkThumbprint } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { createKeyPair, type KeyPair } from '../create/create-key-pair.ts'
import { thumbprint } from '../strength/thumbprint.ts'
import { toPublicJwk } from './public-jwk.ts'

let pair: KeyPair
beforeAll(async () => {
  pair = await createKeyPair({ bits: 2048 })
})

describe('the thumbprint', () => {
  it('is that of the example in RFC 7638 section 3.1', () => {
    const n =
      '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw'
    expect(thumbprint({ n, e: 'AQAB' })).toBe('NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs')
  })

  it('is the one that jose computes', async () => {
    expect(await calculateJwkThumbprint(pair.publicJwk)).toBe(thumbprint(pair.publicJwk))
  })
})

describe('the public JWK', () => {
  it('is the same from every form of a key', () => {
    const spki = createPublicKey(pair.publicKeyPem)
    const pkcs1 = spki.export({ type: 'pkcs1', format: 'pem' }).toString()
    const forms = [pair.publicKeyPem, pkcs1, pair.certificatePem, pair.certificateLine, spki]
    for (const form of forms) expect(toPublicJwk(form)).toEqual(pair.publicJwk)
    expect(toPublicJwk(spki, { kid: 'a', alg: 'RS512' })).toMatchObject({ kid: 'a', alg: 'RS512' })
  })

  it('refuses a private key, keys of other types, and weak ones', () => {
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey
    const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey
    const cases = [
      [pair.privateKeyPem, 'ERR_KEY_WRONG_HALF'],
      [pair.publicKeyPem + pair.publicKeyPem, 'ERR_KEY_FORM'],
      [pair.publicKeyPem.replace('MII', 'AII'), 'ERR_KEY_FORM'],
      ['nothing', 'ERR_KEY_FORM'],
      [weak, 'ERR_KEY_SIZE'],
      [curve, 'ERR_KEY_TYPE'],
      [createSecretKey(Buffer.alloc(32)), 'ERR_KEY_TYPE'],
    ] as const
    for (const [key, code] of cases)
      expect(() => toPublicJwk(key)).toThrow(expect.objectContaining({ code }))
  })
})
