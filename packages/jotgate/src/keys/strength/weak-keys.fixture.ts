import {
  checkPrimeSync,
  createPrivateKey,
  generatePrimeSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto'
import { toPemBlock } from '../form/pem.ts'

/** Makes an RSA private key from any two numbers. */
export function privateKeyOf(p: bigint, q: bigint): KeyObject {
  const e = 65537n
  const d = inverse(e, (p - 1n) * (q - 1n))
  const numbers = { n: p * q, e, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) }
  const members = Object.entries(numbers).map(([name, number]) => [name, toBase64url(number)])
  return createPrivateKey({ key: { kty: 'RSA', ...Object.fromEntries(members) }, format: 'jwk' })
}

export function randomPrime(bits: number): bigint {
  for (;;) {
    const prime = generatePrimeSync(bits, { bigint: true })
    if (prime % 65537n !== 1n) return prime
  }
}

/** As Infineon's library made them: k·M + (65537^a mod M), M the product of the first primes. */
export function rocaPrime(bits: number): bigint {
  const primes = Array.from({ length: 166 }, (_, index) => BigInt(index + 2)).filter((number) =>
    checkPrimeSync(number),
  )
  const product = primes.reduce((a, b) => a * b)
  const exponent = randomBytes(1).readUInt8()
  const residue = 65537n ** BigInt(exponent) % product
  const top = (3n << BigInt(bits - 2)) | randomBelow(bits - 2)
  let candidate = (top / product) * product + residue
  while (!checkPrimeSync(candidate) || candidate % 65537n === 1n) candidate += product
  return candidate
}

export function primeAfter(number: bigint): bigint {
  let candidate = number + 2n
  while (!checkPrimeSync(candidate) || candidate % 65537n === 1n) candidate += 2n
  return candidate
}

const randomBelow = (bits: number) =>
  BigInt(`0x${randomBytes(bits / 8).toString('hex')}`) >> BigInt(bits % 8)

export function toBytes(number: bigint): Buffer {
  const hex = number.toString(16)
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')
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
