import { execFileSync } from 'node:child_process'
import { createPrivateKey, type KeyObject } from 'node:crypto'
import { toBytes } from '../../token/strength/primes.fixture.ts'
import { toPemBlock } from '../form/pem.ts'

/** Makes an RSA private key from any two numbers. */
export function privateKeyOf(p: bigint, q: bigint): KeyObject {
  const e = 65537n
  const d = inverse(e, (p - 1n) * (q - 1n))
  const numbers = { n: p * q, e, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) }
  const members = Object.entries(numbers).map(([name, number]) => [name, toBase64url(number)])
  return createPrivateKey({ key: { kty: 'RSA', ...Object.fromEntries(members) }, format: 'jwk' })
}

const toBase64url = (number: bigint) => toBytes(number).toString('base64url')

function inverse(number: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [((number % modulus) + modulus) % modulus, modulus, 1n, 0n]
  while (b !== 0n) [a, b, x, y] = [b, a % b, y, x - (a / b) * y]
  if (a !== 1n) throw new Error('The number has no inverse')
  return ((x % modulus) + modulus) % modulus
}

/** A PKCS#1 file in which the modulus is that of another key, which Node's newest lines do not import as a JWK. */
export function withOtherModulus(key: KeyObject, other: KeyObject): string {
  const modulusOf = (one: KeyObject) =>
    Buffer.from(String(one.export({ format: 'jwk' }).n), 'base64url')
  const der = key.export({ type: 'pkcs1', format: 'der' })
  const at = der.indexOf(modulusOf(key))
  modulusOf(other).copy(der, at)
  return toPemBlock('RSA PRIVATE KEY', der).text
}

export const makeKeyOfThreePrimes = (): string =>
  execFileSync('openssl', ['genrsa', '-primes', '3', '2048'], { encoding: 'utf8', stdio: 'pipe' })
