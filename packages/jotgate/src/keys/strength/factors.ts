import type { JsonWebKey } from 'node:crypto'

/** What is wrong with the two factors of a private key. */
export type FactorWeakness = 'other-factors' | 'unequal-primes' | 'close-primes'

/**
 * Checks the factors of an RSA private key by the conditions of FIPS 186-5 appendix A.1: there are two, each half as
 * long as the modulus, and they differ by more than 2^(half the length - 100). Otherwise methods that take longer for
 * longer primes, such as elliptic curves, or Fermat's, find them.
 *
 * The lower bound of √2·2^(half - 1) is not required: it only ensures the length of the modulus, and older versions of
 * Java made primes below it. docs/decisions/0008-which-keys-are-weak.md has the reasons.
 *
 * A factor need not be tested for being a prime if the key makes a signature that verifies: m^(ed) = m modulo p, and
 * ed = 1 + k(p - 1), so m^k to the power of p - 1 is 1. That is Fermat's test. A composite factor fails it, unless it
 * was built to pass (a Carmichael number), and whoever built it has the key anyway.
 */
export function factorWeakness(privateKey: JsonWebKey): FactorWeakness | undefined {
  const { n, e, d, p, q, dp, dq } = numbersOf(privateKey)
  const fits = (prime: bigint, exponent: bigint) =>
    prime > 1n && (e * d) % (prime - 1n) === 1n && d % (prime - 1n) === exponent
  if (p * q !== n || !fits(p, dp) || !fits(q, dq)) return 'other-factors'
  const bits = lengthOf(n)
  const isHalf = (prime: bigint) => Math.abs(2 * lengthOf(prime) - bits) <= 1
  if (!isHalf(p) || !isHalf(q)) return 'unequal-primes'
  const distance = p > q ? p - q : q - p
  return distance >> BigInt(Math.floor(bits / 2) - 100) === 0n ? 'close-primes' : undefined
}

const names = ['n', 'e', 'd', 'p', 'q', 'dp', 'dq'] as const

function numbersOf(jwk: JsonWebKey) {
  const entries = names.map((name) => [name, toBigInt(jwk[name])])
  return Object.fromEntries(entries) as Record<(typeof names)[number], bigint>
}

/** Node writes hexadecimal digits natively: seven numbers of a key are made for each token of the command. */
function toBigInt(base64url = ''): bigint {
  return BigInt(`0x0${Buffer.from(base64url, 'base64url').toString('hex')}`)
}

const lengthOf = (number: bigint) => number.toString(2).length
