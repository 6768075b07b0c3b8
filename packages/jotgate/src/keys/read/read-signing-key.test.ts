import { execFileSync } from 'node:child_process'
import { createPrivateKey, generateKeyPairSync, verify } from 'node:crypto'
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isJotgateError } from '../../errors/index.ts'
import { createKeyPair, type KeyPair } from '../create/create-key-pair.ts'
import { withOtherModulus } from '../strength/weak-keys.fixture.ts'
import { poolJobsOf } from './pool-jobs.fixture.ts'
import { readSigningKey } from './read-signing-key.ts'

let pair: KeyPair
let folder: string
beforeAll(async () => {
  pair = await createKeyPair({ bits: 2048 })
  folder = await mkdtemp(join(tmpdir(), 'jotgate-'))
})
afterAll(() => rm(folder, { recursive: true }))

let count = 0
async function fileWith(content: string | Uint8Array, mode = 0o600): Promise<string> {
  count += 1
  const file = join(folder, `${count}.pem`)
  await writeFile(file, content, { mode })
  await chmod(file, mode)
  return file
}

const toPkcs1 = (pem: string) =>
  createPrivateKey(pem).export({ type: 'pkcs1', format: 'pem' }).toString()

/** The error of a file, after a look that no line of a key is in anything that it shows. */
async function refusalOf(content: string | Uint8Array, mode?: number) {
  const file = await fileWith(content, mode)
  const error: unknown = await readSigningKey({ file }).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!isJotgateError(error)) throw new Error('the file was not refused', { cause: error })
  expect(error.message).toContain(file)
  const told = inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error)
  const lines = Buffer.from(content).toString().split(/\r?\n/)
  const secrets = lines.filter((line) => /^[A-Za-z0-9+/=]{20,}$/.test(line))
  for (const secret of secrets) expect(told).not.toContain(secret.slice(0, 16))
  return error
}

describe('reading a signing key', () => {
  it('accepts PKCS#8 and PKCS#1, with comments, CRLF or a certificate', async () => {
    const bytes = Buffer.from('header.payload')
    const forms = [
      pair.privateKeyPem,
      toPkcs1(pair.privateKeyPem),
      pair.privateKeyPem.replaceAll('\n', '\r\n'),
      `Bag Attributes\n${pair.privateKeyPem}${pair.certificatePem}`,
    ]
    for (const form of forms) {
      const key = await readSigningKey({ file: await fileWith(form) })
      expect(key).toMatchObject({ alg: 'RS256', kid: pair.kid, publicJwk: pair.publicJwk })
      const signature = await key.sign(bytes)
      expect(verify('sha256', bytes, pair.publicKeyPem, signature)).toBe(true)
    }
  })

  it('uses the given key ID and algorithm, and signs with that hash', async () => {
    const file = await fileWith(pair.privateKeyPem, 0o400)
    const key = await readSigningKey({ file, kid: 'acme-1', alg: 'RS384' })
    expect(key).toMatchObject({
      alg: 'RS384',
      kid: 'acme-1',
      publicJwk: { alg: 'RS384', kid: 'acme-1' },
    })
    const signature = await key.sign(Buffer.from('a'))
    expect(verify('sha384', Buffer.from('a'), pair.publicKeyPem, signature)).toBe(true)
    await expect(readSigningKey({ file, alg: 'HS256' as 'RS256' })).rejects.toMatchObject({
      code: 'ERR_KEY_OPTION',
    })
    await expect(readSigningKey({ file, kid: '' })).rejects.toMatchObject({ code: 'ERR_TOKEN_KEY' })
  })

  it('shows no private number, however it is printed', async () => {
    const key = await readSigningKey({ file: await fileWith(pair.privateKeyPem) })
    const told = inspect(key, { depth: 9, showHidden: true }) + JSON.stringify(key)
    const { d, p, q } = createPrivateKey(pair.privateKeyPem).export({ format: 'jwk' })
    for (const secret of [d, p, q]) expect(told).not.toContain(String(secret).slice(0, 16))
    expect(told).not.toContain('PrivateKeyObject')
  })

  it('signs on the thread pool, never on the event loop', async () => {
    const key = await readSigningKey({ file: await fileWith(pair.privateKeyPem) })
    const jobs = await poolJobsOf('SIGNREQUEST', () =>
      Promise.all(Array.from({ length: 60 }, () => key.sign(Buffer.from('a')))),
    )
    expect(jobs).toBe(60)
  })
})

