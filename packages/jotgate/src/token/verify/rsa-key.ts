import { hasRocaFingerprint } from '../strength/roca.ts'

/** The numbers of an RSA public key, big-endian, without leading zeros. */
export interface RsaNumbers {
  readonly n: Uint8Array
  readonly e: Uint8Array
}

/**
 * Says why a key may not verify anything; undefined when it may. RFC 7518 section 3.3 asks for 2048 bits; above
 * 8192, and with exponents other than the usual one, a verification costs its caller too much.
 */
export function rsaKeyProblem({ n, e }: RsaNumbers): string | undefined {
  const bits = n.length === 0 ? 0 : n.length * 8 - Math.clz32(n[0] ?? 0) + 24
  if (bits < 2048 || bits > 8192) return `has ${bits} bits; 2048 to 8192 are accepted`
  if (e.length !== 3 || e[0] !== 1 || e[1] !== 0 || e[2] !== 1)
    return 'has a public exponent other than 65537'
  if (((n.at(-1) ?? 0) & 1) === 0) return 'has an even modulus: it is not an RSA key'
  if (hasRocaFingerprint(n)) return 'is of the ROCA family (CVE-2017-15361): it can be broken'
  return undefined
}
