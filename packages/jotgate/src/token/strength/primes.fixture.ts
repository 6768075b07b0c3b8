import { checkPrimeSync, generatePrimeSync, randomBytes } from 'node:crypto'

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
