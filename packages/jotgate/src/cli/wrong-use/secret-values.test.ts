// A secret in the place of the name of a file, a folder or a variable: no option of any command repeats it.
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { describe, expect, it } from 'vitest'
import { variableOf } from '../../config/index.ts'
import type { CommandSpec } from '../command.ts'
import { commands } from '../commands.ts'
import { runCli } from '../main.ts'
import { memoryTerminal } from '../memory-terminal.fixture.ts'

const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.TOPSECRET'
const secrets = [
  jwt,
  `Bearer ${jwt}`,
  '-----BEGIN PRIVATE KEY-----\nTOPSECRET',
  '{"kty":"RSA","d":"TOPSECRET"}',
  '[{"kty":"TOPSECRET"}]',
  `MIIE${randomBytes(36).toString('base64')}TOPSECRET`,
]

/** A password, and the secret of an OAuth client: a file may have such a name, no variable should. */
const ofVariables = ['TOPSECRET-pass word', 'TOPSECRET-99', `${'0f'.repeat(28)}c0ffee42`]

const optionsOf = ({ options }: CommandSpec) =>
  options
    .filter(({ flags }) => /<(file|dir)>$|-env <name>$/.test(flags))
    .map(({ flags, onlyFlag }) => ({
      option: /--[a-z-]+/.exec(flags)?.[0] ?? '',
      variable: onlyFlag ? undefined : variableOf(flags),
      values: /-env <name>$/.test(flags) ? [...secrets, ...ofVariables] : secrets,
    }))

async function run(args: readonly string[], environment: Record<string, string> = {}) {
  const terminal = memoryTerminal({ folder: tmpdir(), environment })
  const exitCode = await runCli(args, terminal)
  return { exitCode, shown: terminal.out + terminal.err }
}

const specs = await Promise.all(commands.map(({ load }) => load()))

describe.each(specs.filter((spec) => optionsOf(spec).length > 0))('jotgate $name', (spec) => {
  it.each(optionsOf(spec))('repeats no secret that $option has for a value', async (of) => {
    const words = [...spec.name.split(' '), ...(spec.operands ?? []).map(() => 'GET')]
    for (const secret of of.values) {
      const { exitCode, shown } = await run([...words, of.option, secret])
      expect(exitCode).toBe(2)
      expect(shown).toMatch(`${of.option} must be the name of`)
      expect(shown).not.toMatch(/TOPSECRET|eyJ|c0ffee42/)
      if (spec.foreign || of.variable === undefined) continue
      const inEnvironment = await run(words, { [of.variable]: secret })
      expect(inEnvironment.shown).toMatch(`${of.variable} must be the name of`)
      expect(inEnvironment.shown).not.toMatch(/TOPSECRET|eyJ|c0ffee42/)
    }
  })
})
