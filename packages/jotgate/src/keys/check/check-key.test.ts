import { execFileSync } from 'node:child_process'
import { createPublicKey } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { randomPrime } from '../../token/strength/primes.fixture.ts'
import { createKeyPair, type KeyPair } from '../create/create-key-pair.ts'
import { makePfx } from '../read/openssl.fixture.ts'
import { toPublicJwk } from '../read/public-jwk.ts'
import { readSigningKey } from '../read/read-signing-key.ts'
import { privateKeyOf } from '../strength/weak-keys.fixture.ts'
import { checkKey } from './check-key.ts'

let folder: string
let pair: KeyPair
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jotgate-'))
  pair = await createKeyPair({ bits: 3072, clock: () => Date.UTC(2026, 0, 1) })
})
afterAll(() => rm(folder, { recursive: true }))

const clock = () => Date.UTC(2026, 5, 1)
const ids = (findings: { id: string }[]) => findings.map(({ id }) => id)
const openssl = (...command: string[]) =>
  execFileSync('openssl', command, { cwd: folder, stdio: 'pipe' })

describe('checking a key', () => {
  it('finds nothing wrong with a pair of createKeyPair', async () => {
    const privateKey = { pem: pair.privateKeyPem }
    const certificate = { pem: pair.certificatePem }
    expect(await checkKey({ privateKey, certificate, clock })).toEqual([])
    expect(await checkKey({ privateKey })).toEqual([])
    expect(await checkKey({ certificate, clock })).toEqual([])
  })

  it('needs a key or a certificate', async () => {
    await expect(checkKey({})).rejects.toThrow(TypeError)
    await expect(checkKey({ privateKey: {} as never })).rejects.toThrow(TypeError)
  })

  it('advises more than 2048 bits, and says that Debian’s weak keys were not checked', async () => {
    const { privateKeyPem } = await createKeyPair({ bits: 2048 })
    const findings = await checkKey({ privateKey: { pem: privateKeyPem } })
    expect(findings).toMatchObject([
      { id: 'key-below-3072-bits', effect: 'advice' },
      { id: 'key-debian-not-checked', effect: 'unknown' },
    ])
  })

  it('reports a certificate of another key', async () => {
    const other = await createKeyPair({ bits: 3072, clock: () => Date.UTC(2026, 0, 1) })
    const findings = await checkKey({
      privateKey: { pem: pair.privateKeyPem },
      certificate: { pem: other.certificatePem },
      clock,
    })
    expect(findings).toMatchObject([{ id: 'certificate-of-other-key', effect: 'refused' }])
  })

  it('checks the certificate’s dates, to the second', async () => {
    const certificate = { pem: pair.certificatePem }
    const [from, to] = [Date.UTC(2026, 0, 1), Date.UTC(2030, 11, 31)]
    const day = 86_400_000
    const at = async (now: number) => ids(await checkKey({ certificate, clock: () => now }))
    expect(await at(from - 1)).toEqual(['certificate-not-yet-valid'])
    expect(await at(from)).toEqual([])
    expect(await at(to - 30 * day)).toEqual([])
    expect(await at(to - 30 * day + 1)).toEqual(['certificate-expires-soon'])
    expect(await at(to)).toEqual(['certificate-expires-soon'])
    expect(await at(to + 1)).toEqual(['certificate-expired'])
  })

  it('reports a certificate that is signed with SHA-1, as those of qs-jwt are', async () => {
    const certificate = join(folder, 'sha1.cer')
    const base = ['req', '-x509', '-sha1', '-newkey', 'rsa:3072', '-nodes', '-days', '400']
    for (const [name, detail] of [
      ['x', 'Its signature proves nothing about who made it'],
      [
        'qs-jwt',
        'Its signature proves nothing about who made it. This is what qs-jwt makes: SHA-1',
      ],
    ]) {
      openssl(...base, '-keyout', 'sha1.pem', '-subj', `/CN=${name}`, '-out', certificate)
      const findings = await checkKey({ certificate: { file: certificate } })
      const expected = { id: 'certificate-weak-signature', effect: 'advice', detail }
      expect(findings).toMatchObject([expected])
    }
  })

  it('reports a certificate that cannot be read, and still checks the key', async () => {
    const { privateKeyPem } = await createKeyPair({ bits: 2048 })
    const findings = await checkKey({
      privateKey: { pem: privateKeyPem },
      certificate: { file: join(folder, 'missing.cer') },
    })
    expect(ids(findings)).toEqual([
      'key-not-found',
      'key-below-3072-bits',
      'key-debian-not-checked',
    ])
  })

  it('finds a prime that is shared with another key in use', async () => {
    const prime = randomPrime(1536)
    const [mine, theirs] = [
      privateKeyOf(prime, randomPrime(1536)),
      privateKeyOf(prime, randomPrime(1536)),
    ]
    const pem = mine.export({ type: 'pkcs8', format: 'pem' }).toString()
    const nothing = { kid: 'nothing', n: '' }
    const others = [nothing, pair.publicJwk, toPublicJwk(theirs, { kid: 'theirs' })]
    const findings = await checkKey({ privateKey: { pem }, others })
    expect(findings).toMatchObject([{ id: 'key-shares-prime', effect: 'refused' }])
    expect(findings[0]?.detail).toContain('theirs')
  })
})

