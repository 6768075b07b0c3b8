// Command lines as scripts have them for qs-jwt 1.14, with the first word changed: each option once at least.
import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { importX509, jwtVerify, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createKeyPair, type KeyPair } from '../../keys/index.ts'
import { runCli } from '../main.ts'
import { memoryTerminal } from '../memory-terminal.fixture.ts'

const folder = await mkdtemp(join(tmpdir(), 'jotgate-old-lines-'))
let pair: KeyPair
const at = (name: string) => join(folder, name)

beforeAll(async () => {
  pair = await createKeyPair({ bits: 2048 })
  await writeFile(at('privatekey.pem'), pair.privateKeyPem, { mode: 0o600 })
  await writeFile(at('publickey.pem'), pair.publicKeyPem)
  await writeFile(at('publickey.cer'), pair.certificatePem)
})

afterAll(() => rm(folder, { recursive: true }))

async function run(...args: string[]) {
  const terminal = memoryTerminal({ folder })
  const exitCode = await runCli(args, terminal)
  return { exitCode, out: terminal.out, err: terminal.err }
}

async function tokenOf(...args: string[]) {
  const { exitCode, out, err } = await run(...args)
  expect({ exitCode, err: exitCode === 0 ? '' : err }).toEqual({ exitCode: 0, err: '' })
  expect(out).toMatch(/^eyJ\S+\n$/)
  const verified = await jwtVerify(out.trim(), await importX509(pair.certificatePem, 'RS256'))
  return { header: verified.protectedHeader, payload: verified.payload, err, token: out.trim() }
}

const keyFile = () => ['--cert-privatekey-file', at('privatekey.pem')]
const qseow = (...more: string[]) => [
  'create-qseow',
  ...['--userdir', 'ACME', '--userid', 'ada', '--audience', 'hdr', '--expires', '60m'],
  ...keyFile(),
  ...more,
]
const qscloud = (...more: string[]) => [
  'create-qscloud',
  ...['--username', 'Ada', '--useremail', 'Ada@acme.example', '--useremail-verified', 'true'],
  ...['--issuer', 'acme.example', '--keyid', 'acme-1', '--expires', '60m'],
  ...keyFile(),
  ...more,
]
const without = (args: string[], flag: string) => args.toSpliced(args.indexOf(flag), 2)
const withValue = (args: string[], flag: string, value: string) =>
  args.with(args.indexOf(flag) + 1, value)

