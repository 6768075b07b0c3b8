// A setting is written once, in the schema: this test adds one there, and finds it everywhere.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { runCli } from '../../packages/jotgate/src/cli/main.ts'
import { memoryTerminal } from '../../packages/jotgate/src/cli/memory-terminal.fixture.ts'
import { cliReference } from '../../scripts/docs/cli-reference.ts'
import { configReference } from '../../scripts/docs/config-reference.ts'

vi.mock('../../packages/jotgate/src/config/schema.ts', async (original) => {
  const { withNewSetting } = await import(
    '../../packages/jotgate/src/config/new-setting.fixture.ts'
  )
  return withNewSetting(await original())
})

vi.mock('../../packages/jotgate/src/config/settings-table.ts', async () => {
  const { listSettings } = await import('../../packages/jotgate/src/config/list-settings.ts')
  return { settingsTable: listSettings() }
})

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jotgate-new-setting-'))
  const prod = { product: 'cloud', url: 'https://acme.example', dataRegion: 'us' }
  await writeFile(join(folder, 'jotgate.config.json'), JSON.stringify({ deployments: { prod } }))
  const typo = { product: 'cloud', url: 'https://acme.example', dataRegoin: 'us' }
  await writeFile(join(folder, 'typo.json'), JSON.stringify({ deployments: { typo } }))
})
afterAll(() => rm(folder, { recursive: true }))

async function run(line: string, environment: Record<string, string> = {}) {
  const terminal = memoryTerminal({ folder, environment })
  const exitCode = await runCli(line.split(' '), terminal)
  return { exitCode, out: terminal.out, err: terminal.err }
}

const printed = async (line: string, environment?: Record<string, string>) =>
  JSON.parse((await run(`config print --json ${line}`, environment)).out).dataRegion

describe('a new setting', () => {
  it('is read from the file, the environment and the command line, the last the strongest', async () => {
    const environment = { JOTGATE_DATA_REGION: 'eu' }
    expect(await printed('--deployment prod')).toMatchObject({ value: 'us' })
    expect(await printed('--deployment prod', environment)).toEqual({
      value: 'eu',
      from: 'environment',
    })
    expect(await printed('--deployment prod --data-region us', environment)).toEqual({
      value: 'us',
      from: 'flags',
    })
  })

  it('is checked in each of them', async () => {
    const { err } = await run('config check --config typo.json')
    expect(err).toContain('dataRegoin: is unknown here; did you mean dataRegion?')
    expect(await run('config print --for cloud --data-region ue')).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('--data-region must be one of eu, us'),
    })
    expect(
      await run('token create --for client-managed', { JOTGATE_DATA_REGOIN: 'eu' }),
    ).toMatchObject({ exitCode: 2, err: expect.stringContaining('JOTGATE_DATA_REGION') })
    expect(await run('token create --for client-managed --data-region eu')).toMatchObject({
      err: expect.stringContaining(
        '--data-region is for Qlik Cloud only; client-managed Qlik is where its server is',
      ),
    })
  })

  it('is in the help, in completion, in the schema for editors and in the documentation', async () => {
    const { out: help } = await run('token create --help')
    expect(help.replaceAll(/\s+/g, ' ')).toContain(
      '--data-region <name> where the data of the tenant is (Qlik Cloud) (eu, us) (default: eu)',
    )
    expect((await run('completion bash')).out).toContain('--data-region')
    const { out: schema } = await run('config schema')
    expect(schema).toContain('"description": "Where the data of the tenant is. Default: eu."')
    expect(schema).not.toContain('--data-region')
    expect(await cliReference()).toContain(
      '| `--data-region <name>` | where the data of the tenant',
    )
    expect(configReference()).toContain(
      '| `dataRegion` | Qlik Cloud | `eu` or `us` | `--data-region`, `JOTGATE_DATA_REGION` | Where the data of the tenant is. Default: eu. |',
    )
  })
})
