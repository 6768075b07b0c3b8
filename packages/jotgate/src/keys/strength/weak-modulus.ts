import { checkPrimeSync, type JsonWebKey } from 'node:crypto'
import { hasRocaFingerprint } from '../../token/verify/roca.ts'

/** Why a modulus of the right size can still be factored. */
export type ModulusWeakness = 'roca' | 'close-primes' | 'small-factor' | 'prime'

const smallPrimeLimit = 1_000_000
const fermatRounds = 100

/**
 * Looks for what makes an RSA modulus (big-endian) easy to factor. Takes about 50 ms for the first key of a process
 * and 15 ms for each other one.
 *
 * SECURITY: no crypto library checks these; Node signs and verifies with all such keys. Keys of Debian's OpenSSL of
 * 2006 to 2008 are not found, which takes a list of them.
 *
 * @param factorsAreSound whether `hasSoundFactors` is true of the private key and its signature verifies. Then there is
 * more than one factor, and no small one
 */
export function modulusWeakness(
  bytes: Uint8Array,
  factorsAreSound = false,
): ModulusWeakness | undefined {
  const modulus = toNumber(bytes)
  if (!factorsAreSound && hasSmallFactor(modulus)) return 'small-factor'
  if (hasRocaFingerprint(bytes)) return 'roca'
  if (hasClosePrimes(modulus)) return 'close-primes'
  // For a prime "modulus", anyone can compute the private exponent.
  if (!factorsAreSound && checkPrimeSync(modulus)) return 'prime'
  return undefined
}

/**
 * Whether a private key's two factors make up its modulus, are both long, and fit its exponents.
 *
 * If such a key makes a signature that verifies, each factor has passed Fermat's test: m^(ed) = m modulo p, and
 * ed = 1 + k(p - 1), so m^k to the power of p - 1 is 1. A composite factor fails that, unless it was built to pass
 * (a Carmichael number), and whoever built it has the key anyway. So the search for small factors, which is fifty
 * times as expensive, is omitted for such a key. Keys with other numbers, such as three primes, are searched.
 */
export function hasSoundFactors(privateKey: JsonWebKey): boolean {
  const [n, e, d] = [toBig(privateKey.n), toBig(privateKey.e), toBig(privateKey.d)]
  const [p, q] = [toBig(privateKey.p), toBig(privateKey.q)]
  const quarter = BigInt(n.toString(16).length)
  const fits = (prime: bigint, exponent: bigint) =>
    prime >> quarter > 0n && (e * d) % (prime - 1n) === 1n && d % (prime - 1n) === exponent
  return p * q === n && fits(p, toBig(privateKey.dp)) && fits(q, toBig(privateKey.dq))
}

/** Two keys that share one of their primes give both away (Lenstra et al., "Ron was wrong", 2012). */
export function sharesPrime(one: Uint8Array, other: Uint8Array): boolean {
  const [a, b] = [toNumber(one), toNumber(other)]
  return a !== b && commonDivisor(a, b) !== 1n
}

/** Whether a prime below a million divides it: what it has in common with the product of them all. */
function hasSmallFactor(modulus: bigint): boolean {
  if (modulus === 0n) return true
  let rest = 1n
  for (const product of smallPrimeProducts()) rest = (rest * product) % modulus
  return commonDivisor(modulus, rest) !== 1n
}

let products: readonly bigint[] | undefined

/** The primes below a million, multiplied into numbers as long as a modulus, of which there are 785. */
function smallPrimeProducts(): readonly bigint[] {
  if (products !== undefined) return products
  const primes = primesBelow(smallPrimeLimit)
  const made: bigint[] = []
  for (let at = 0; at < primes.length; at += 100) {
    let product = 1n
    // Two at once, as a number of 40 bits: half the multiplications of long numbers.
    for (let pair = at; pair < Math.min(at + 100, primes.length); pair += 2)
      product *= BigInt((primes[pair] ?? 1) * (primes[pair + 1] ?? 1))
    made.push(product)
  }
  products = made
  return made
}

/** Eratosthenes' sieve over the odd numbers: the place i stands for 2i + 1. */
function primesBelow(limit: number): Uint32Array {
  const half = limit >> 1
  const composite = new Uint8Array(half)
  for (let at = 1; 2 * at * (at + 1) < half; at += 1)
    if (composite[at] === 0)
      for (let multiple = 2 * at * (at + 1); multiple < half; multiple += 2 * at + 1)
        composite[multiple] = 1
  const primes = new Uint32Array(half)
  let count = 1
  primes[0] = 2
  for (let at = 1; at < half; at += 1) {
    if (composite[at] !== 0) continue
    primes[count] = 2 * at + 1
    count += 1
  }
  return primes.subarray(0, count)
}

function commonDivisor(one: bigint, other: bigint): bigint {
  let [a, b] = [one, other]
  while (b !== 0n) [a, b] = [b, a % b]
  return a
}

/**
 * Fermat's method: primes that lie close together are found by looking for a square near the root
 * (CVE-2022-26320). For random primes it would take more rounds than there are atoms.
 */
function hasClosePrimes(modulus: bigint): boolean {
  let root = squareRoot(modulus)
  if (isSquare(modulus)) return true
  for (let round = 0; round < fermatRounds; round += 1) {
    root += 1n
    if (isSquare(root * root - modulus)) return true
  }
  return false
}

/** The remainders of squares by these divisors; about one in a hundred other numbers has such remainders too. */
const squareRemainders = [64, 63, 65, 11].map((divisor) => ({
  divisor,
  remainders: new Set(Array.from({ length: divisor }, (_, root) => (root * root) % divisor)),
}))

/** Most numbers are seen not to be squares without computing a root. */
function isSquare(number: bigint): boolean {
  const remainder = Number(number % (64n * 63n * 65n * 11n))
  if (!squareRemainders.every(({ divisor, remainders }) => remainders.has(remainder % divisor)))
    return false
  const root = squareRoot(number)
  return root * root === number
}

/** Newton's method, from above: the largest integer whose square is not larger. */
function squareRoot(number: bigint): bigint {
  if (number < 2n) return number
  let root = 1n << BigInt((number.toString(16).length * 4) / 2 + 1)
  for (;;) {
    const next = (root + number / root) >> 1n
    if (next >= root) return root
    root = next
  }
}

const toBig = (base64url = '') => toNumber(Buffer.from(base64url, 'base64url'))

function toNumber(bytes: Uint8Array): bigint {
  return BigInt(`0x0${Buffer.from(bytes).toString('hex')}`)
}
