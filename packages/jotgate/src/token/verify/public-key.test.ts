import { execFileSync } from 'node:child_process'
import { createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { toBase64url } from '../base64url.ts'
import { type FoundKey, isKeyFound, type KeyReading, readJwk, readKeyText } from './public-key.ts'

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
const jwk = pair.publicKey.export({ format: 'jwk' })
const withZero = toBase64url(Uint8Array.from([0, ...Buffer.from(jwk.n ?? '', 'base64url')]))
const zeroInFront = 'with a zero byte in front, which RFC 7518 section 6.3.1.1 leaves out'
const spki = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString()
const pkcs1 = pair.publicKey.export({ type: 'pkcs1', format: 'pem' }).toString()
let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'jotgate-'))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function found(reading: KeyReading): FoundKey {
  if (!isKeyFound(reading)) throw new Error(reading.problem)
  return reading
}

const problemOf = (reading: KeyReading) => (isKeyFound(reading) ? undefined : reading.problem)
const modulusOf = (reading: KeyReading) => toBase64url(found(reading).numbers.n)

function openssl(...command: string[]): void {
  execFileSync('openssl', command, { cwd: folder, stdio: 'pipe' })
}

describe('reading a public key', () => {
  it('finds the same numbers in PEM, DER, base64, one line and literal line breaks', () => {
    const der = pair.publicKey.export({ type: 'spki', format: 'der' })
    for (const form of [
      spki,
      pkcs1,
      der,
      der.toString('base64'),
      pair.publicKey.export({ type: 'pkcs1', format: 'der' }),
      spki.replaceAll('\n', ''),
      spki.replaceAll('\n', '\r\n'),
      spki.replaceAll('\n', '\\n'),
      `Some words before\n${spki}`,
    ])
      expect(modulusOf(readKeyText(form))).toBe(jwk.n)
    expect(modulusOf(readJwk(jwk))).toBe(jwk.n)
  })

  it('finds the key and the dates of certificates that openssl made', () => {
    openssl('genrsa', '-out', 'key.pem', '2048')
    const variants = [
      ['-days', '365', '-subj', '/CN=acme'],
      ['-days', '1', '-subj', '/CN=Łódź/O=Acme', '-utf8', '-sha512'],
    ]
    for (const variant of variants) {
      openssl('req', '-new', '-x509', '-key', 'key.pem', '-out', 'cert.pem', ...variant)
      const pem = readFileSync(join(folder, 'cert.pem'), 'utf8')
      const certificate = new X509Certificate(pem)
      const reading = found(readKeyText(pem))
      expect(toBase64url(reading.numbers.n)).toBe(certificate.publicKey.export({ format: 'jwk' }).n)
      expect(reading.dates).toEqual({
        from: Date.parse(certificate.validFrom),
        to: Date.parse(certificate.validTo),
      })
      expect(readKeyText(certificate.raw)).toEqual(reading)
      expect(readKeyText(certificate.raw.toString('base64'))).toEqual(reading)
      expect(readKeyText(pem.replaceAll('\n', ''))).toEqual(reading)
    }
  })

  it('refuses other kinds of keys, whatever they are packed in', () => {
    const others = [
      generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey,
      generateKeyPairSync('ed25519').publicKey,
      generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey,
    ]
    for (const key of others)
      expect(problemOf(readKeyText(key.export({ type: 'spki', format: 'pem' }).toString()))).toBe(
        'is not an RSA key',
      )
    openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', 'ec.pem')
    openssl('req', '-new', '-x509', '-key', 'ec.pem', '-out', 'ec-cert.pem', '-subj', '/CN=ec')
    expect(problemOf(readKeyText(readFileSync(join(folder, 'ec-cert.pem'), 'utf8')))).toBe(
      'is not an RSA key',
    )
  })

  it('refuses a private key and shows nothing of it', () => {
    const secret = pair.privateKey.export({ format: 'jwk' })
    for (const pem of ['pkcs1', 'pkcs8'] as const) {
      const text = pair.privateKey.export({ type: pem, format: 'pem' }).toString()
      expect(problemOf(readKeyText(text))).toMatch(/private key; give the public half alone$/)
    }
    expect(problemOf(readJwk(secret))).toBe('contains the private half; give the public half alone')
  })

  it.each([
    [{ ...jwk, kty: 'EC' }, 'is not an RSA key'],
    [{ ...jwk, use: 'enc' }, 'is not for signatures (`use`)'],
    [{ ...jwk, key_ops: ['encrypt'] }, 'may not verify (`key_ops`)'],
    [{ ...jwk, key_ops: ['verify', 'verify'] }, 'may not verify (`key_ops`)'],
    [{ ...jwk, key_ops: 'verify' }, 'may not verify (`key_ops`)'],
    [{ ...jwk, key_ops: ['verify', 5] }, 'may not verify (`key_ops`)'],
    [{ ...jwk, alg: 7 }, 'has an `alg` that is not a string'],
    [{ ...jwk, kid: {} }, 'has a `kid` that is not a string'],
    [{ ...jwk, n: withZero }, `has an \`n\` ${zeroInFront}`],
    [{ ...jwk, e: 'AAEAAQ' }, `has an \`e\` ${zeroInFront}`],
    [{ ...jwk, n: 'AA' }, 'has an `n` that is 0'],
    [{ ...jwk, n: `${jwk.n}=` }, 'has an `n` that is not a number in canonical base64url'],
    [{ ...jwk, n: undefined }, 'has an `n` that is not a number in canonical base64url'],
    [{ ...jwk, e: '' }, 'has an `e` that is not a number in canonical base64url'],
    [{ ...jwk, e: 65_537 }, 'has an `e` that is not a number in canonical base64url'],
    [null, 'is not a JWK'],
    [[jwk], 'is not a JWK'],
  ])('refuses a JWK of the wrong make', (wrong, problem) => {
    expect(problemOf(readJwk(wrong))).toBe(problem)
  })

  it.each([
    ['', 'is neither PEM nor base64'],
    ['no key', 'is neither PEM nor base64'],
    ['AAAA', 'is not an RSA public key in DER'],
    [`${spki}${pkcs1}`, 'holds 2 PEM blocks; give one'],
    [spki.slice(0, 200), 'is an incomplete PEM block'],
    [spki.replaceAll('PUBLIC KEY', 'PARAMETERS'), 'is neither a certificate nor a public key'],
    [spki.replaceAll('PUBLIC KEY', 'CERTIFICATE'), 'is not an X.509 certificate in DER'],
    ['A'.repeat(65_537), 'is longer than 64 KiB'],
    [7, 'is neither a string nor bytes'],
  ])('refuses what is not a public key (%#)', (text, problem) => {
    expect(problemOf(readKeyText(text))).toBe(problem)
  })

  it('reads no DER that was changed by a byte at its head, or goes on after its end', () => {
    const der = pair.publicKey.export({ type: 'spki', format: 'der' })
    expect(isKeyFound(readKeyText(Uint8Array.from([...der, 0])))).toBe(false)
    for (let length = 0; length < der.length; length += 1)
      expect(isKeyFound(readKeyText(der.subarray(0, length))), String(length)).toBe(false)
    for (let at = 0; at < 33; at += 1) {
      const changed = Uint8Array.from(der)
      changed[at] = (changed[at] ?? 0) ^ 1
      const reading = readKeyText(changed)
      // Where ours takes it, node:crypto does, and to the same key.
      if (isKeyFound(reading)) {
        const key = createPublicKey({ key: Buffer.from(changed), format: 'der', type: 'spki' })
        expect(modulusOf(reading)).toBe(key.export({ format: 'jwk' }).n)
      }
    }
  })
})