describe('a private key file is refused', () => {
  it('when it is missing, a folder, a pipe or too large', async () => {
    const missing = join(folder, 'missing.pem')
    await expect(readSigningKey({ file: missing })).rejects.toMatchObject({
      code: 'ERR_KEY_NOT_FOUND',
      details: { file: missing },
    })
    const inner = join(folder, 'inner.pem')
    await mkdir(inner)
    await expect(readSigningKey({ file: inner })).rejects.toMatchObject({
      code: 'ERR_KEY_NOT_A_FILE',
      details: { file: inner, kind: 'folder' },
    })
    const pipe = join(folder, 'pipe.pem')
    execFileSync('mkfifo', [pipe])
    await expect(readSigningKey({ file: pipe })).rejects.toMatchObject({
      code: 'ERR_KEY_NOT_A_FILE',
      details: { file: pipe, kind: 'device or pipe' },
    })
    expect(await refusalOf('a'.repeat(65_537))).toMatchObject({ code: 'ERR_KEY_TOO_LARGE' })
    const below = join(await fileWith(pair.privateKeyPem), 'below.pem')
    await expect(readSigningKey({ file: below })).rejects.toMatchObject({
      code: 'ERR_KEY_UNREADABLE',
      details: { file: below, reason: 'ENOTDIR' },
    })
  })

  it.each([0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o777])(
    'when other users have rights to it: mode %o',
    async (mode) => {
      const error = await refusalOf(pair.privateKeyPem, mode)
      expect(error).toMatchObject({
        code: 'ERR_KEY_MODE',
        details: { mode: `0${mode.toString(8)}` },
      })
      expect(error.hint).toContain('chmod 600')
    },
  )

  it('as the certificate that it is, whatever its mode', async () => {
    expect(await refusalOf(pair.certificatePem, 0o644)).toMatchObject({
      code: 'ERR_KEY_WRONG_HALF',
      details: { given: 'certificate' },
    })
    // A damaged file may still be a private key.
    for (const text of [pair.privateKeyPem.slice(0, 700), pair.privateKeyPem + pair.certificatePem])
      expect(await refusalOf(text, 0o644)).toMatchObject({ code: 'ERR_KEY_MODE' })
  })

  it.runIf(process.geteuid?.() === 0)('when it belongs to another user', async () => {
    const file = await fileWith(pair.privateKeyPem)
    await chown(file, 1000, 1000)
    await expect(readSigningKey({ file })).rejects.toMatchObject({ code: 'ERR_KEY_OWNER' })
    expect((await readSigningKey({ file, insecureOwner: true })).kid).toBe(pair.kid)
  })

  it('when it is encrypted, with the command that decrypts it', async () => {
    const key = createPrivateKey(pair.privateKeyPem)
    const protection = { format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' } as const
    const pkcs8 = key.export({ type: 'pkcs8', ...protection }).toString()
    const pkcs1 = key.export({ type: 'pkcs1', ...protection }).toString()
    for (const text of [pkcs8, pkcs1]) {
      const error = await refusalOf(text)
      expect(error.code).toBe('ERR_KEY_ENCRYPTED')
      expect(error.hint).toContain('openssl pkey -in ENCRYPTED.pem')
    }
    // The command works: its result can be read.
    const encrypted = await fileWith(pkcs8)
    const plain = join(folder, 'plain.pem')
    const advice = `umask 077 && openssl pkey -in ${encrypted} -out ${plain} -passin pass:secret`
    execFileSync('sh', ['-c', advice])
    expect((await readSigningKey({ file: plain })).kid).toBe(pair.kid)
  })

  it('when it is the public key or the certificate', async () => {
    expect(await refusalOf(pair.publicKeyPem)).toMatchObject({
      code: 'ERR_KEY_WRONG_HALF',
      details: { given: 'public key', needed: 'private key' },
    })
    expect(await refusalOf(pair.certificatePem)).toMatchObject({
      code: 'ERR_KEY_WRONG_HALF',
      details: { given: 'certificate' },
    })
  })

  it('when it is not an RSA key', async () => {
    const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
    const pss = generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey
    const edwards = generateKeyPairSync('ed25519').privateKey
    const pkcs8 = { type: 'pkcs8', format: 'pem' } as const
    const cases = [
      [curve.export(pkcs8), 'ec'],
      [curve.export({ type: 'sec1', format: 'pem' }), 'ec'],
      [pss.export(pkcs8), 'rsa-pss'],
      [edwards.export(pkcs8), 'ed25519'],
    ] as const
    for (const [text, type] of cases)
      expect(await refusalOf(text.toString())).toMatchObject({
        code: 'ERR_KEY_TYPE',
        details: { type },
      })
  })

  it('when it is weak', async () => {
    const pkcs8 = { type: 'pkcs8', format: 'pem' } as const
    const pemOf = (modulusLength: number, publicExponent = 65537) =>
      generateKeyPairSync('rsa', { modulusLength, publicExponent })
        .privateKey.export(pkcs8)
        .toString()
    expect(await refusalOf(pemOf(1024))).toMatchObject({
      code: 'ERR_KEY_SIZE',
      details: { bits: 1024, min: 2048, max: 8192 },
    })
    expect(await refusalOf(pemOf(2047))).toMatchObject({ code: 'ERR_KEY_SIZE' })
    expect(await refusalOf(pemOf(2048, 3))).toMatchObject({ code: 'ERR_KEY_EXPONENT' })
  })

  it('when it is damaged, empty, of an unknown form, or holds two keys', async () => {
    const { privateKeyPem } = pair
    const der = createPrivateKey(privateKeyPem).export({ type: 'pkcs8', format: 'der' })
    const cases = [
      ['', 'is empty'],
      ['hello', 'does not hold PEM, DER, PFX, or base64 of these'],
      [der.subarray(0, 700), 'holds truncated or damaged DER'],
      [privateKeyPem.slice(0, 700), 'holds truncated or damaged PEM text'],
      [privateKeyPem.replace(/\n.*\n/, '\n'), 'holds a damaged private key'],
      [privateKeyPem + privateKeyPem, 'holds 2 private keys, not one'],
    ] as const
    for (const [content, problem] of cases)
      expect(await refusalOf(content)).toMatchObject({
        code: 'ERR_KEY_FORM',
        details: { problem },
      })
  })

  it('when its numbers do not match', async () => {
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
    const text = withOtherModulus(createPrivateKey(pair.privateKeyPem), other)
    expect(await refusalOf(text)).toMatchObject({ code: 'ERR_KEY_DAMAGED' })
  })
})
