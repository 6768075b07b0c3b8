// Certificates, public keys and PFX files with changed bytes: every outcome is a key or an error of the catalogue, never
// an error of Node. JOTGATE_TEST_SEED repeats a run.
import { createPublicKey, randomInt, X509Certificate } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { isJotgateError } from '../../errors/index.ts'
import { checkKey } from '../check/check-key.ts'
import { createKeyPair, type KeyPair } from '../create/create-key-pair.ts'
import { parseCertificate, readCertificate } from './certificate.ts'
import { makePfx } from './openssl.fixture.ts'
import { readSigningKey } from './read-signing-key.ts'
import { readVerificationKey } from './read-verification-key.ts'

const seed = Number(process.env.JOTGATE_TEST_SEED ?? randomInt(2 ** 31))
if (process.env.JOTGATE_TEST_SEED === undefined) console.info(`JOTGATE_TEST_SEED=${seed}`)
const numRuns = 60 * Number(process.env.JOTGATE_TEST_SCALE ?? 1)

let folder: string
let pair: KeyPair
let certificate: Buffer
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jotgate-'))
  pair = await createKeyPair({ bits: 2048 })
  certificate = new X509Certificate(pair.certificatePem).raw
})
afterAll(() => rm(folder, { recursive: true }))

const codeOf = (error: unknown) => (isJotgateError(error) ? error.code : error)

/** The object identifier rsaEncryption, with another last byte: an algorithm that nobody knows. */
function withUnknownAlgorithm(): Buffer {
  const changed = Buffer.from(certificate)
  changed[changed.indexOf('2a864886f70d010101', 'hex') + 8] = 0x7f
  return changed
}

it('a certificate whose key has an unknown algorithm is refused wherever it is read', async () => {
  const bytes = withUnknownAlgorithm()
  const form = { code: 'ERR_KEY_FORM', message: expect.stringMatching(/unknown algorithm/) }
  await expect(readCertificate({ bytes })).rejects.toMatchObject(form)
  await expect(readVerificationKey({ bytes })).rejects.toMatchObject(form)
  const privateKey = { pem: pair.privateKeyPem }
  const findings = await checkKey({ privateKey, certificate: { bytes } })
  expect(findings.map(({ id }) => id)).toContain('key-form')
  // In the file of a private key it is not needed.
  const base64 = bytes.toString('base64')
  const pem = `${pair.privateKeyPem}-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`
  expect((await readSigningKey({ pem })).kid).toBe(pair.kid)
  expect((await checkKey({ privateKey: { pem } })).filter(({ blocks }) => blocks)).toEqual([])
})

it('a certificate with any byte changed is read with key and dates, or refused', () => {
  const outcomes = new Set<unknown>()
  for (let at = 0; at < certificate.length; at += 1)
    for (const value of [0, 0x7f, 0x80, 0xff, (certificate[at] ?? 0) ^ 1]) {
      const bytes = Buffer.from(certificate)
      bytes[at] = value
      try {
        const { publicKey, validFromDate, validToDate } = parseCertificate({ bytes, source: 'x' })
        outcomes.add(publicKey.type)
        validFromDate.toISOString()
        validToDate.toISOString()
      } catch (error) {
        outcomes.add(codeOf(error))
      }
    }
  expect([...outcomes].sort()).toEqual(['ERR_KEY_FORM', 'public'])
})

it('no changed bytes end in an error of Node', async () => {
  const spki = createPublicKey(pair.publicKeyPem).export({ type: 'spki', format: 'der' })
  const pfx = makePfx(pair, folder, 'word', ['-iter', '1', '-maciter'])
  const forms = [certificate, spki, pfx]
  const changes = fc.record({
    form: fc.nat(forms.length - 1),
    place: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    value: fc.nat(255),
  })
  const property = fc.asyncProperty(changes, async ({ form, place, value }) => {
    const bytes = Buffer.from(forms[form] ?? [])
    bytes[Math.floor(place * bytes.length)] = value
    const actions: Promise<unknown>[] = [
      checkKey({ privateKey: { bytes, passphrase: 'word' } }),
      checkKey({ certificate: { bytes } }),
      readCertificate({ bytes }),
      readVerificationKey({ bytes }),
      readSigningKey({ bytes, passphrase: 'word' }),
    ]
    for (const { reason } of (await Promise.allSettled(actions)) as { reason?: unknown }[])
      if (reason !== undefined) expect(codeOf(reason)).toMatch(/^ERR_KEY_/)
  })
  await fc.assert(property, { seed, numRuns })
})
