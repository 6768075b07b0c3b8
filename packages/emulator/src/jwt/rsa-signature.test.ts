import { constants, generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { isRsaAlgorithm, verifyRsaSignature } from './rsa-signature.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const signedText = 'eyJhbGciOiJSUzI1NiJ9.e30'

function signWith(alg: string): Buffer {
  const padding = alg.startsWith('PS')
    ? constants.RSA_PKCS1_PSS_PADDING
    : constants.RSA_PKCS1_PADDING
  const saltLength = constants.RSA_PSS_SALTLEN_DIGEST
  return sign(`sha${alg.slice(2)}`, Buffer.from(signedText), {
    key: privateKey,
    padding,
    saltLength,
  })
}

describe('an RSA signature', () => {
  const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']

  it.each(algorithms)('of %s is verified, and by no other algorithm', (alg) => {
    const signature = signWith(alg)
    const verifying = algorithms.filter((other) =>
      verifyRsaSignature({ alg: other, signedText, signature }, publicKey),
    )
    expect(verifying).toEqual([alg])
  })

  it('of another text is refused', () => {
    const token = { alg: 'RS256', signedText: `${signedText}x`, signature: signWith('RS256') }
    expect(verifyRsaSignature(token, publicKey)).toBe(false)
  })

  it.each(['rs256', 'HS256', 'ES256', 'none', '', undefined, 256])(
    'is not one of the algorithm %j',
    (alg) => {
      expect(isRsaAlgorithm(alg)).toBe(false)
      const token = { alg, signedText, signature: signWith('RS256') }
      expect(verifyRsaSignature(token, publicKey)).toBe(false)
    },
  )
})
