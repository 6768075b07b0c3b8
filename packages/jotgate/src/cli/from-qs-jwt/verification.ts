import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import type { DecodedToken } from '../../token/index.ts'
import { cliErrors } from '../errors.ts'

/** What qs-jwt's `decode --minimal-output` tells, by its names. */
export interface Verification {
  readonly status: 'valid' | 'invalid'
  readonly algorithm: unknown
  /** Whether the signature is of this key, whatever the times and the audience are. */
  readonly integrity: boolean
  readonly issuedAt: string
  readonly expiresAt: string
  readonly notBefore: string
  readonly currentlyValid: boolean
  readonly keyId?: unknown
  readonly audience?: unknown
  /** Only when an audience was expected. */
  readonly audienceMatch?: boolean
  readonly issuer?: unknown
  readonly reason?: string
}

/** Those of qs-jwt, by the type of key that each needs (RFC 7518 section 3.1). */
const algorithms: Readonly<Record<string, readonly [hash: string, type: string, curve?: string]>> =
  {
    RS256: ['sha256', 'rsa'],
    RS384: ['sha384', 'rsa'],
    RS512: ['sha512', 'rsa'],
    ES256: ['sha256', 'ec', 'prime256v1'],
    ES384: ['sha384', 'ec', 'secp384r1'],
    ES512: ['sha512', 'ec', 'secp521r1'],
  }

/** Verifies as qs-jwt does, and tells signature, times and audience apart, which it does not. */
export function verifyOld(options: {
  token: string
  decoded: DecodedToken
  publicKey: string
  expected: string | undefined
  now: number
}): Verification {
  const { token, decoded, publicKey, expected, now } = options
  const { header, payload } = decoded
  const key = readKey(publicKey)
  const integrity = isSigned(token, decoded, key)
  const timeProblem = timesProblem(payload, now)
  const audienceMatch = expected === undefined ? undefined : [payload.aud].flat().includes(expected)
  const reason = !integrity
    ? 'the signature is not of this key'
    : (timeProblem ?? (audienceMatch === false ? 'the audience is another one' : undefined))
  return {
    status: reason === undefined ? 'valid' : 'invalid',
    algorithm: header.alg,
    integrity,
    issuedAt: isoOf(payload.iat),
    expiresAt: isoOf(payload.exp),
    notBefore: isoOf(payload.nbf),
    currentlyValid: timeProblem === undefined,
    ...(header.kid === undefined ? {} : { keyId: header.kid }),
    ...(payload.aud === undefined ? {} : { audience: payload.aud }),
    ...(audienceMatch === undefined ? {} : { audienceMatch }),
    ...(payload.iss === undefined ? {} : { issuer: payload.iss }),
    ...(reason === undefined ? {} : { reason }),
  }
}

function readKey(text: string): KeyObject {
  const refuse = (problem: string) => cliErrors.ERR_CLI_INPUT({ source: 'The public key', problem })
  if (/PRIVATE KEY/.test(text))
    throw refuse('is a private key; give the public one or the certificate')
  try {
    return createPublicKey(text)
  } catch {
    // Without the cause: it may repeat the text.
    throw refuse('is not a public key or certificate in PEM')
  }
}

function isSigned(token: string, { header, signature }: DecodedToken, key: KeyObject): boolean {
  const [hash, type, curve] = Object.hasOwn(algorithms, String(header.alg))
    ? (algorithms[String(header.alg)] ?? [])
    : []
  const { asymmetricKeyType, asymmetricKeyDetails } = key
  if (hash === undefined || header.crit !== undefined || asymmetricKeyType !== type) return false
  if (curve !== undefined && asymmetricKeyDetails?.namedCurve !== curve) return false
  const signed = Buffer.from(token.slice(0, token.lastIndexOf('.')))
  return verify(hash, signed, { key, dsaEncoding: 'ieee-p1363' }, signature)
}

function timesProblem(
  { exp, nbf }: Readonly<Record<string, unknown>>,
  now: number,
): string | undefined {
  if (exp !== undefined && typeof exp !== 'number') return 'the expiry is not a number'
  if (nbf !== undefined && typeof nbf !== 'number') return 'the start is not a number'
  if (exp !== undefined && now >= exp) return `it expired at ${isoOf(exp)}`
  return nbf !== undefined && now < nbf ? `it is valid from ${isoOf(nbf)} on` : undefined
}

/** A time of a claim as an ISO date; `N/A` when it is none, as qs-jwt says. */
export function isoOf(value: unknown): string {
  if (typeof value !== 'number') return 'N/A'
  const date = new Date(value * 1000)
  return Number.isNaN(date.getTime()) ? 'N/A' : date.toISOString()
}

export function verificationInWords(verification: Verification): string {
  const { status, algorithm, keyId, integrity, audience, audienceMatch, issuer, reason } =
    verification
  const audienceWords =
    audienceMatch === undefined ? 'not compared' : audienceMatch ? 'as expected' : 'not as expected'
  return [
    'Signature Verification:',
    `  Status: ${status === 'valid' ? 'Valid' : 'Invalid'}`,
    ...(reason === undefined ? [] : [`  Reason: ${reason}`]),
    `  Algorithm: ${String(algorithm)}`,
    ...(keyId === undefined ? [] : [`  Key ID: ${String(keyId)}`]),
    `  Integrity: ${integrity ? 'the token is as it was signed' : 'the signature does not fit'}`,
    `  Issued: ${verification.issuedAt}`,
    `  Expires: ${verification.expiresAt}`,
    ...(audience === undefined ? [] : [`  Audience: ${String(audience)} (${audienceWords})`]),
    ...(issuer === undefined ? [] : [`  Issuer: ${String(issuer)}`]),
  ]
    .map((line) => line.replaceAll(/\p{Cc}/gu, '?'))
    .join('\n')
}
