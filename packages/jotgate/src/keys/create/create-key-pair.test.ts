import { execFileSync } from 'node:child_process'
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { poolJobsOf } from '../read/pool-jobs.fixture.ts'
import { thumbprint } from '../strength/thumbprint.ts'
import { createKeyPair, type KeyPair } from './create-key-pair.ts'

const openssl = (command: string[], input: string) =>
  execFileSync('openssl', command, { input, encoding: 'utf8', stdio: 'pipe' })

describe('a new key pair', () => {
  let pair: KeyPair
  beforeAll(async () => {
    pair = await createKeyPair({ bits: 2048, clock: () => Date.UTC(2026, 0, 1, 12, 0, 0, 999) })
  })

  it('has a certificate that openssl reads: v3, SHA-256, 1825 days, for signatures, not a CA', () => {
    const text = openssl(['x509', '-noout', '-text'], pair.certificatePem)
    expect(text).toContain('Version: 3 (0x2)')
    expect(text.match(/Signature Algorithm: sha256WithRSAEncryption/g)).toHaveLength(2)
    expect(text).toContain('Not Before: Jan  1 12:00:00 2026 GMT')
    expect(text).toContain('Not After : Dec 31 12:00:00 2030 GMT')
    expect(text).toContain('Issuer: CN = jotgate')
    expect(text).toContain('Subject: CN = jotgate')
    expect(text).toMatch(/Basic Constraints: critical\s+CA:FALSE/)
    expect(text).toMatch(/Key Usage: critical\s+Digital Signature\n/)
  })

  it('has a self-signed certificate', () => {
    const certificate = new X509Certificate(pair.certificatePem)
    expect(certificate.verify(createPublicKey(pair.publicKeyPem))).toBe(true)
    expect(certificate.checkPrivateKey(createPrivateKey(pair.privateKeyPem))).toBe(true)
  })

  it('has a private key in PKCS#8 that openssl finds consistent, with exponent 65537', () => {
    expect(pair.privateKeyPem).toMatch(/^-----BEGIN PRIVATE KEY-----\n/)
    expect(openssl(['rsa', '-check', '-noout'], pair.privateKeyPem)).toContain('RSA key ok')
    const details = createPrivateKey(pair.privateKeyPem).asymmetricKeyDetails
    expect(details).toMatchObject({ modulusLength: 2048, publicExponent: 65537n })
  })

  it('has the same certificate in one line too', () => {
    expect(pair.certificateLine).toMatch(
      /^-----BEGIN CERTIFICATE-----[A-Za-z0-9+/]+={0,2}-----END CERTIFICATE-----$/,
    )
    expect(pair.certificateLine).toBe(pair.certificatePem.replaceAll('\n', ''))
  })

  it('has its thumbprint as key ID, and no private member in its JWK', () => {
    expect(pair.kid).toBe(thumbprint(pair.publicJwk))
    expect(pair.publicJwk.kid).toBe(pair.kid)
    expect(Object.keys(pair.publicJwk).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use'])
  })

  it('takes a key ID, a name and days, and gets a unique serial number', async () => {
    const options = {
      bits: 2048,
      kid: 'acme-1',
      commonName: '#Acme, "Ltd" +=Ł',
      days: 7300,
    } as const
    // Past 2049 a certificate writes its times in another form (RFC 5280 section 4.1.2.5).
    const clock = () => Date.UTC(2045, 0, 1)
    const [one, two] = await Promise.all([
      createKeyPair({ ...options, clock }),
      createKeyPair({ ...options, clock }),
    ])
    expect(one.kid).toBe('acme-1')
    expect(one.publicJwk.kid).toBe('acme-1')
    const serials = [one, two].map((made) => new X509Certificate(made.certificatePem).serialNumber)
    for (const serial of serials) expect(serial).toMatch(/^[4-7][0-9A-F]{31}$/)
    expect(serials[0]).not.toBe(serials[1])
    const command = ['x509', '-noout', '-subject', '-enddate', '-nameopt', 'utf8,sep_multiline']
    const text = openssl(command, one.certificatePem)
    expect(text).toContain('CN=#Acme, "Ltd" +=Ł\n')
    expect(text).toContain('notAfter=Dec 27 00:00:00 2064 GMT')
  })

  it('has 3072 bits unless another size is chosen', async () => {
    const { privateKeyPem } = await createKeyPair()
    expect(createPrivateKey(privateKeyPem).asymmetricKeyDetails?.modulusLength).toBe(3072)
  })

  it('is made on the thread pool, never on the event loop', async () => {
    const jobs = await poolJobsOf('KEYPAIRGENREQUEST', () => createKeyPair({ bits: 2048 }))
    expect(jobs).toBe(1)
  })

  it.each([
    [{ bits: 1024 }, 'bits'],
    [{ days: 0 }, 'days'],
    [{ days: 7301 }, 'days'],
    [{ days: 1.5 }, 'days'],
    [{ commonName: '' }, 'commonName'],
    [{ commonName: 'a'.repeat(65) }, 'commonName'],
    [{ commonName: 'a\n' }, 'commonName'],
  ])('is refused with the options %j', async (options, option) => {
    await expect(createKeyPair(options as { days: number })).rejects.toMatchObject({
      code: 'ERR_KEY_OPTION',
      details: { option },
    })
  })
})
