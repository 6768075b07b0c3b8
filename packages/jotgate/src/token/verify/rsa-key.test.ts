import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { hasRocaFingerprint } from '../strength/roca.ts'
import { rsaKeyProblem } from './rsa-key.ts'

const usual = Uint8Array.of(1, 0, 1)

function toBytes(value: bigint): Uint8Array {
  const hex = value.toString(16)
  return Uint8Array.from(Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex'))
}

describe('the numbers of an RSA key', () => {
  it('are good when OpenSSL made them', () => {
    const { n = '' } = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({
      format: 'jwk',
    })
    expect(rsaKeyProblem({ n: Buffer.from(n, 'base64url'), e: usual })).toBeUndefined()
  })

  it.each([
    [2n ** 2047n + 1n, usual, undefined],
    [2n ** 8191n + 1n, usual, undefined],
    [2n ** 2046n + 1n, usual, 'has 2047 bits; 2048 to 8192 are accepted'],
    [2n ** 8192n + 1n, usual, 'has 8193 bits; 2048 to 8192 are accepted'],
    [2n ** 2047n, usual, 'has an even modulus: it is not an RSA key'],
    [2n ** 2047n + 1n, Uint8Array.of(3), 'has a public exponent other than 65537'],
    [2n ** 2047n + 1n, Uint8Array.of(1), 'has a public exponent other than 65537'],
    [2n ** 2047n + 1n, Uint8Array.of(2, 0, 1), 'has a public exponent other than 65537'],
    [2n ** 2047n + 1n, Uint8Array.of(1, 1, 1), 'has a public exponent other than 65537'],
    [2n ** 2047n + 1n, Uint8Array.of(1, 0, 1, 0), 'has a public exponent other than 65537'],
    [2n ** 2047n + 1n, Uint8Array.of(1, 0, 3), 'has a public exponent other than 65537'],
    [2n ** 2047n + 1n, Uint8Array.of(1, 0, 0, 1), 'has a public exponent other than 65537'],
  ])('are checked for size, oddness and exponent (%#)', (n, e, problem) => {
    expect(rsaKeyProblem({ n: toBytes(n), e })).toBe(problem)
  })

  it('are recognised when they are built as Infineon’s faulty library built them', () => {
    // k·M + (65537^a mod M), as a modulus of such primes is; 2 is in M there too, and keeps it odd.
    const small = [
      2n,
      3n,
      5n,
      7n,
      11n,
      13n,
      17n,
      19n,
      23n,
      29n,
      31n,
      37n,
      41n,
      43n,
      47n,
      53n,
      59n,
      61n,
    ]
    const larger = [
      67n,
      71n,
      73n,
      79n,
      83n,
      89n,
      97n,
      101n,
      103n,
      107n,
      109n,
      113n,
      127n,
      131n,
      137n,
    ]
    const m = [...small, ...larger, 139n, 149n, 151n, 157n, 163n, 167n].reduce((a, b) => a * b)
    for (const a of [1n, 12_345n, 999_983n]) {
      let power = 1n
      for (let bit = 0n, base = 65_537n; a >> bit > 0n; bit += 1n, base = (base * base) % m)
        if ((a >> bit) & 1n) power = (power * base) % m
      const n = toBytes(m * (2n ** 2047n / m + 7n) + power)
      expect(hasRocaFingerprint(n)).toBe(true)
      expect(rsaKeyProblem({ n, e: usual })).toMatch(/ROCA/)
      expect(hasRocaFingerprint(toBytes(m * (2n ** 2047n / m + 7n) + power + 2n))).toBe(false)
    }
  })
})
