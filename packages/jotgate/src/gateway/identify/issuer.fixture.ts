import { randomBytes } from 'node:crypto'
import { exportJWK, exportPKCS8, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import type { RsaPublicJwk } from '../../token/index.ts'
import { gatewayRequest } from '../request.fixture.ts'
import type { GatewayRequest } from '../request.ts'

/** 2026-01-01 00:00:00 UTC, in seconds. */
export const testNow = 1_767_225_600

export const publicUrl = 'https://qlik.acme.example'

/** Somebody who signs tokens, with jose and not with our own signer. */
export interface TestIssuer {
  readonly jwk: RsaPublicJwk
  readonly privatePem: string
  readonly publicPem: string
  /** Signs these claims alone. */
  sign(claims: object, header?: Readonly<Record<string, unknown>>): Promise<string>
}

export async function makeIssuer(kid = 'k-1'): Promise<TestIssuer> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
  const { n = '', e = '' } = await exportJWK(publicKey)
  return {
    jwk: { kty: 'RSA', n, e, kid, alg: 'RS256', use: 'sig' },
    privatePem: await exportPKCS8(privateKey),
    publicPem: await exportSPKI(publicKey),
    sign: (claims, header = {}) =>
      new SignJWT({ ...claims })
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid, ...header })
        .sign(privateKey),
  }
}

/** The claims of an assertion that is accepted, with another `jti` each time. */
export function assertionClaims(changes: object = {}): JWTPayload {
  return {
    iss: 'https://www.acme.example',
    aud: publicUrl,
    sub: '42',
    name: 'Ada',
    email: 'ada@acme.example',
    email_verified: true,
    groups: ['sales'],
    jti: randomBytes(16).toString('base64url'),
    iat: testNow,
    nbf: testNow,
    exp: testNow + 60,
    ...changes,
  }
}

/** A login with this token. */
export function loginWith(token: string): GatewayRequest {
  return gatewayRequest({
    method: 'POST',
    target: '/.jotgate/login',
    headers: { authorization: `Bearer ${token}` },
  })
}
