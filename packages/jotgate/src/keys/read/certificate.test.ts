import { execFileSync } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isJotgateError } from '../../errors/index.ts'
import { createKeyPair, type KeyPair } from '../create/create-key-pair.ts'
import { readCertificate, toCertificateLine } from './certificate.ts'
import { readVerificationKey } from './read-verification-key.ts'

let pair: KeyPair
let folder: string
beforeAll(async () => {
  pair = await createKeyPair({ bits: 2048, clock: () => Date.UTC(2026, 0, 1) })
  folder = await mkdtemp(join(tmpdir(), 'jotgate-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('the certificate line', () => {
  it('is the same however the lines were broken', () => {
    const { certificatePem, certificateLine } = pair
    const forms = [
      certificatePem,
      certificatePem.replaceAll('\n', '\r\n'),
      certificatePem.replaceAll('\n', ' \n'),
      `subject=jotgate\n${certificatePem}\n\n`,
      certificateLine,
    ]
    for (const form of forms) expect(toCertificateLine(form)).toBe(certificateLine)
  })

  it.each([
    [
      'a private key beside it',
      () => pair.certificatePem + pair.privateKeyPem,
      'ERR_KEY_WRONG_HALF',
    ],
    ['a private key', () => pair.privateKeyPem, 'ERR_KEY_WRONG_HALF'],
    ['a public key', () => pair.publicKeyPem, 'ERR_KEY_NO_CERTIFICATE'],
    ['two certificates', () => pair.certificatePem + pair.certificatePem, 'ERR_KEY_FORM'],
    ['a truncated certificate', () => pair.certificatePem.slice(0, 300), 'ERR_KEY_FORM'],
    ['a damaged certificate', () => pair.certificatePem.replace('MII', 'AAA'), 'ERR_KEY_FORM'],
    ['no text', () => ' \n', 'ERR_KEY_FORM'],
  ])('is refused for %s', (_, text, code) => {
    expect(() => toCertificateLine(text())).toThrow(expect.objectContaining({ code }))
  })
})

describe('reading the certificate', () => {
  it('gives it with and without line breaks, with its public key and dates, whatever the file’s mode', async () => {
    const file = join(folder, 'qlik.cer')
    await writeFile(file, pair.certificatePem.replaceAll('\n', '\r\n'))
    await chmod(file, 0o644)
    expect(await readCertificate({ file, kid: 'acme-1' })).toEqual({
      certificatePem: pair.certificatePem,
      certificateLine: pair.certificateLine,
      publicJwk: { ...pair.publicJwk, kid: 'acme-1' },
      notBefore: new Date('2026-01-01T00:00:00Z'),
      notAfter: new Date('2030-12-31T00:00:00Z'),
    })
    expect((await readCertificate({ file })).publicJwk.kid).toBe(pair.kid)
  })

  it('names the file if it does not exist or holds a private key', async () => {
    const missing = join(folder, 'missing.cer')
    await expect(readCertificate({ file: missing })).rejects.toMatchObject({
      code: 'ERR_KEY_NOT_FOUND',
      details: { file: missing },
    })
    const secret = join(folder, 'secret.cer')
    await writeFile(secret, pair.privateKeyPem)
    await expect(readCertificate({ file: secret })).rejects.toMatchObject({
      code: 'ERR_KEY_WRONG_HALF',
      details: { source: secret, given: 'private key', needed: 'certificate alone' },
    })
  })
})

describe('the public half in another form', () => {
  beforeAll(async () => {
    await writeFile(join(folder, 'PRIVATE.pem'), pair.privateKeyPem, { mode: 0o600 })
    await writeFile(join(folder, 'public.pem'), pair.publicKeyPem)
    await writeFile(join(folder, 'cer.pem'), pair.certificatePem)
    run('openssl req -new -key PRIVATE.pem -subj /CN=acme -out request.pem')
    run('openssl req -new -key PRIVATE.pem -subj /CN=acme -outform DER -out request.der')
    run('openssl pkey -in PRIVATE.pem -pubout -outform DER -out public.der')
    run('openssl crl2pkcs7 -nocrl -certfile cer.pem -out chain.p7b')
    run('openssl crl2pkcs7 -nocrl -certfile cer.pem -outform DER -out chain.der.p7b')
  })
  const run = (command: string) =>
    execFileSync('sh', ['-c', command], { cwd: folder, stdio: 'pipe' })

  it.each([
    ['public.pem', 'a public key'],
    ['public.der', 'a public key'],
    ['request.pem', 'a certificate request'],
    ['request.der', 'a certificate request'],
    ['chain.p7b', 'certificates in a PKCS#7 file'],
    ['chain.der.p7b', 'certificates in a PKCS#7 file'],
  ])('%s is refused as %s, with the command that makes a certificate', async (name, given) => {
    const error: unknown = await readCertificate({ file: join(folder, name) }).catch((e) => e)
    expect(error).toMatchObject({ code: 'ERR_KEY_NO_CERTIFICATE', details: { given } })
    if (!isJotgateError(error, 'ERR_KEY_NO_CERTIFICATE')) return
    const command = String(error.details.command)
    await rm(join(folder, 'qlik.cer'), { force: true })
    run(command.replace('FILE', name))
    const { publicJwk } = await readCertificate({ file: join(folder, 'qlik.cer') })
    expect(publicJwk.n).toBe(pair.publicJwk.n)
  })

  it('is ignored beside the certificate, but a private key is not', async () => {
    const both = { pem: pair.publicKeyPem + pair.certificatePem }
    expect((await readCertificate(both)).certificateLine).toBe(pair.certificateLine)
    expect((await readVerificationKey(both)).n).toBe(pair.publicJwk.n)
    const secret = { pem: pair.privateKeyPem + both.pem }
    for (const read of [readCertificate, readVerificationKey])
      await expect(read(secret)).rejects.toThrow(/private key|PEM blocks/)
  })
})
