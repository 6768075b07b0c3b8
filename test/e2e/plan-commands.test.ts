// `jotgate plan`, `apply` and `destroy` as somebody types them, at a real emulator.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createEmulator, type Emulator } from 'jotgate-emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Command, createCommand } from './command.ts'
import { hasTerminals, sitAt } from './terminal.ts'

let command: Command
let emulator: Emulator

beforeAll(async () => {
  command = await createCommand()
  const made = await command.run(['keys', 'create', '--kid', 'acme-1', '--bits', '2048'])
  expect(made.exitCode, made.err).toBe(0)
})
afterAll(() => command?.close())

beforeEach(async () => {
  emulator = await createEmulator()
  await configure({})
  return () => emulator.close()
})

const configure = (setup: object, more: object = {}) =>
  writeFile(
    join(command.folder, 'jotgate.config.json'),
    JSON.stringify({
      deployments: {
        prod: {
          product: 'cloud',
          url: emulator.url,
          signing: { issuer: 'acme.example', kid: 'acme-1', key: { file: 'keys/qlik.pem' } },
          setup: { id: '5f2c90ab', ...setup },
          administrator: { apiKey: { env: 'QLIK_API_KEY' } },
        },
      },
      ...more,
    }),
  )

const run = (line: string, key = emulator.adminKey) =>
  command.run(line.split(' '), { env: { QLIK_API_KEY: key } })

async function providers(): Promise<{ id: string; description?: string }[]> {
  const answer = await fetch(new URL('/api/v1/identity-providers', emulator.url), {
    headers: { authorization: `Bearer ${emulator.adminKey}` },
  })
  return ((await answer.json()) as { data: { id: string }[] }).data
}

describe('jotgate plan and jotgate apply', () => {
  it('go from an empty tenant to one with nothing to do, and back', async () => {
    const gateway = {
      ...{ deployment: 'prod', publicUrl: 'https://qlik.acme.example' },
      allowedOrigins: ['https://www.acme.example'],
      identify: { assertion: { issuer: 'https://www.acme.example', keyFiles: ['host.pem'] } },
    }
    await configure({}, { gateway })
    const first = await run('plan')
    expect(first).toMatchObject({ exitCode: 3, err: '' })
    // The only deployment of the file is meant, so the gateway that names it is before it.
    expect(first.out).toContain('because of gateway.publicUrl')
    expect(first.out).toContain('+ create identity provider "issuer acme.example, key ID acme-1"')
    const asJson = await run('plan --json')
    expect(JSON.parse(asJson.out)).toMatchObject({
      product: 'cloud',
      setup: '5f2c90ab',
      steps: expect.arrayContaining([
        expect.objectContaining({ action: 'create', kind: 'identity provider' }),
      ]),
      missingRights: [],
    })

    const applied = await run('apply --yes')
    expect(applied, applied.err).toMatchObject({ exitCode: 0 })
    expect(applied.out).toMatch(/^Done and read back: \d created/)
    expect(await run('plan')).toMatchObject({ exitCode: 0, err: '' })
    expect(await run('apply')).toMatchObject({ exitCode: 0, out: 'Nothing was changed.\n' })

    expect(await run('destroy --yes')).toMatchObject({ exitCode: 2, out: '' })
    expect(await providers()).toHaveLength(1)
    const gone = await run('destroy --yes --allow-delete --json')
    expect(gone).toMatchObject({ exitCode: 0 })
    expect(JSON.parse(gone.out).done.map((one: { action: string }) => one.action)).toContain(
      'delete',
    )
    expect(await providers()).toEqual([])
  })

  it('ask nobody where there is no terminal, and change nothing', async () => {
    const asked = await run('apply')
    expect(asked).toMatchObject({ exitCode: 2, out: '' })
    expect(asked.err).toMatch(/--yes gives it/)
    expect(await providers()).toEqual([])
  })

  it('name the variable that the file names and nobody has set', async () => {
    const { exitCode, err } = await run('plan', '')
    expect(exitCode).toBe(2)
    expect(err).toContain('the variable QLIK_API_KEY is not set or empty')
    expect(err).toContain('--api-key-env or administrator in the file names')
  })

  it('say that a new key is a rotation, with its cost, and change nothing', async () => {
    await run('apply --yes')
    const config = join(command.folder, 'jotgate.config.json')
    await writeFile(config, (await readFile(config, 'utf8')).replace('"kid":"acme-1"', '"kid":"b"'))
    const before = await providers()
    const planned = await run('plan')
    expect(planned).toMatchObject({ exitCode: 3 })
    expect(planned.out).toMatch(/! cannot change identity provider/)
    expect(planned.out).toMatch(/rotation/)
    expect(await run('apply --yes')).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('ERR_PROVISION_REPLACE'),
    })
    expect(await providers()).toEqual(before)
  })

  it('take an object of another setup for a conflict, and one of nobody only with --adopt', async () => {
    await run('apply --yes')
    await configure({ id: 'deadbeef' })
    expect((await run('plan')).out).toMatch(/! conflict: identity provider/)
    expect(await run('apply --yes --adopt')).toMatchObject({ exitCode: 1 })

    const [provider] = await providers()
    await fetch(new URL(`/api/v1/identity-providers/${provider?.id}`, emulator.url), {
      method: 'PATCH',
      headers: {
        authorization: `Bearer ${emulator.adminKey}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify([{ op: 'replace', path: '/description', value: 'by hand' }]),
    })
    expect(await run('apply --yes')).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('ERR_PROVISION_CONFLICT'),
    })
    expect((await run('plan --adopt')).out).toMatch(/~ adopt identity provider/)
    expect(await run('apply --yes --adopt')).toMatchObject({ exitCode: 0 })
    expect((await providers())[0]?.description).toContain('[jotgate deadbeef]')
    expect(await run('plan')).toMatchObject({ exitCode: 0 })
  })

  it.runIf(hasTerminals)('ask on a terminal, and take anything but yes for a no', async () => {
    const env = { QLIK_API_KEY: emulator.adminKey }
    const refusing = sitAt('jotgate apply', { folder: command.folder, env })
    await refusing.until('(yes/no)')
    refusing.type('no\n')
    expect(await refusing.ended).toBe(2)
    expect(refusing.shown()).toContain('No lock across machines exists')
    expect(await providers()).toEqual([])

    const agreeing = sitAt('jotgate apply', { folder: command.folder, env })
    await agreeing.until('(yes/no)')
    agreeing.type('yes\n')
    expect(await agreeing.ended).toBe(0)
    expect(agreeing.shown()).toMatch(/✓.*identity provider.*created/)
    expect(await providers()).toHaveLength(1)
  })
})
