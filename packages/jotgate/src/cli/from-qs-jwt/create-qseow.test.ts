// `create-qseow` as scripts have it for qs-jwt 1.14, with the first word changed: each option once at least.
import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { importX509, jwtVerify } from 'jose'
import { afterAll, describe, expect, it } from 'vitest'
import { prepareOldLines, without, withValue } from './old-lines.fixture.ts'

const { folder, at, pair, run, tokenOf, qseow, remove } = await prepareOldLines()
afterAll(remove)

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
  })

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
      expect(err.match(/differs from qs-jwt/g)).toHaveLength(1)
      expect(err).toMatch(/nbf and jti too, so that one can be told from another/)
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
