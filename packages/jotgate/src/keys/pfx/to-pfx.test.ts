// What toPfx makes is read by programs that we did not write.
import { execFileSync, spawnSync } from 'node:child_process'
import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createKeyPair, type KeyPair } from '../create/create-key-pair.ts'
import { makeRequest } from '../read/openssl.fixture.ts'
import { readSigningKey } from '../read/read-signing-key.ts'
import { type PfxOptions, toPfx } from './to-pfx.ts'
import { writePfx } from './write-pfx.ts'

/** Every character that a passphrase may have. */
const word = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('')

let folder: string
let pair: KeyPair
let other: KeyPair
let pfx: Buffer
const at = (name: string) => join(folder, name)
const optionsFor = (change: Partial<PfxOptions> = {}): PfxOptions => ({
  privateKey: { pem: pair.privateKeyPem },
  certificate: { pem: pair.certificatePem },
  passphrase: word,
  ...change,
})

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jotgate-pfx-'))
  ;[pair, other] = await Promise.all([
    createKeyPair({ bits: 2048, commonName: 'acme, Zürich' }),
    createKeyPair({ bits: 2048 }),
  ])
  pfx = await toPfx(optionsFor())
  await writeFile(at('made.pfx'), pfx)
})
afterAll(() => rm(folder, { recursive: true }))

function openssl(...args: string[]) {
  const command = ['pkcs12', '-in', at('made.pfx'), '-passin', 'env:WORD', ...args]
  const env = { ...process.env, WORD: word }
  const { stdout, stderr, status } = spawnSync('openssl', command, { env, encoding: 'utf8' })
  return { stdout, stderr, status }
}

describe('a PFX file by jotgate', () => {
  it('has a MAC and encryption that OpenSSL knows', () => {
    const { stderr, status } = openssl('-info', '-noout')
    expect(status).toBe(0)
    const lines = stderr.split('\n').map((line) => line.trim())
    expect(lines).toContain('MAC: sha256, Iteration 300000')
    const cipher = 'PBES2, PBKDF2, AES-256-CBC, Iteration 300000, PRF hmacWithSHA256'
    expect(lines).toContain(`PKCS7 Encrypted data: ${cipher}`)
    expect(lines).toContain(`Shrouded Keybag: ${cipher}`)
  })

  it('holds the same key and certificate for OpenSSL, with one name and number', () => {
    const key = openssl('-nocerts', '-nodes').stdout
    const certificate = openssl('-nokeys').stdout
    const made = createPrivateKey(pair.privateKeyPem)
    expect(createPrivateKey(key).equals(made)).toBe(true)
    const given = new X509Certificate(pair.certificatePem)
    expect(new X509Certificate(certificate).raw.equals(given.raw)).toBe(true)
    const number = (text: string) => /localKeyID: ([0-9A-F ]+)/.exec(text)?.[1]?.trim()
    expect(number(key)).toBe(given.fingerprint256.replaceAll(':', ' '))
    expect(number(certificate)).toBe(number(key))
    expect(key).toMatch(/friendlyName: acme, Z/)
  })

  const keytool = spawnSync('keytool', ['-help']).error === undefined
  it.skipIf(!keytool)(
    'is a key store for Java with the key under its name (skipped where there is no keytool)',
    () => {
      const java = (...args: string[]) =>
        execFileSync('keytool', [...args, '-keystore', at('made.pfx'), '-storepass:env', 'WORD'], {
          env: { ...process.env, WORD: word, LC_ALL: 'C.UTF-8' },
          encoding: 'utf8',
          stdio: 'pipe',
        })
      expect(java('-list')).toMatch(/^acme, z.+PrivateKeyEntry/m)
      // A request is signed with the key, so Java has decrypted it.
      expect(java('-certreq', '-alias', 'acme, zürich')).toContain('BEGIN NEW CERTIFICATE REQUEST')
    },
  )

  it('can be read again as a signing key', async () => {
    const key = await readSigningKey({ bytes: pfx, passphrase: word, kid: 'acme-1' })
    expect({ kid: key.kid, n: key.publicJwk.n }).toEqual({ kid: 'acme-1', n: pair.publicJwk.n })
  })

  it('does not open with another passphrase, or when a byte of it was changed', async () => {
    const wrong = word.slice(0, -1)
    await expect(readSigningKey({ bytes: pfx, passphrase: wrong })).rejects.toMatchObject({
      code: 'ERR_KEY_PASSPHRASE',
    })
    await expect(readSigningKey({ bytes: pfx })).rejects.toMatchObject({
      code: 'ERR_KEY_ENCRYPTED',
    })
    for (const place of [200, 900, 1_600, pfx.length - 40]) {
      const changed = Buffer.from(pfx)
      changed.writeUInt8(changed.readUInt8(place) ^ 1, place)
      const reading = readSigningKey({ bytes: changed, passphrase: word })
      await expect(reading, `byte ${place}`).rejects.toMatchObject({
        code: expect.stringMatching(/^ERR_KEY_/),
      })
    }
  })

  it('shows no part of the key and not its subject', () => {
    const { d, p, q } = createPrivateKey(pair.privateKeyPem).export({ format: 'jwk' })
    const numbers = [d, p, q].map((number) => Buffer.from(number ?? '', 'base64url'))
    const runs = numbers.flatMap((number) => [number.subarray(0, 8), number.subarray(-8)])
    expect(runs.filter((run) => run.length === 8 && pfx.includes(run))).toEqual([])
    expect(pfx.includes('Zürich')).toBe(false)
  })

  it('accepts an encrypted key with its own passphrase, and a given name', async () => {
    const sealed = { cipher: 'aes-256-cbc', passphrase: 'of the file' } as const
    const pem = createPrivateKey(pair.privateKeyPem)
      .export({ type: 'pkcs8', format: 'pem', ...sealed })
      .toString()
    const made = await toPfx(
      optionsFor({ privateKey: { pem, passphrase: 'of the file' }, friendlyName: 'Qlik 1' }),
    )
    expect((await readSigningKey({ bytes: made, passphrase: word })).kid).toBe(pair.kid)
    await writeFile(at('named.pfx'), made)
    const args = ['pkcs12', '-in', at('named.pfx'), '-nokeys', '-passin', 'env:WORD']
    const told = execFileSync('openssl', args, { env: { ...process.env, WORD: word } })
    expect(told.toString()).toContain('friendlyName: Qlik 1\n')
  })
})

