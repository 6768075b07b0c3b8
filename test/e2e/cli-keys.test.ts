// The command as people and CI jobs run it: the real bin in a process of its own.
import { execFileSync } from 'node:child_process'
import { createPublicKey } from 'node:crypto'
import { chmod, chown, copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { create, createCommandWithKey, payloadOf } from './command-for-ada.ts'

let command: Awaited<ReturnType<typeof createCommandWithKey>>
beforeAll(async () => {
  command = await createCommandWithKey()
})
afterAll(() => command?.close())

describe('jotgate keys', () => {
  it('makes a key that only its owner can read, and never overwrites one', async () => {
    const file = join(command.folder, 'keys/qlik.pem')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    const before = await readFile(file, 'utf8')
    const again = await command.run(['keys', 'create', '--bits', '2048'])
    expect(again).toMatchObject({
      exitCode: 1,
      out: '',
      err: expect.stringContaining('ERR_KEY_EXISTS'),
    })
    expect(await readFile(file, 'utf8')).toBe(before)
  })

  it('makes a key in a folder to which every user can write only if allowed', async () => {
    const folder = join(command.folder, 'open')
    await mkdir(folder)
    await chmod(folder, 0o777)
    const args = ['keys', 'create', '--bits', '2048', '--out', 'open']
    const refused = await command.run(args)
    expect(refused).toMatchObject({ exitCode: 1, err: expect.stringContaining('ERR_KEY_FOLDER') })
    expect(await readdir(folder)).toEqual([])
    const allowed = await command.run([...args, '--insecure-folder'])
    expect(allowed).toMatchObject({ exitCode: 0, err: expect.stringContaining('warning:') })
  })

  it.runIf(process.geteuid?.() === 0)('reads the key of another user only if allowed', async () => {
    const file = join(command.folder, 'foreign.pem')
    await copyFile(join(command.folder, 'keys/qlik.pem'), file)
    await chmod(file, 0o600)
    await chown(file, 1000, 1000)
    const args = ['keys', 'show', '--key', 'foreign.pem']
    expect(await command.run(args)).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('ERR_KEY_OWNER'),
    })
    const allowed = await command.run([...args, '--insecure-key-owner'])
    expect(allowed).toMatchObject({ exitCode: 0, err: expect.stringContaining('warning:') })
  })

  it('prints a next step that works as it is', async () => {
    const made = await command.run(['keys', 'create', '--bits', '2048', '--out', 'next'])
    const [, step = ''] = /`(jotgate [^`]+)`/.exec(made.err) ?? []
    const line = (await command.shell(step)).out
    expect(line).toMatch(/^-----BEGIN CERTIFICATE-----[^\n]+-----END CERTIFICATE-----\n$/)
    const full = await command.shell('jotgate keys create --bits 2048 --out full > /dev/full')
    expect(full).toMatchObject({ exitCode: 1, err: expect.not.stringContaining('Next:') })
  })

  it('encrypts it on request; the token is then made with the passphrase', async () => {
    await writeFile(join(command.folder, 'pass'), 'correct horse\n')
    const words = ['--passphrase-file', 'pass']
    const args = ['keys', 'create', '--bits', '2048', '--out', 'sealed', ...words]
    expect((await command.run(args)).exitCode).toBe(0)
    const pem = await readFile(join(command.folder, 'sealed/qlik.pem'), 'utf8')
    expect(pem).toContain('BEGIN ENCRYPTED PRIVATE KEY')
    const sealed = create.with(create.indexOf('keys/qlik.pem'), 'sealed/qlik.pem')
    expect(await command.run(sealed)).toMatchObject({
      exitCode: 1,
      out: '',
      err: expect.stringContaining('ERR_KEY_ENCRYPTED'),
    })
    const { exitCode, out } = await command.run([...sealed, ...words])
    expect(exitCode).toBe(0)
    expect(payloadOf(out)).toMatchObject({ sub: 'acme|ada' })
  })

  it('shows what openssl shows', async () => {
    const { out } = await command.run(['keys', 'show', '--certificate', 'keys/qlik.cer', '--json'])
    const shown = JSON.parse(out)
    const file = join(command.folder, 'keys/qlik.cer')
    const told = execFileSync('openssl', ['x509', '-noout', '-fingerprint', '-sha256', '-in', file])
    expect(told.toString()).toContain(shown.certificateSha256)
    expect(shown).toMatchObject({ bits: 2048, daysLeft: 1824 })
  })

  it('checks that both halves match, and says so by its exit code', async () => {
    await command.run(['keys', 'create', '--bits', '2048', '--out', 'other'])
    const check = (cer: string) =>
      command.run(['keys', 'check', '--key', 'keys/qlik.pem', '--certificate', cer])
    expect((await check('keys/qlik.cer')).exitCode).toBe(0)
    expect(await check('other/qlik.cer')).toMatchObject({
      exitCode: 3,
      out: expect.stringContaining('certificate-of-other-key'),
    })
  })

  it('exports the public key in each form, all of the same key', async () => {
    const as = async (form: string, from: string[]) =>
      (await command.run(['keys', 'export', '--as', form, ...from])).out
    const cer = ['--certificate', 'keys/qlik.cer']
    const key = ['--key', 'keys/qlik.pem', '--kid', 'acme-1']
    expect((await as('certificate', cer)).trim()).toBe(command.certificate.trim())
    const text = `a comment\r\n${command.certificate.replaceAll('\n', '\r\n')}`
    await writeFile(join(command.folder, 'windows.cer'), text)
    expect(await as('qmc', ['--certificate', 'windows.cer'])).toBe(
      `${command.certificate.trim()}\n`,
    )
    expect(await as('one-line', cer)).toBe(`${command.certificate.trim().replaceAll('\n', '')}\n`)
    const pem = await as('public-key', key)
    expect(await as('public-key', cer)).toBe(pem)
    const { n } = createPublicKey(pem).export({ format: 'jwk' })
    expect(JSON.parse(await as('jwk', key))).toMatchObject({ n, kid: 'acme-1', kty: 'RSA' })
    const set = await as('jwks', key)
    expect(JSON.parse(set).keys).toHaveLength(1)
    expect(set).not.toMatch(/"(d|p|q)"/)
  })
})
