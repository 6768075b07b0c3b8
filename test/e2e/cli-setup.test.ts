// Setting up: init and completion by the real bin.
import { readdir } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Command, createCommand } from './command.ts'
import { ada, issuer } from './command-for-ada.ts'

let command: Command
beforeAll(async () => {
  command = await createCommand()
})
afterAll(() => command?.close())

describe('jotgate init', () => {
  it('writes a file and keys with which a token is made at once', async () => {
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
        err: expect.stringContaining('Make an identity provider'),
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

describe('jotgate completion', () => {
  it('completes commands, options and values in bash', async () => {
    const complete = async (...words: string[]) => {
      const list = words.map((word) => `"${word}"`).join(' ')
      const script = `bash -c 'source <("${process.execPath}" "$0" completion bash); COMP_WORDS=(${list.replaceAll('"', '\\"').replaceAll('\\"', '"')}); COMP_CWORD=${words.length - 1}; _jotgate; echo "\${COMPREPLY[@]}"' "${new URL('../../packages/jotgate/bin/jotgate.js', import.meta.url).pathname}"`
      return (await command.shell(script)).out.trim()
    }
    expect(await complete('jotgate', 'ke')).toBe('keys')
    expect(await complete('jotgate', 'keys', 'e')).toBe('export')
    expect(await complete('jotgate', 'token', 'create', '--lif')).toBe('--lifetime')
    expect(await complete('jotgate', 'token', 'create', '--alg', 'RS5')).toBe('RS512')
  })
})