describe('what is refused', () => {
  it.each<[string, Partial<PfxOptions>, string]>([
    ['a short passphrase', { passphrase: 'elevenchars' }, 'ERR_KEY_PFX_PASSPHRASE'],
    ['no passphrase', { passphrase: '' }, 'ERR_KEY_PFX_PASSPHRASE'],
    ['a passphrase without end', { passphrase: 'x'.repeat(257) }, 'ERR_KEY_PFX_PASSPHRASE'],
    ['letters beyond ASCII', { passphrase: 'Schlüssel für Qlik' }, 'ERR_KEY_PFX_PASSPHRASE'],
    ['a line break', { passphrase: 'correct horse battery\n' }, 'ERR_KEY_PFX_PASSPHRASE'],
    ['an empty name', { friendlyName: '' }, 'ERR_KEY_OPTION'],
    ['a long name', { friendlyName: 'x'.repeat(65) }, 'ERR_KEY_OPTION'],
    ['a name with an emoji', { friendlyName: 'key \u{1f511}' }, 'ERR_KEY_OPTION'],
    ['a name with a line break', { friendlyName: 'a\nb' }, 'ERR_KEY_OPTION'],
  ])('%s', async (_name, change, code) => {
    const error: unknown = await toPfx(optionsFor(change)).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code })
    const { passphrase } = change
    if (passphrase) expect(String(error)).not.toContain(passphrase.trim())
  })

  it('a certificate of another key', async () => {
    const certificate = { pem: other.certificatePem }
    await expect(toPfx(optionsFor({ certificate }))).rejects.toMatchObject({
      code: 'ERR_KEY_PAIR',
      details: { certificate: 'The option pem', source: 'The option pem' },
    })
  })

  it('what is not a certificate, and what is not a private key', async () => {
    const wrong = [
      optionsFor({ certificate: { pem: pair.privateKeyPem } }),
      optionsFor({ privateKey: { pem: pair.certificatePem } }),
      optionsFor({ privateKey: { pem: pair.publicKeyPem } }),
    ]
    for (const options of wrong)
      await expect(toPfx(options)).rejects.toMatchObject({ code: 'ERR_KEY_WRONG_HALF' })
    for (const pem of [pair.publicKeyPem, makeRequest(pair.privateKeyPem, folder)])
      await expect(toPfx(optionsFor({ certificate: { pem } }))).rejects.toMatchObject({
        code: 'ERR_KEY_NO_CERTIFICATE',
      })
  })

  it('a weak key, and an encrypted one without its passphrase', async () => {
    const pemOf = (bits: number, cipher = {}) =>
      generateKeyPairSync('rsa', { modulusLength: bits })
        .privateKey.export({ type: 'pkcs8', format: 'pem', ...cipher })
        .toString()
    await expect(toPfx(optionsFor({ privateKey: { pem: pemOf(1024) } }))).rejects.toMatchObject({
      code: 'ERR_KEY_SIZE',
    })
    const pem = pemOf(2048, { cipher: 'aes-256-cbc', passphrase: 'something else' })
    await expect(toPfx(optionsFor({ privateKey: { pem } }))).rejects.toMatchObject({
      code: 'ERR_KEY_ENCRYPTED',
    })
    const privateKey = { pem, passphrase: 'wrong' }
    await expect(toPfx(optionsFor({ privateKey }))).rejects.toMatchObject({
      code: 'ERR_KEY_PASSPHRASE',
    })
  })
})

