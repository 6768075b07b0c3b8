import type { CryptoKey } from 'jose'
import { textToBase64url, toBase64url } from '../base64url.ts'
import { clientManaged } from '../client-managed.ts'

/** A client-managed deployment with all that a virtual proxy can ask for. */
export const testServer = clientManaged({
  url: 'https://sense.acme.example',
  prefix: 'jwt',
  userDirectory: 'ACME',
  claims: {
    userId: 'userId',
    userDirectory: 'userDirectory',
    groups: 'group',
    attributes: { department: 'dept' },
  },
  audience: 'sense.acme.example',
})

/** A key for tests that signs whatever it is given. */
export interface TestKey {
  readonly jwk: { kty: string; n: string; e: string }
  /** Signs over any text, by any of the three algorithms. */
  signText(text: string, alg?: string): Promise<Uint8Array>
  /** Signs header and payload; a string is signed as it is. */
  sign(header: object | string, payload: object | string): Promise<string>
}

export async function makeTestKey(modulusLength = 2048): Promise<TestKey> {
  const name = 'RSASSA-PKCS1-v1_5'
  const pair = await crypto.subtle.generateKey(
    { name, hash: 'SHA-256', modulusLength, publicExponent: Uint8Array.of(1, 0, 1) },
    true,
    ['sign', 'verify'],
  )
  const { n = '', e = '' } = await crypto.subtle.exportKey('jwk', pair.publicKey)
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', pair.privateKey)
  const keys = new Map<string, Promise<CryptoKey>>()
  for (const bits of ['256', '384', '512']) {
    const algorithm = { name, hash: `SHA-${bits}` }
    keys.set(`RS${bits}`, crypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']))
  }
  const signText = async (text: string, alg = 'RS256') => {
    const key = await (keys.get(alg) ?? keys.get('RS256'))
    if (key === undefined) throw new TypeError('There is no key')
    return new Uint8Array(await crypto.subtle.sign(name, key, new TextEncoder().encode(text)))
  }
  const toText = (part: object | string) =>
    textToBase64url(typeof part === 'string' ? part : JSON.stringify(part))
  return {
    jwk: { kty: 'RSA', n, e },
    signText,
    async sign(header, payload) {
      const text = `${toText(header)}.${toText(payload)}`
      const alg = typeof header === 'object' && 'alg' in header ? header.alg : 'RS256'
      return `${text}.${toBase64url(await signText(text, typeof alg === 'string' ? alg : 'RS256'))}`
    },
  }
}

/** 2026-01-01 00:00:00 UTC. */
export const testNow = 1_767_225_600

/** Header and claims that Qlik Cloud finds nothing wrong with. */
export const goodCloudHeader = { alg: 'RS256', typ: 'JWT', kid: 'acme-1' }
export const goodCloudClaims = {
  sub: 'acme|42',
  subType: 'user',
  name: 'Ada Lovelace',
  email: 'ada@acme.example',
  email_verified: true,
  groups: ['sales'],
  jti: 'b1f0a3c2d4e5f60718293a4b5c6d7e8f',
  iat: testNow,
  nbf: testNow - 5,
  exp: testNow + 55,
  iss: 'acme.example',
  aud: 'qlik.api/login/jwt-session',
}

/** The same for a virtual proxy with the names userId, userDirectory and group, and an audience. */
export const goodClientManagedHeader = { alg: 'RS256', typ: 'JWT' }
export const goodClientManagedClaims = {
  userId: 'ada',
  userDirectory: 'ACME',
  group: ['sales'],
  jti: 'b1f0a3c2d4e5f60718293a4b5c6d7e8f',
  iat: testNow,
  nbf: testNow - 5,
  exp: testNow + 55,
  aud: 'sense.acme.example',
}