describe('create-qseow', () => {
  it('--userdir, --userid, --audience, --expires, --cert-privatekey-file make the old token', async () => {
    const { header, payload } = await tokenOf(...qseow())
    expect(header).toEqual({ alg: 'RS256', typ: 'JWT' })
    expect(payload).toEqual({
      userId: 'ada',
      userDirectory: 'ACME',
      aud: 'hdr',
      iat: expect.any(Number),
      nbf: payload.iat,
      exp: Number(payload.iat) + 3600,
      jti: expect.any(String),
    })
  })

  it('--username, --useremail and --groups become name, email and group', async () => {
    const more = [
      '--username',
      'Ada',
      '--useremail',
      'ada@acme.example',
      '--groups',
      'sales',
      'a,b',
    ]
    const { payload } = await tokenOf(...qseow(...more))
    expect(payload).toMatchObject({
      name: 'Ada',
      email: 'ada@acme.example',
      group: ['sales', 'a,b'],
    })
  })

  it('--cert-privatekey takes the key itself, and warns of the list of processes', async () => {
    const line = without(qseow(), '--cert-privatekey-file')
    const { err } = await tokenOf(...line, '--cert-privatekey', pair.privateKeyPem)
    expect(err).toContain('list of processes')
    expect(err).not.toContain(pair.privateKeyPem.slice(40, 80))
  })

  it('--cert-create, --cert-file-prefix, --cert-create-expires-days make the three files', async () => {
    const prefix = at('new-')
    const more = ['--cert-create', '--cert-file-prefix', prefix, '--cert-create-expires-days', '30']
    const { exitCode, out, err } = await run(...without(qseow(), '--cert-privatekey-file'), ...more)
    expect(exitCode).toBe(0)
    const certificate = new X509Certificate(await readFile(`${prefix}publickey.cer`))
    await jwtVerify(out.trim(), await importX509(certificate.toString(), 'RS256'))
    expect(certificate.publicKey.asymmetricKeyDetails?.modulusLength).toBe(4096)
    expect(certificate.validToDate.getTime() - certificate.validFromDate.getTime()).toBe(
      30 * 86_400_000,
    )
    expect((await stat(`${prefix}privatekey.pem`)).mode & 0o777).toBe(0o600)
    const text = execFileSync('openssl', [
      'x509',
      '-noout',
      '-text',
      '-in',
      `${prefix}publickey.cer`,
    ])
    expect(text.toString()).toContain('sha256WithRSAEncryption')
    expect(err).not.toContain('PRIVATE KEY')
    const before = await readFile(`${prefix}privatekey.pem`, 'utf8')
    const again = await run(...without(qseow(), '--cert-privatekey-file'), ...more)
    expect(again).toMatchObject({
      exitCode: 1,
      out: '',
      err: expect.stringContaining('ERR_CLI_EXISTS'),
    })
    expect(await readFile(`${prefix}privatekey.pem`, 'utf8')).toBe(before)
  }, 60_000)

  it('--cert-create false makes none', async () => {
    const before = await readdir(folder)
    await tokenOf(...qseow('--cert-create', 'false'))
    expect(await readdir(folder)).toEqual(before)
  })

  it('gives the other names back when one of the three is in use', async () => {
    await writeFile(at('used-privatekey.pem'), 'mine')
    const before = await readdir(folder)
    const more = [
      '--cert-create',
      'true',
      '--cert-file-prefix',
      at('used-'),
      '--cert-create-expires-days',
      '9',
    ]
    expect(await run(...qseow(...more))).toMatchObject({ exitCode: 1, out: '' })
    expect(await readdir(folder)).toEqual(before)
    expect(await readFile(at('used-privatekey.pem'), 'utf8')).toBe('mine')
  })

  it('--minimal-output changes nothing: the token stands alone always', async () => {
    await tokenOf(...qseow('--minimal-output'))
  })

  it.each(['warn', 'warning', 'info', 'verbose', 'debug'])(
    '--loglevel %s prints no key',
    async (level) => {
      const { err } = await tokenOf(...qseow('--loglevel', level))
      expect(err).not.toContain('PRIVATE')
      expect(err.match(/other than qs-jwt/g)).toHaveLength(1)
    },
  )

  it('--loglevel error is silent', async () => {
    expect((await tokenOf(...qseow('--loglevel', 'error'))).err).toBe('')
  })

  it('takes the last of options that are given twice, as before', async () => {
    const { payload } = await tokenOf(...qseow('--userid', 'eve'))
    expect(payload.userId).toBe('eve')
  })

  it('--expires without a unit counts seconds, and says so', async () => {
    const { payload, err } = await tokenOf(...withValue(qseow(), '--expires', '90'))
    expect(Number(payload.exp) - Number(payload.iat)).toBe(90)
    expect(err).toContain('counted milliseconds')
  })

  it.each([
    ['11y', 'over ten years'],
    ['-1h', 'at least a second'],
    ['soon', 'at least a second'],
    ['500ms', 'at least a second'],
  ])('--expires %s is refused with what to write', async (value, words) => {
    expect(await run(...withValue(qseow(), '--expires', value))).toMatchObject({
      exitCode: 2,
      out: '',
      err: expect.stringContaining(words),
    })
  })

  it.each([
    ['48h', 172_800, '2 days'],
    ['365d', 31_536_000, '365 days'],
    ['5y', 157_788_000, '1,826 days'],
    ['24h', 86_400, '1 day'],
  ])('--expires %s makes the old token, with a warning', async (value, seconds, words) => {
    const { payload, err } = await tokenOf(...withValue(qseow(), '--expires', value))
    expect(Number(payload.exp) - Number(payload.nbf)).toBe(seconds)
    expect(err.match(/^warning: the token is valid for .*$/gm)).toEqual([
      expect.stringContaining(`${words} `),
    ])
  })

  it('--expires under a day brings no warning, nor does --loglevel error', async () => {
    expect((await tokenOf(...withValue(qseow(), '--expires', '86399'))).err).not.toMatch(/warning/)
    const quiet = [...withValue(qseow(), '--expires', '5y'), '--loglevel', 'error']
    expect((await tokenOf(...quiet)).err).toBe('')
  })

  it.each(['--userdir', '--userid', '--audience', '--expires'])('misses %s', async (flag) => {
    expect(await run(...without(qseow(), flag))).toMatchObject({
      exitCode: 2,
      out: '',
      err: expect.stringContaining(`${flag} is missing`),
    })
  })

  it('tells everything that is missing at once', async () => {
    const { exitCode, err } = await run('create-qseow')
    expect(exitCode).toBe(2)
    for (const flag of [
      '--userdir',
      '--userid',
      '--audience',
      '--expires',
      '--cert-privatekey-file',
    ])
      expect(err).toContain(flag)
  })

  it.each(['12abc', '-5', '0', '7301'])(
    '--cert-create-expires-days %s is refused',
    async (days) => {
      const before = await readdir(folder)
      const more = [
        '--cert-create',
        '--cert-file-prefix',
        at('days-'),
        `--cert-create-expires-days=${days}`,
      ]
      expect(await run(...qseow(...more))).toMatchObject({ exitCode: 2, out: '' })
      expect(await readdir(folder)).toEqual(before)
    },
  )

  it('a key file that others may read is refused', async () => {
    await writeFile(at('open.pem'), pair.privateKeyPem)
    await chmod(at('open.pem'), 0o644)
    const line = withValue(qseow(), '--cert-privatekey-file', at('open.pem'))
    expect(await run(...line)).toMatchObject({
      exitCode: 1,
      out: '',
      err: expect.stringContaining('chmod 600'),
    })
  })
})