describe('writing a PFX file', () => {
  const own = () => mkdtemp(join(folder, 'own-'))

  it('writes one file with mode 0600', async () => {
    const inner = await own()
    await writePfx({ ...optionsFor(), file: join(inner, 'qlik.pfx') })
    expect(await readdir(inner)).toEqual(['qlik.pfx'])
    expect(((await stat(join(inner, 'qlik.pfx'))).mode & 0o777).toString(8)).toBe('600')
    const key = await readSigningKey({ file: join(inner, 'qlik.pfx'), passphrase: word })
    expect(key.kid).toBe(pair.kid)
  })

  it('does not change what exists, a dangling link too', async () => {
    const inner = await own()
    await writeFile(join(inner, 'there.pfx'), 'precious')
    await symlink(join(inner, 'nowhere'), join(inner, 'link.pfx'))
    for (const name of ['there.pfx', 'link.pfx'])
      await expect(writePfx({ ...optionsFor(), file: join(inner, name) })).rejects.toMatchObject({
        code: 'ERR_KEY_EXISTS',
      })
    expect((await readdir(inner)).sort()).toEqual(['link.pfx', 'there.pfx'])
    expect(await readFile(join(inner, 'there.pfx'), 'utf8')).toBe('precious')
  })

  it('lets exactly one of several concurrent writers succeed', async () => {
    const inner = await own()
    const file = join(inner, 'qlik.pfx')
    const writers = Array.from({ length: 3 }, () => writePfx({ ...optionsFor(), file }))
    const results = await Promise.allSettled(writers)
    const lost = results.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []))
    expect(lost).toEqual(['ERR_KEY_EXISTS', 'ERR_KEY_EXISTS'])
    expect(await readdir(inner)).toEqual(['qlik.pfx'])
    expect((await readSigningKey({ file, passphrase: word })).kid).toBe(pair.kid)
  })

  it('reports a missing folder, and does not create it', async () => {
    const inner = await own()
    const none = join(inner, 'none')
    const writing = writePfx({ ...optionsFor(), file: join(none, 'qlik.pfx') })
    await expect(writing).rejects.toMatchObject({
      code: 'ERR_KEY_WRITE',
      details: { folder: none, reason: 'ENOENT' },
    })
    expect(await readdir(inner)).toEqual([])
  })
})
