import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pino } from 'pino'
import { expect, it, onTestFinished } from 'vitest'
import { ownFolder } from '../../files/folder.fixture.ts'
import { createKeyPair, readSigningKey } from '../../keys/index.ts'
import { createRegistry } from '../metrics/registry.ts'
import { createReloads } from './reloads.ts'

it('keeps the key that it has while its file is half written, and says so in log and metrics', async () => {
  const [first, second] = [await createKeyPair({ bits: 2048 }), await createKeyPair({ bits: 2048 })]
  const file = join(await ownFolder(), 'qlik.pem')
  const write = async (text: string) => {
    await writeFile(`${file}.new`, text, { mode: 0o600 })
    await rename(`${file}.new`, file)
  }
  await write(first.privateKeyPem)
  const lines: { event: string; files: string; problem?: string }[] = []
  let heard = () => {}
  const log = pino(
    {},
    {
      write(line: string) {
        lines.push(JSON.parse(line))
        heard()
      },
    },
  )
  const registry = createRegistry()
  const reloads = createReloads({ log, registry })
  onTestFinished(() => reloads.close())
  const kids: string[] = []
  await reloads.add({
    name: 'signing key',
    files: [file],
    async load() {
      kids.push((await readSigningKey({ file })).kid)
      return { expiresAt: 1_800_000_000_000 + kids.length * 1000 }
    },
  })
  const nextLine = () =>
    new Promise<void>((resolve) => {
      heard = resolve
    })
  const text = () => registry.text()
  expect(text()).toContain('jotgate_reload_failing{files="signing key"} 0\n')
  expect(text()).toContain('_expiry_timestamp_seconds{files="signing key"} 1800000001\n')

  let line = nextLine()
  await write(second.privateKeyPem.slice(0, 500))
  await line
  expect(kids).toEqual([first.publicJwk.kid])
  expect(text()).toContain('jotgate_reload_failing{files="signing key"} 1\n')
  expect(text()).toMatch(/jotgate_reloads_total\{outcome="failed"\} [1-9]/)

  line = nextLine()
  await write(second.privateKeyPem)
  await line
  expect(kids).toEqual([first.publicJwk.kid, second.publicJwk.kid])
  expect(text()).toContain('jotgate_reload_failing{files="signing key"} 0\n')
  expect(text()).toContain('jotgate_reloads_total{outcome="done"} 1\n')
  expect(text()).toContain('_expiry_timestamp_seconds{files="signing key"} 1800000002\n')
  // Once for each problem, without a part of the key.
  expect(lines).toMatchObject([
    { event: 'reload-failed', files: 'signing key', problem: expect.stringContaining(file) },
    { event: 'reloaded', files: 'signing key' },
  ])
  expect(JSON.stringify(lines)).not.toContain(second.privateKeyPem.slice(100, 140))
})