describe('create-qscloud', () => {
  it('--username, --useremail, --useremail-verified, --issuer, --keyid, --expires make a right token', async () => {
    const { header, payload, err } = await tokenOf(...qscloud())
    expect(header).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'acme-1' })
    expect(payload).toEqual({
      sub: 'ada@acme.example',
      subType: 'user',
      name: 'Ada',
      email: 'Ada@acme.example',
      email_verified: true,
      iss: 'acme.example',
      aud: 'qlik.api/login/jwt-session',
      iat: expect.any(Number),
      nbf: payload.iat,
      exp: Number(payload.iat) + 3600,
      jti: expect.any(String),
    })
    expect(err).toContain('not random')
  })

  it('tells everything that is wrong at once', async () => {
    const { exitCode, out, err } = await run(
      ...['create-qscloud', '--expires', '24h', '--useremail-verified', 'banana'],
      ...['--cert-create', '--cert-create-expires-days', '0', '--cert-file-prefix', at('none-')],
    )
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' })
    for (const words of [
      '--issuer is missing',
      '--keyid is missing',
      '1 to 7300',
      'the subject is missing',
      '--username is missing',
      '--useremail is missing',
      'JSON boolean',
      'over one hour',
    ])
      expect(err).toContain(words)
  })

  it('is the same person at every run', async () => {
    const subjects = [await tokenOf(...qscloud()), await tokenOf(...qscloud())].map(
      ({ payload }) => payload.sub,
    )
    expect(new Set(subjects).size).toBe(1)
  })

  it('--sub says who it is', async () => {
    expect((await tokenOf(...qscloud('--sub', 'acme|42'))).payload.sub).toBe('acme|42')
  })

  it('--groups become the claim that Qlik Cloud reads', async () => {
    const { payload } = await tokenOf(...qscloud('--groups', 'sales', 'press'))
    expect(payload).toMatchObject({ groups: ['sales', 'press'] })
    expect(payload).not.toHaveProperty('group')
  })

  it('--useremail-verified False is the boolean', async () => {
    const line = withValue(qscloud(), '--useremail-verified', 'False')
    expect((await tokenOf(...line)).payload.email_verified).toBe(false)
  })

  it('--cert-privatekey, --minimal-output and --loglevel are as at create-qseow', async () => {
    const line = without(
      qscloud('--minimal-output', '--loglevel', 'error'),
      '--cert-privatekey-file',
    )
    await tokenOf(...line, '--cert-privatekey', pair.privateKeyPem)
  })

  it('--cert-create signs with the new key, whatever other key is given, and says so', async () => {
    const more = [
      '--cert-create',
      '--cert-file-prefix',
      at('cloud-'),
      '--cert-create-expires-days',
      '30',
    ]
    const { exitCode, out, err } = await run(...qscloud(...more))
    expect(exitCode).toBe(0)
    expect(err).toContain('a new key signs')
    const certificate = await readFile(at('cloud-publickey.cer'), 'utf8')
    await jwtVerify(out.trim(), await importX509(certificate, 'RS256'))
  }, 60_000)

  it.each([
    [without(without(qscloud(), '--useremail'), '--useremail-verified'), 'the subject is missing'],
    [without(qscloud(), '--username'), '--username is missing'],
    [without(qscloud(), '--useremail-verified'), '--useremail-verified is missing'],
    [without(qscloud(), '--issuer'), '--issuer is missing'],
    [without(qscloud(), '--keyid'), '--keyid is missing'],
    [withValue(qscloud(), '--useremail-verified', 'banana'), 'JSON boolean'],
    [withValue(qscloud(), '--expires', '365d'), '3600 seconds'],
    [withValue(qscloud(), '--expires', '24h'), '--expires 1h'],
    [[...qscloud(), '--userdir', 'ACME'], '--userdir is unknown'],
    [[...qscloud(), '--loglevel', 'loud'], 'must be one of'],
    [[...qscloud(), '--cert-create', 'maybe'], 'true or false'],
  ])('refuses %j', async (line, words) => {
    expect(await run(...line)).toMatchObject({
      exitCode: 2,
      out: '',
      err: expect.stringContaining(words),
    })
  })
})

