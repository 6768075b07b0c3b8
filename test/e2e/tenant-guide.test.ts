// The commands of docs/guides/qlik-cloud-tenant.md as the page shows them, at the emulator.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { createEmulator, type Emulator } from 'jotgate-emulator'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ensureShellTools } from '../../scripts/setup/shell-tools.ts'
import { type Command, createCommand } from './command.ts'
import { hasTerminals, sitAt } from './terminal.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

let guide: string
let command: Command
let emulator: Emulator

/** The first block for a shell below a heading; the local Qlik stands in for the tenant. */
function blockBelow(heading: string): string {
  const [, section = ''] = guide.split(`\n## ${heading}\n`)
  const [own = ''] = section.split('\n## ')
  const [, block] = /^```sh\n([\s\S]*?)^```/m.exec(own) ?? []
  if (block === undefined) throw new Error(`The guide has no commands below ${heading}`)
  return block
    .replace('npm install jotgate\n', '')
    .replaceAll('npx jotgate', 'jotgate')
    .replaceAll('https://acme.eu.qlikcloud.com', emulator.url)
    .replaceAll("'from your secrets'", emulator.adminKey)
}

async function subjects(): Promise<string[]> {
  const answer = await fetch(new URL('/api/v1/users', emulator.url), {
    headers: { authorization: `Bearer ${emulator.adminKey}` },
  })
  const { data } = (await answer.json()) as { data: { subject: string }[] }
  return data.map(({ subject }) => subject)
}

beforeAll(async () => {
  ensureShellTools(() => undefined)
  guide = await readFile(join(root, 'docs/guides/qlik-cloud-tenant.md'), 'utf8')
})

beforeEach(async () => {
  command = await createCommand()
  emulator = await createEmulator()
  return () => Promise.all([command.close(), emulator.close()])
})

describe('the guide to a tenant', () => {
  // Without `script` of util-linux there is no terminal to try it on.
  it.runIf(hasTerminals)('goes from an empty folder to a login with one command', async () => {
    const before = await subjects()
    const sitting = sitAt(blockBelow('In five minutes').trim(), { folder: command.folder })
    try {
      await sitting.until('(yes/no)')
      sitting.type('yes\r')
      expect(await sitting.ended).toBe(0)
      const shown = stripVTControlCharacters(sitting.shown()).replaceAll(/\r?\n */g, ' ')
      expect(shown).toContain(
        `It works: a token signed with keys/qlik.pem opens a session at ${emulator.url}; pages name the web integration `,
      )
    } finally {
      sitting.close()
    }
    expect(await subjects()).toEqual(before)
    const env = { QLIK_API_KEY: emulator.adminKey }
    expect(await command.run(['plan'], { env })).toMatchObject({ exitCode: 0 })
  })

  it('goes there by hand, and apply takes over what was made', async () => {
    const steps = [
      '1. Make the key pair',
      '2. Make Qlik trust it: the identity provider',
      '3. Log somebody in',
    ]
    const lines = steps.map((heading) => blockBelow(heading)).join('\n')
    const { exitCode, out, err } = await command.shell(`set -eu\n${lines}`)
    expect([exitCode, out], err).toEqual([0, expect.stringMatching(/subject +42 +42/)])
    const [, apply = ''] = /`npx jotgate (apply --api-key-env \w+)` does steps/.exec(guide) ?? []
    const env = { QLIK_API_KEY: emulator.adminKey }
    const line = [...apply.split(' '), '--yes']
    expect(await command.run(line, { env })).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('ERR_PROVISION_CONFLICT'),
    })
    expect(await command.run([...line, '--adopt'], { env })).toMatchObject({ exitCode: 0 })
  })
})
