// What only a person at a terminal sees: hidden questions, progress, colours. On a real terminal.
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { compactVerify, importX509 } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Command, createCommand } from './command.ts'
import { ada, createCommandWithKey, signing } from './command-for-ada.ts'
import { hasTerminals, type Sitting, sitAt } from './terminal.ts'

const word = 'correct horse battery'
const quoted = (words: readonly string[]) => words.map((one) => `'${one}'`).join(' ')

let command: Awaited<ReturnType<typeof createCommandWithKey>>
let sitting: Sitting | undefined
const sit = (line: string, env: Record<string, string> = {}, at: Command = command) => {
  sitting = sitAt(line, { folder: at.folder, env })
  return sitting
}

beforeAll(async () => {
  command = await createCommandWithKey()
  await writeFile(join(command.folder, 'pass'), `${word}\n`)
  const made = ['keys', 'create', '--bits', '2048', '--out', 'sealed', '--passphrase-file', 'pass']
  expect((await command.run(made)).exitCode).toBe(0)
})
afterEach(() => sitting?.close())
afterAll(() => command?.close())

// Without `script` of util-linux there is no terminal to try it on, as on macOS and Windows.
describe.skipIf(!hasTerminals)('at a terminal (skipped without the `script` of util-linux)', () => {
  const sealed = () => {
    const line = ['token', 'create', ...signing, ...ada]
    return line.with(line.indexOf('keys/qlik.pem'), 'sealed/qlik.pem')
  }

  it('shows what comes from a file, and does not act on it', async () => {
    const hostile = '\u001b]0;title\u0007\u009b31m\u202e'
    await writeFile(
      join(command.folder, 'hostile.json'),
      JSON.stringify({ deployments: {}, [hostile]: 1 }),
    )
    for (const more of ['', ' --json']) {
      const { ended, shown } = sit(`jotgate config check --config hostile.json${more}`)
      expect(await ended).toBe(2)
      expect(shown()).toMatch(/\\u001b\]0;title\\u0007\\u009b31m\\u202e/)
      expect(stripVTControlCharacters(shown()).replaceAll(/[\r\n]/g, '')).not.toMatch(
        /[\p{Cc}\u202e]/u,
      )
      expect(shown()).not.toContain('\u001b]')
    }
  })

  it('asks for the passphrase without showing it, and prints only the token', async () => {
    const { until, type, ended, shown } = sit(`jotgate ${quoted(sealed())} > token`)
    await until('Passphrase of the key: ')
    type(`${word}\r`)
    expect(await ended).toBe(0)
    expect(shown()).toBe('Passphrase of the key: \r\n')
    const token = (await readFile(join(command.folder, 'token'), 'utf8')).trim()
    const certificate = await readFile(join(command.folder, 'sealed/qlik.cer'), 'utf8')
    await compactVerify(token, await importX509(certificate, 'RS256'))
  })

  it('says that the passphrase is wrong, and not what it was', async () => {
    const { until, type, ended, shown } = sit(`jotgate ${quoted(sealed())} > none`)
    await until('Passphrase of the key: ')
    type('TOPSECRET\r')
    expect(await ended).toBe(1)
    expect(shown()).toContain('ERR_KEY_PASSPHRASE')
    expect(stripVTControlCharacters(shown())).toContain('\r\nhint: Check the passphrase')
    expect(shown()).not.toContain('TOPSECRET')
    expect(await readFile(join(command.folder, 'none'), 'utf8')).toBe('')
  })

  it.each([
    ['Ctrl+C without a word', '\u0003', 130],
    ['Ctrl+D with an error', '\u0004', 1],
  ])('ends at %s, and leaves the terminal as it was', async (_name, key, code) => {
    const line = `stty -g > before; jotgate ${quoted(sealed())}; echo "code $?"; stty -g > after; read -r answer`
    const { until, type, ended, shown } = sit(line)
    await until('Passphrase of the key: ')
    if (key === '\u0003') type('TOPSECRET')
    type(key)
    await until(`code ${code}`)
    expect(shown().includes('error')).toBe(code === 1)
    expect(shown()).not.toMatch(/TOPSECRET|\n\s+at |file:\/\//)
    // What is typed now is shown again.
    type('typed in the open\r')
    await until('typed in the open')
    expect(await ended).toBe(0)
    const state = (name: string) => readFile(join(command.folder, name), 'utf8')
    expect(await state('after')).toBe(await state('before'))
  })

  it('asks for the passphrase of a PFX file twice, after that of the key', async () => {
    const both = '--key sealed/qlik.pem --certificate sealed/qlik.cer --out made.pfx'
    const { until, type, ended, shown } = sit(`jotgate keys export --as pfx ${both}`)
    await until('Passphrase of the key: ')
    type(`${word}\r`)
    await until('New passphrase, for the PFX file: ')
    type('another horse battery\r')
    await until('The same once more: ')
    type('another horse battery\r')
    expect(await ended).toBe(0)
    expect(shown()).not.toContain('horse')
    const check = 'openssl pkcs12 -in made.pfx -noout -passin env:WORD'
    const opened = await command.shell(check, { WORD: 'another horse battery' })
    expect(opened.exitCode).toBe(0)
  })

  it('asks for the passphrase of a new key twice', async () => {
    const make = 'jotgate keys create --encrypt --bits 2048 --out asked'
    const { until, type, ended, shown } = sit(make)
    await until('New passphrase, for the private key: ')
    type('another horse battery\r')
    await until('The same once more: ')
    type('another horse battery\r')
    expect(await ended).toBe(0)
    expect(shown()).not.toContain('horse')
    const check = 'openssl pkey -in asked/qlik.pem -noout -passin env:WORD'
    expect((await command.shell(check, { WORD: 'another horse battery' })).exitCode).toBe(0)
    expect((await command.shell(check, { WORD: 'a horse' })).exitCode).not.toBe(0)
  })

  it('asks again for a new passphrase that is short or differs, and makes no key at Ctrl+C', async () => {
    const before = await readdir(command.folder)
    const { until, type, ended } = sit('jotgate keys create --encrypt --bits 2048 --out none')
    await until('New passphrase, for the private key: ')
    type('short\r')
    await until('It is shorter than 8 characters.')
    await until('New passphrase, for the private key: ')
    type(`${word}\r`)
    await until('The same once more: ')
    type('another horse battery\r')
    await until('The two differ.')
    await until('New passphrase, for the private key: ')
    type('\u0003')
    expect(await ended).toBe(130)
    expect(await readdir(command.folder)).toEqual(before)
  })

  it('asks again for the passphrase of a PFX file, and makes none at Ctrl+C', async () => {
    const before = await readdir(command.folder)
    const both = '--key keys/qlik.pem --certificate keys/qlik.cer --out none.pfx'
    const { until, type, ended } = sit(`jotgate keys export --as pfx ${both}`)
    await until('New passphrase, for the PFX file: ')
    type('short\r')
    await until('It must have 12 to 256 characters.')
    await until('New passphrase, for the PFX file: ')
    type(`${word}\r`)
    await until('The same once more: ')
    type('\u0003')
    expect(await ended).toBe(130)
    expect(await readdir(command.folder)).toEqual(before)
  })

  it('gives no bytes to a terminal', async () => {
    const both = '--key keys/qlik.pem --certificate keys/qlik.cer --pfx-passphrase-file pass'
    const { ended, shown } = sit(`jotgate keys export --as pfx ${both}`)
    expect(await ended).toBe(2)
    expect(shown()).toContain('--as pfx gives bytes that no terminal shows')
  })

  describe('with a batch', () => {
    const batch = `token create ${quoted(signing)} --batch users.csv`
    beforeAll(async () => {
      const rows = Array.from(
        { length: 400 },
        (_, at) => `u${at},User ${at},u${at}@acme.example,true`,
      )
      const csv = `subject,name,email,emailVerified\n${rows.join('\n')}\n`
      await writeFile(join(command.folder, 'users.csv'), csv)
    })
    const readTokens = async (name: string) =>
      (await readFile(join(command.folder, name), 'utf8'))
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { subject: string }).subject)

    it('shows progress on one line, clears it, and keeps it out of the result', async () => {
      const { ended, shown } = sit(`jotgate ${batch} > tokens`, { NO_COLOR: '1' })
      expect(await ended).toBe(0)
      expect(shown()).toMatch(/\[#*\.*\] \d+ % \d+ tokens/)
      expect(shown()).not.toContain('\n')
      // The terminal does not wrap meanwhile, so that a narrow one has one row to clear too.
      expect(shown()).toContain('\u001b[?7l[')
      // To the first column, and clear what stands there: the screen is empty in the end.
      expect(shown().endsWith('\u001b[1G\u001b[0K')).toBe(true)
      expect(await readTokens('tokens')).toHaveLength(400)
    })

    it('shows none when stderr is not a terminal', async () => {
      const { ended, shown } = sit(`jotgate ${batch} > quiet 2> told`)
      expect(await ended).toBe(0)
      expect(shown()).toBe('')
      expect(await readFile(join(command.folder, 'told'), 'utf8')).toBe('')
      expect(await readTokens('quiet')).toHaveLength(400)
    })
  })

  it('colours what is wrong, unless NO_COLOR is set or the terminal cannot', async () => {
    const coloured = '\u001b[31merror[ERR_KEY_NOT_FOUND]\u001b[39m'
    for (const [env, hasColour] of [
      [{}, true],
      [{ NO_COLOR: '1' }, false],
      [{ TERM: 'dumb' }, false],
    ] as const) {
      const { ended, shown } = sit('jotgate keys show --key none.pem', env)
      expect(await ended).toBe(1)
      expect(shown()).toContain('ERR_KEY_NOT_FOUND')
      expect(shown().includes(coloured)).toBe(hasColour)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the codes that choose colours
      expect(/\u001b\[\d+m/.test(shown())).toBe(hasColour)
    }
  })

  it('asks init’s question again when the answer cannot be right, and keeps the others', async () => {
    const own = await createCommand()
    try {
      const { until, type, ended, shown } = sit('jotgate init', {}, own)
      await until('Product of Qlik')
      type('clowd\r')
      await until('did you mean cloud?')
      await until('Product of Qlik')
      type('cloud\r')
      await until('Address')
      type('acme.eu.qlikcloud.com\r')
      await until('It is not a web address')
      type('http://acme.eu.qlikcloud.com\r')
      await until('It must begin with https')
      type('https://acme.eu.qlikcloud.com\r')
      await until('Issuer')
      type('\r')
      await until('It is empty')
      type('acme.example\r')
      await until('Origin of your page')
      type('\r')
      await until('Administrator')
      type('none\r')
      expect(await ended).toBe(0)
      expect(shown()).toContain('make an identity provider, type JWT')
      expect((await own.run(['config', 'check'])).exitCode).toBe(0)
    } finally {
      await own.close()
    }
  })

  it('takes the answers of init when they are pasted at once', async () => {
    const own = await createCommand()
    try {
      const { until, type, ended, shown } = sit('jotgate init', {}, own)
      await until('Product of Qlik')
      type('cloud\rhttps://acme.eu.qlikcloud.com\racme.example\r\rnone\r')
      expect(await ended).toBe(0)
      expect(shown()).toContain('make an identity provider, type JWT')
      const config = JSON.parse(await readFile(join(own.folder, 'jotgate.config.json'), 'utf8'))
      expect(config.deployments.prod).toMatchObject({
        product: 'cloud',
        url: 'https://acme.eu.qlikcloud.com',
        signing: { issuer: 'acme.example' },
      })
    } finally {
      await own.close()
    }
  })
})
