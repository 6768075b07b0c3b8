// CVE-2017-15361: Infineon's library made primes k·M + (65537^a mod M), with M the product of small
// primes. So the modulus is, by every such prime, a power of 65537. Chance does that to one good key in
// 2^27 or so. M. Nemec and others, "The Return of Coppersmith's Attack", CCS 2017, section 3.
const primes = [
  3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101,
  103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
]

const powers = new Map<number, ReadonlySet<number>>()

/** Made when they are asked for: nearly every key is told from the family by the first few primes. */
function powersOf65537(prime: number): ReadonlySet<number> {
  const known = powers.get(prime)
  if (known !== undefined) return known
  const found = new Set<number>()
  for (let power = 1; !found.has(power); power = (power * 65537) % prime) found.add(power)
  powers.set(prime, found)
  return found
}

/** Whether a modulus (big-endian) looks like one that Infineon's faulty library made. */
export function hasRocaFingerprint(modulus: Uint8Array): boolean {
  for (const prime of primes) {
    let rest = 0
    for (const byte of modulus) rest = (rest * 256 + byte) % prime
    if (!powersOf65537(prime).has(rest)) return false
  }
  return true
}
