import { hasRocaFingerprint } from './roca.ts'

/** Why a modulus of the right size can still be factored. */
export type ModulusWeakness = 'roca' | 'close-primes' | 'small-factor' | 'prime'

/** What to say of a weak modulus, to read after "it is weak:". */
export const modulusWeaknesses: Readonly<Record<ModulusWeakness, string>> = Object.freeze({
  roca: 'its primes come from a broken generator (ROCA, CVE-2017-15361)',
  'close-primes': 'its two primes are so close that Fermat’s method finds them',
  'small-factor': 'its modulus has a small factor',
  prime: 'its modulus is a prime, not a product of two',
})

const smallPrimeLimit = 1_000_000
const fermatRounds = 65_536

/**
 * Looks for what makes an RSA modulus (big-endian) easy to factor. Takes 12 ms with 2048 bits and 53 ms with 4096,
 * and 35 ms more for the first key of a process.
 *
 * SECURITY: no crypto library checks these; Node signs and verifies with all such keys. Keys of Debian's OpenSSL of
 * 2006 to 2008 are not found, which takes a list of them.
 *
 * @param factorsAreKnown whether the modulus is known to be the product of two long primes that are far apart. Then small
 * and close factors are not searched for, which takes nearly all of the time
 */
export function modulusWeakness(
  bytes: Uint8Array,
  factorsAreKnown = false,
): ModulusWeakness | undefined {
  if (factorsAreKnown) return hasRocaFingerprint(bytes) ? 'roca' : undefined
  const modulus = toBigInt(bytes)
  if (hasSmallFactor(modulus)) return 'small-factor'
  if (hasRocaFingerprint(bytes)) return 'roca'
  if (hasClosePrimes(modulus)) return 'close-primes'
  // For a prime "modulus", anyone can compute the private exponent.
  return isProbablePrime(modulus) ? 'prime' : undefined
}

/** Two keys that share one of their primes reveal both (Lenstra et al., "Ron was wrong", 2012). */
export function sharesPrime(one: Uint8Array, other: Uint8Array): boolean {
  const [a, b] = [toBigInt(one), toBigInt(other)]
  return a !== b && commonDivisor(a, b) !== 1n
}

/** A big-endian number. */
function toBigInt(bytes: Uint8Array): bigint {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return BigInt(`0x0${hex}`)
}

/** Whether a prime below a million divides it: what it has in common with the product of them all. */
function hasSmallFactor(modulus: bigint): boolean {
  if (modulus === 0n) return true
  let rest = 1n
  for (const product of smallPrimeProducts()) rest = (rest * product) % modulus
  return commonDivisor(modulus, rest) !== 1n
}

let products: readonly bigint[] | undefined

/** The primes below a million, multiplied into 785 numbers that are about as long as a modulus. */
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

/** Eratosthenes' sieve over the odd numbers: the index i stands for 2i + 1. */
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

/** Fermat's test with the base 2: every odd prime passes, and of the products of two random primes none. */
function isProbablePrime(number: bigint): boolean {
  let power = 1n
  for (const bit of (number - 1n).toString(2)) {
    power = (power * power) % number
    if (bit === '1') power = (power << 1n) % number
  }
  return power === 1n
}

/**
 * Fermat's method: it looks for a number a, from the square root of the modulus upwards, of which a² - n is a square
 * (CVE-2022-26320). It finds primes that differ by less than 2^521 in a key of 2048 bits; for random primes it would
 * take more rounds than there are atoms. Each round looks at remainders of small numbers only.
 */
function hasClosePrimes(modulus: bigint): boolean {
  const start = squareRoot(modulus - 1n) + 1n
  const filters = squareFilters.map((filter) => ({
    ...filter,
    root: Number(start % BigInt(filter.modulus)),
    rest: Number((start * start - modulus) % BigInt(filter.modulus)),
  }))
  for (let round = 0; round < fermatRounds; round += 1) {
    if (filters.every(mayBeSquare) && isSquare((start + BigInt(round)) ** 2n - modulus)) return true
    for (const filter of filters) {
      filter.rest = (filter.rest + 2 * filter.root + 1) % filter.modulus
      filter.root = (filter.root + 1) % filter.modulus
    }
  }
  return false
}

/** The remainders that squares have. Of all numbers, one in 100,000 has such remainders by every one of these divisors. */
const squareFilters = [
  [64, 63, 65, 11],
  [17, 19, 23, 29, 31],
  [37, 41, 43, 47],
].map((divisors) => ({
  modulus: divisors.reduce((product, divisor) => product * divisor),
  remainders: divisors.map((divisor) => {
    const isRemainder = new Uint8Array(divisor)
    for (let root = 0; root < divisor; root += 1) isRemainder[(root * root) % divisor] = 1
    return isRemainder
  }),
}))

function mayBeSquare(filter: { rest: number; remainders: readonly Uint8Array[] }): boolean {
  return filter.remainders.every(
    (isRemainder) => isRemainder[filter.rest % isRemainder.length] === 1,
  )
}

function isSquare(number: bigint): boolean {
  const root = squareRoot(number)
  return root * root === number
}

/** Newton's method, from above: the largest integer whose square is not larger. */
function squareRoot(number: bigint): bigint {
  if (number < 2n) return number < 0n ? 0n : number
  let root = 1n << BigInt((number.toString(16).length * 4) / 2 + 1)
  for (;;) {
    const next = (root + number / root) >> 1n
    if (next >= root) return root
    root = next
  }
}
