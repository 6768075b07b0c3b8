import { checkPrimeSync } from 'node:crypto'
import { hasRocaFingerprint } from '../token/verify/roca.ts'

/** The ways in which a modulus can be broken although its size is right. */
export type ModulusWeakness = 'roca' | 'close-primes' | 'small-factor' | 'prime'

const smallPrimeLimit = 1_000_000
const fermatRounds = 100

/**
 * Looks for what makes an RSA modulus (big-endian) easy to factor. Costs some 20 ms for 3072 bits, once a key.
 *
 * SECURITY: no crypto library looks for these; Node signs and verifies with every one of them. Not
 * looked for are moduli from Debian's OpenSSL of 2006 to 2008, which only a list can tell.
 */
export function modulusWeakness(bytes: Uint8Array): ModulusWeakness | undefined {
  const modulus = toNumber(bytes)
  if (hasSmallFactor(modulus)) return 'small-factor'
  if (hasRocaFingerprint(bytes)) return 'roca'
  if (hasClosePrimes(modulus)) return 'close-primes'
  // A prime "modulus" has no second factor: anybody computes its private exponent.
  if (checkPrimeSync(modulus)) return 'prime'
  return undefined
}

/** Two keys that share one of their primes give both away (Lenstra et al., "Ron was wrong", 2012). */
export function sharesPrime(one: Uint8Array, other: Uint8Array): boolean {
  let [a, b] = [toNumber(one), toNumber(other)]
  if (a === b) return false
  while (b !== 0n) [a, b] = [b, a % b]
  return a !== 1n
}

/** Trial division by every prime below a million, three at once: their product fits in 64 bits. */
function hasSmallFactor(modulus: bigint): boolean {
  for (const { product, primes } of smallPrimes()) {
    const rest = modulus % product
    if (primes.some((prime) => rest % prime === 0n)) return true
  }
  return false
}

let smallPrimeGroups: { product: bigint; primes: readonly bigint[] }[] | undefined

function smallPrimes() {
  if (smallPrimeGroups !== undefined) return smallPrimeGroups
  const composite = new Uint8Array(smallPrimeLimit)
  const primes: bigint[] = []
  for (let candidate = 2; candidate < smallPrimeLimit; candidate += 1) {
    if (composite[candidate] === 1) continue
    primes.push(BigInt(candidate))
    for (let multiple = candidate * candidate; multiple < smallPrimeLimit; multiple += candidate)
      composite[multiple] = 1
  }
  smallPrimeGroups = []
  for (let at = 0; at < primes.length; at += 3) {
    const group = primes.slice(at, at + 3)
    smallPrimeGroups.push({ product: group.reduce((a, b) => a * b), primes: group })
  }
  return smallPrimeGroups
}

/**
 * Fermat's method: primes that lie close together are found by looking for a square near the root
 * (CVE-2022-26320). Fair primes need more rounds than there are atoms.
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

/** A square leaves 0, 1, 4 or 9 when divided by 16: most numbers need no root to be told from one. */
function isSquare(number: bigint): boolean {
  if (![0, 1, 4, 9].includes(Number(number & 15n))) return false
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

function toNumber(bytes: Uint8Array): bigint {
  return BigInt(`0x0${Buffer.from(bytes).toString('hex')}`)
}
