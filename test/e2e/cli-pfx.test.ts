// PFX files from the command line: made by us and read by OpenSSL, made by OpenSSL and read by us.
import { createPrivateKey } from 'node:crypto'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { compactVerify, importX509 } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ada, createCommandWithKey, signing } from './command-for-ada.ts'
import { hasTerminals, type Sitting, sitAt } from './terminal.ts'

const word = 'correct horse battery'
const both = ['--key', 'keys/qlik.pem', '--certificate', 'keys/qlik.cer']
const exporting = ['keys', 'export', '--as', 'pfx', ...both, '--pfx-passphrase-file', 'pass']

let command: Awaited<ReturnType<typeof createCommandWithKey>>
const read = (name: string) => readFile(join(command.folder, name))
beforeAll(async () => {
  command = await createCommandWithKey()
  await writeFile(join(command.folder, 'pass'), `${word}\n`)
})
afterAll(() => command?.close())

/** The command line that makes Ada's token, with another key. */
function createWith(key: string, ...more: string[]): string[] {
  const line = ['token', 'create', ...signing, ...ada, ...more]
  return line.with(line.indexOf('keys/qlik.pem'), key)
}

async function verify(token: string) {
  await compactVerify(token.trim(), await importX509(command.certificate, 'RS256'))
}

describe('jotgate keys export --as pfx', () => {
  it('writes a file that only its owner can read, in which OpenSSL finds the same key and certificate', async () => {
    const made = await command.run([...exporting, '--out', 'made.pfx', '--friendly-name', 'Acme'])
    expect(made).toEqual({ exitCode: 0, out: '', err: '' })
    expect((await stat(join(command.folder, 'made.pfx'))).mode & 0o777).toBe(0o600)
    const openssl = (options: string) =>
      command.shell(`openssl pkcs12 -in made.pfx -passin env:WORD ${options}`, { WORD: word })
    const key = createPrivateKey((await openssl('-nocerts -nodes')).out)
    expect(key.equals(createPrivateKey(await read('keys/qlik.pem')))).toBe(true)
    const { out } = await openssl('-nokeys')
    expect(out).toContain('friendlyName: Acme\n')
    expect(out).toContain(command.certificate.trim())
    expect((await openssl('-info -noout')).err).toContain('PBES2, PBKDF2, AES-256-CBC')
  })

  it('never overwrites a file, and leaves none when it fails', async () => {
    await writeFile(join(command.folder, 'precious.pfx'), 'precious')
    const before = await readdir(command.folder)
    expect(await command.run([...exporting, '--out', 'precious.pfx'])).toMatchObject({
      exitCode: 1,
      out: '',
      err: expect.stringContaining('ERR_CLI_EXISTS'),
    })
    expect((await read('precious.pfx')).toString()).toBe('precious')
    expect((await command.run([...exporting, '--out', 'none/made.pfx'])).exitCode).toBe(1)
    expect(await readdir(command.folder)).toEqual(before)
  })

  it('gives the bytes to a pipe or a file of the shell, and base64 of them as JSON', async () => {
    const words = exporting.map((one) => `'${one}'`).join(' ')
    const check = 'openssl pkcs12 -noout -passin env:WORD'
    for (const line of [`jotgate ${words} | ${check}`, `jotgate ${words} > p && ${check} -in p`])
      expect(await command.shell(line, { WORD: word })).toMatchObject({ exitCode: 0, out: '' })
    const { out } = await command.run([...exporting, '--json'])
    const { form, value } = JSON.parse(out) as { form: string; value: string }
    expect(form).toBe('pfx')
    await writeFile(join(command.folder, 'from-json.pfx'), Buffer.from(value, 'base64'))
    const opened = await command.shell(`${check} -in from-json.pfx`, { WORD: word })
    expect(opened.exitCode).toBe(0)
  })

  it('takes the passphrase from a variable, and from stdin', async () => {
    const from = (...args: string[]) => [...exporting.slice(0, -2), ...args]
    const variable = from('--pfx-passphrase-env', 'NEW_WORD', '--out', 'variable.pfx')
    expect((await command.run(variable, { env: { NEW_WORD: word } })).exitCode).toBe(0)
    const stdin = from('--pfx-passphrase-file', '-', '--out', 'stdin.pfx')
    expect((await command.run(stdin, { stdin: `${word}\n` })).exitCode).toBe(0)
    for (const name of ['variable.pfx', 'stdin.pfx'])
      await verify((await command.run(createWith(name, '--passphrase-file', 'pass'))).out)
  })
})

describe('jotgate token create with a PFX file', () => {
  let sitting: Sitting | undefined
  afterEach(() => sitting?.close())

  beforeAll(async () => {
    const made = await command.run([...exporting, '--out', 'ours.pfx'])
    expect(made.exitCode).toBe(0)
    const lines = [
      'umask 077',
      'openssl pkcs12 -export -inkey keys/qlik.pem -in keys/qlik.cer -out openssl.pfx -passout env:WORD',
    ]
    expect((await command.shell(lines.join('\n'), { WORD: word })).exitCode).toBe(0)
  })

  describe.each(['ours.pfx', 'openssl.pfx'])('%s', (name) => {
    it('takes the passphrase from a file or a variable', async () => {
      await verify((await command.run(createWith(name, '--passphrase-file', 'pass'))).out)
      const { out, err } = await command.run(createWith(name, '--passphrase-env', 'WORD'), {
        env: { WORD: word },
      })
      expect(err).toBe('')
      await verify(out)
    })

    it.skipIf(!hasTerminals)(
      'asks for it at a terminal (skipped without the `script` of util-linux)',
      async () => {
        const words = createWith(name).map((one) => `'${one}'`)
        sitting = sitAt(`jotgate ${words.join(' ')} > token`, { folder: command.folder })
        await sitting.until('Passphrase of the key: ')
        sitting.type(`${word}\r`)
        expect(await sitting.ended).toBe(0)
        await verify((await read('token')).toString())
      },
    )

    it('says what is missing, and what is wrong', async () => {
      expect(await command.run(createWith(name))).toMatchObject({
        exitCode: 1,
        out: '',
        err: expect.stringContaining('ERR_KEY_ENCRYPTED'),
      })
      const wrong = { env: { WORD: 'TOPSECRET' } }
      const { exitCode, out, err } = await command.run(
        createWith(name, '--passphrase-env', 'WORD'),
        wrong,
      )
      expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' })
      expect(err).toContain('ERR_KEY_PASSPHRASE')
      expect(err).not.toContain('TOPSECRET')
    })
  })
})