describe('decode', () => {
  let token: string
  beforeAll(async () => {
    token = (await tokenOf(...qseow())).token
    await writeFile(at('token.txt'), `\uFEFF${token}\r\n`)
  })

  it('--jwt shows header and payload, times as dates', async () => {
    const { exitCode, out } = await run('decode', '--jwt', token)
    expect(exitCode).toBe(0)
    expect(out).toMatch(/^JWT Header:\n\{[\s\S]+\nJWT Payload:\n\{/)
    expect(out).toMatch(/"iat": "\d+ \(\d{4}-.*Z\)"/)
  })

  it.each(['publickey.cer', 'publickey.pem'])(
    '--jwt-file and --cert-publickey-file %s verify',
    async (file) => {
      const { exitCode, out } = await run(
        'decode',
        '--jwt-file',
        at('token.txt'),
        '--cert-publickey-file',
        at(file),
      )
      expect(exitCode).toBe(0)
      expect(out).toContain('Status: Valid')
    },
  )

  it('--cert-publickey, --expected-audience, --minimal-output and --loglevel give the old JSON', async () => {
    const more = [
      '--cert-publickey',
      pair.publicKeyPem,
      '--expected-audience',
      'hdr',
      '--minimal-output',
      '--loglevel',
      'error',
    ]
    const { exitCode, out } = await run('decode', '--jwt', token, ...more)
    expect(exitCode).toBe(0)
    const { header, payload, verification } = JSON.parse(out)
    expect({ header, payload }).toMatchObject({
      header: { alg: 'RS256' },
      payload: { userId: 'ada' },
    })
    expect(verification).toEqual({
      status: 'valid',
      algorithm: 'RS256',
      integrity: true,
      issuedAt: new Date(payload.iat * 1000).toISOString(),
      expiresAt: new Date(payload.exp * 1000).toISOString(),
      notBefore: new Date(payload.nbf * 1000).toISOString(),
      currentlyValid: true,
      audience: 'hdr',
      audienceMatch: true,
    })
  })

  it('a wrong audience, an expired token and another key end with 3, each with its reason', async () => {
    const check = async (text: string, ...more: string[]) => {
      const { exitCode, out } = await run('decode', '--jwt', text, '--minimal-output', ...more)
      expect(exitCode).toBe(3)
      return JSON.parse(out).verification
    }
    const key = ['--cert-publickey', pair.publicKeyPem]
    expect(await check(token, ...key, '--expected-audience', 'other')).toMatchObject({
      integrity: true,
      audienceMatch: false,
    })
    const { subtle } = crypto
    const ec = await subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
      'sign',
      'verify',
    ])
    const expired = await new SignJWT({ exp: 1000 })
      .setProtectedHeader({ alg: 'ES256' })
      .sign(ec.privateKey)
    const spki = Buffer.from(await subtle.exportKey('spki', ec.publicKey)).toString('base64')
    const ecKey = `-----BEGIN PUBLIC KEY-----\n${spki}\n-----END PUBLIC KEY-----`
    expect(await check(expired, '--cert-publickey', ecKey)).toMatchObject({
      integrity: true,
      currentlyValid: false,
    })
    expect(await check(token, '--cert-publickey', ecKey)).toMatchObject({
      integrity: false,
      status: 'invalid',
    })
  })

  it.each([
    [['decode'], 2, 'exactly one of'],
    [['decode', '--jwt', 'a.b.c', '--jwt-file', 'x'], 2, 'exactly one of'],
    [
      ['decode', '--jwt', 'eyJhbGciOiJSUzI1NiJ9.e30.AAAA', '--expected-audience', 'x'],
      2,
      'needs --cert-publickey',
    ],
    [['decode', '--jwt', 'SECRET'], 1, 'ERR_TOKEN_PARTS'],
    [['decode', '--jwt-file', '/nowhere/token'], 1, 'is not there'],
    [['decode', '--jwt', 'a.b.c', '--cert-publickey-file', '/nowhere/key'], 1, 'is not there'],
    [
      ['decode', '--jwt', 'eyJhbGciOiJSUzI1NiJ9.e30.AAAA', '--cert-publickey', 'SECRET'],
      1,
      'no public key',
    ],
  ])('%j ends with %i', async (args, exitCode, words) => {
    const ended = await run(...args)
    expect(ended).toMatchObject({ exitCode, out: '', err: expect.stringContaining(words) })
    expect(ended.err).not.toContain('SECRET')
  })

  it('a private key has no business there', async () => {
    const ended = await run('decode', '--jwt', token, '--cert-publickey-file', at('privatekey.pem'))
    expect(ended).toMatchObject({
      exitCode: 1,
      out: '',
      err: expect.stringContaining('is a private key'),
    })
  })
})
