// CVE-2017-15361: Infineon's library made primes k·M + (65537^a mod M), with M the product of small
// primes. So the modulus is, by every such prime, a power of 65537. Chance does that to one good key in
// 2^27 or so. M. Nemec and others, "The Return of Coppersmith's Attack", CCS 2017, section 3.
const primes = [
  3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101,
  103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
]

const powers = new Map(primes.map((prime) => [prime, powersOf65537(prime)]))

function powersOf65537(prime: number): Set<number> {
  const found = new Set<number>()
  for (let power = 1; !found.has(power); power = (power * 65537) % prime) found.add(power)
  return found
}

/** Whether a modulus (big-endian) looks like one that Infineon's faulty library made. */
export function hasRocaFingerprint(modulus: Uint8Array): boolean {
  for (const [prime, found] of powers) {
    let rest = 0
    for (const byte of modulus) rest = (rest * 256 + byte) % prime
    if (!found.has(rest)) return false
  }
  return true
}
