import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createKeyPair } from '../../keys/index.ts'
import { runCli } from '../main.ts'
import { memoryTerminal } from '../memory-terminal.fixture.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jotgate-config-check-'))
  await mkdir(join(folder, 'own'))
  const { privateKeyPem } = await createKeyPair({ bits: 2048 })
  await writeFile(join(folder, 'own/good.pem'), privateKeyPem, { mode: 0o600 })
  await writeFile(join(folder, 'own/open.pem'), privateKeyPem)
  await chmod(join(folder, 'own/open.pem'), 0o644)
})
afterAll(() => rm(folder, { recursive: true }))

async function check(signing: object) {
  const prod = { product: 'cloud', url: 'https://acme.example', signing }
  await writeFile(join(folder, 'own/c.json'), JSON.stringify({ deployments: { prod } }))
  const terminal = memoryTerminal({ folder })
  const exitCode = await runCli(['config', 'check', '--config', 'own/c.json'], terminal)
  return { exitCode, out: terminal.out, err: terminal.err }
}

it('finds the key where the file says, from the folder of the file', async () => {
  expect(await check({ key: { file: 'good.pem' } })).toEqual({
    exitCode: 0,
    out: 'own/c.json has no problems: prod\n',
    err: '',
  })
})

it.each([
  [{ key: { file: 'none.pem' } }, /^deployments\.prod\.signing\.key\.file: .*none\.pem/],
  [{ key: { file: '.' } }, /^deployments\.prod\.signing\.key\.file: .*folder/],
  [{ key: { file: 'open.pem' } }, /^deployments\.prod\.signing\.key\.file: .*open\.pem/],
  [
    { key: { file: 'good.pem' }, passphrase: { file: 'none.txt' } },
    /^deployments\.prod\.signing\.passphrase\.file: .*none\.txt does not exist/,
  ],
])('has a finding for %j', async (signing, says) => {
  const { exitCode, out, err } = await check(signing)
  expect({ exitCode, out, err }).toEqual({
    exitCode: 3,
    out: expect.stringMatching(says),
    err: '',
  })
})

it('does not look for a variable, which may be set elsewhere only', async () => {
  const signing = { key: { env: 'QLIK_KEY' }, passphrase: { env: 'QLIK_PASSPHRASE' } }
  expect(await check(signing)).toMatchObject({ exitCode: 0 })
})
