// Setting up: init and completion by the real bin.
import { chmod, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Command, createCommand } from './command.ts'
import { ada, issuer } from './command-for-ada.ts'

let command: Command
beforeAll(async () => {
  command = await createCommand()
})
afterAll(() => command?.close())

describe('jotgate init', () => {
  it('writes a file and keys with which a token can be made at once', async () => {
    const own = await createCommand()
    try {
      const init = [
        'init',
        '--for',
        'cloud',
        '--url',
        'https://acme.eu.qlikcloud.com',
        '--issuer',
        issuer,
        '--kid',
        'a-1',
      ]
      expect(await own.run(init)).toMatchObject({
        exitCode: 0,
        err: expect.stringContaining('make an identity provider'),
      })
      expect((await own.run(['config', 'check'])).exitCode).toBe(0)
      const { out } = await own.run(['token', 'create', ...ada, '--json'])
      expect(JSON.parse(out)).toMatchObject({ kid: 'a-1' })
      // The keys' commands look at the file's key where none is named.
      const shown = await own.run(['keys', 'show', '--json'])
      expect(shown.err).toContain('the key of prod in jotgate.config.json')
      expect(JSON.parse(shown.out)).toMatchObject({ kid: 'a-1', bits: 3072 })
      expect((await own.run(['keys', 'check', '--deployment', 'prod'])).exitCode).toBe(0)
      const exported = await own.run(['keys', 'export', '--as', 'jwk'])
      expect(JSON.parse(exported.out)).toMatchObject({ kid: 'a-1' })
      expect((await own.run(['keys', 'check', '--deployment', 'test'])).exitCode).toBe(2)
      const before = await readdir(own.folder)
      expect(await own.run(init)).toMatchObject({
        exitCode: 1,
        out: '',
        err: expect.stringContaining('ERR_CLI_EXISTS'),
      })
      expect(await readdir(own.folder)).toEqual(before)
    } finally {
      await own.close()
    }
  })
})

it('jotgate init makes a key where every user can write only if allowed', async () => {
  const own = await createCommand()
  try {
    await chmod(own.folder, 0o777)
    const address = ['--url', 'https://acme.eu.qlikcloud.com', '--issuer', issuer]
    const init = ['init', '--for', 'cloud', ...address]
    const refused = await own.run(init)
    expect(refused).toMatchObject({ exitCode: 1, err: expect.stringContaining('ERR_KEY_FOLDER') })
    expect(await readdir(own.folder)).toEqual([])
    const allowed = await own.run([...init, '--insecure-folder'])
    expect(allowed).toMatchObject({ exitCode: 0, err: expect.stringContaining('warning:') })
  } finally {
    await own.close()
  }
})

describe('the next steps that jotgate init prints', () => {
  it.each([
    [['--for', 'cloud', '--issuer', issuer], { email: 'ada@acme.example' }],
    [['--for', 'client-managed', '--prefix', 'jwt', '--user-directory', 'ACME'], { userId: 'ada' }],
  ])('works as it is printed, with a file of another name: %j', async (target, claims) => {
    const own = await createCommand()
    try {
      const url = ['--url', 'https://qlik.acme.example']
      const { err } = await own.run(['init', ...target, ...url, '--config', 'own.json'])
      const [, line = ''] = /Make a token:\n +(jotgate (?:.*\\\n)*.*)/.exec(err) ?? []
      const { exitCode, out } = await own.shell(line)
      expect(exitCode).toBe(0)
      const [, payload = ''] = out.split('.')
      expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject(claims)
    } finally {
      await own.close()
    }
  })
})

it('says so when there are no settings', async () => {
  const own = await createCommand()
  try {
    expect(await own.run(['config', 'print'])).toEqual({
      exitCode: 0,
      out: '',
      err: expect.stringMatching(
        /^note: there are no settings: this folder has no jotgate\.config\.json/,
      ),
    })
  } finally {
    await own.close()
  }
})

describe('jotgate completion', () => {
  it('completes commands, options, values and files in bash', async () => {
    await writeFile(join(command.folder, 'kept.json'), '')
    const tenant = { product: 'cloud', url: 'https://acme.eu.qlikcloud.com' }
    const deployments = { prod: tenant, 'pre-prod': tenant }
    await writeFile(join(command.folder, 'jotgate.config.json'), JSON.stringify({ deployments }))
    const lines = [
      [['ke'], 'keys'],
      [['keys', 'e'], 'export'],
      [['token', 'create', '--lif'], '--lifetime'],
      [['token', 'create', '--alg', 'RS5'], 'RS512'],
      [['token', 'create', '--as', 'q'], 'qlik-cli'],
      [['keys', 'export', '--as', 'o'], 'one-line'],
      [['session', 'open', '--as', 'n'], 'netscape'],
      [['whoami', '--name', 'A', '--for', 'c'], 'cloud client-managed'],
      [['whoami', '--session-file', 'kep'], 'kept.json'],
      [['create-qseow', '--cert-privatekey-file', 'kep'], 'kept.json'],
      [['whoami', '--name', 'kep'], ''],
      [['whoami', '--deployment', ''], 'prod pre-prod'],
      [['token', 'create', '--deployment', 'pre'], 'pre-prod'],
    ] as const
    const script = [
      'complete_line() { COMP_WORDS=(jotgate "$@"); COMP_CWORD=$#; COMPREPLY=(); _jotgate',
      'echo "$' + '{COMPREPLY[*]}"; }',
      ...lines.map(([words]) => `complete_line ${words.map((word) => `'${word}'`).join(' ')}`),
    ]
    await writeFile(join(command.folder, 'lines.bash'), script.join('\n'))
    const { out } = await command.shell(
      "jotgate completion bash > own.bash && bash -c '. ./own.bash; . ./lines.bash'",
    )
    expect(out.split('\n').slice(0, -1)).toEqual(lines.map(([, completed]) => completed))
    const hostile = { ...deployments, '$(touch pwned)': tenant }
    await writeFile(
      join(command.folder, 'jotgate.config.json'),
      JSON.stringify({ deployments: hostile }),
    )
    const { out: none } = await command.shell(
      "bash -c '. ./own.bash; . ./lines.bash' | tail -1; ls",
    )
    expect(none).toMatch(/^\n/)
    expect(none).not.toContain('pwned')
  })
})