describe('a publicly known key', () => {
  // The public half of RFC 7515 appendix A.2; its private half is published in the same place.
  const n =
    'ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ'

  it('is reported with the place where it is published', async () => {
    openssl('genrsa', '-out', 'signer.pem', '2048')
    await writeFile(join(folder, 'rfc.pub'), toPem(n))
    const base = ['x509', '-new', '-force_pubkey', 'rfc.pub', '-key', 'signer.pem', '-days', '400']
    openssl(...base, '-subj', '/CN=x', '-out', 'rfc.cer')
    const findings = await checkKey({ certificate: { file: join(folder, 'rfc.cer') } })
    expect(findings[0]).toMatchObject({ id: 'key-known', effect: 'refused' })
    expect(findings[0]?.detail).toContain('RFC 7515 appendix A.2')
  })
})

describe('the key of Qlik’s own certificate', () => {
  let files: { key: string; certificate: string; both: string; pfx: string }
  beforeAll(async () => {
    // As a client-managed site makes them, and its console exports them.
    openssl(
      'req',
      '-x509',
      '-newkey',
      'rsa:3072',
      '-nodes',
      '-keyout',
      'ca.key',
      '-out',
      'root.pem',
      '-subj',
      '/CN=sense-CA',
      '-days',
      '400',
    )
    openssl(
      'req',
      '-newkey',
      'rsa:3072',
      '-nodes',
      '-keyout',
      'client_key.pem',
      '-out',
      'client.csr',
      '-subj',
      '/CN=QlikClient',
    )
    openssl(
      'x509',
      '-req',
      '-in',
      'client.csr',
      '-CA',
      'root.pem',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-days',
      '400',
      '-out',
      'client.pem',
    )
    const [privateKeyPem, certificatePem] = (await Promise.all(
      ['client_key.pem', 'client.pem'].map((name) => readFile(join(folder, name), 'utf8')),
    )) as [string, string]
    const pfx = join(folder, 'client.pfx')
    await writeFile(pfx, makePfx({ privateKeyPem, certificatePem }, folder, 'word', []), {
      mode: 0o600,
    })
    const both = join(folder, 'both.pem')
    await writeFile(both, privateKeyPem + certificatePem, { mode: 0o600 })
    files = {
      key: join(folder, 'client_key.pem'),
      certificate: join(folder, 'client.pem'),
      both,
      pfx,
    }
  })

  it('is refused in production, and advice otherwise', async () => {
    const privateKey = { file: files.key }
    const certificate = { file: files.certificate }
    expect(await checkKey({ privateKey, certificate })).toMatchObject([
      { id: 'key-qlik-own', effect: 'refused' },
    ])
    expect(await checkKey({ privateKey, certificate, production: false })).toMatchObject([
      { id: 'key-qlik-own', effect: 'advice' },
    ])
    expect(ids(await checkKey({ privateKey: { file: files.pfx, passphrase: 'word' } }))).toEqual([
      'key-qlik-own',
    ])
  })

  it('is refused as a signing key with its certificate in the same file, unless allowed', async () => {
    for (const options of [{ file: files.both }, { file: files.pfx, passphrase: 'word' }]) {
      await expect(readSigningKey(options)).rejects.toMatchObject({
        code: 'ERR_KEY_QLIK_OWN',
        details: { role: 'client' },
      })
      const key = await readSigningKey({ ...options, insecureQlikCertificate: true })
      expect(key.alg).toBe('RS256')
    }
  })

  it('is not recognised by the certificate of another key in the same file', async () => {
    const file = join(folder, 'chain.pem')
    const text = pair.privateKeyPem + (await readFile(files.certificate, 'utf8'))
    await writeFile(file, text, { mode: 0o600 })
    expect((await readSigningKey({ file })).kid).toBe(pair.kid)
    expect(await checkKey({ privateKey: { file } })).toEqual([])
  })
})

function toPem(n: string): string {
  const key = createPublicKey({ key: { kty: 'RSA', n, e: 'AQAB' }, format: 'jwk' })
  return key.export({ type: 'spki', format: 'pem' }).toString()
}
