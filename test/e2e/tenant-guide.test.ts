// The set-up program of docs/guides/qlik-cloud-tenant.md as the page shows it, at the emulator.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { createEmulator, type Emulator } from 'jotgate-emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Command, createCommand } from './command.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const page = join(root, 'docs/guides/qlik-cloud-tenant.md')
const origin = 'https://www.acme.example'

let command: Command
let emulator: Emulator
let programFolder: string
let program: string
let init: string[]

beforeAll(async () => {
  const guide = await readFile(page, 'utf8')
  const [, source] = /^```ts\n(\/\/ set-up\.mjs[\s\S]*?)^```/m.exec(guide) ?? []
  if (source === undefined) throw new Error('The guide has no set-up.mjs')
  // Inside the project, so that it finds the packages as a user's file would.
  await mkdir(join(root, '.cache'), { recursive: true })
  programFolder = await mkdtemp(join(root, '.cache/set-up-'))
  program = join(programFolder, 'set-up.mjs')
  await writeFile(program, source)
  command = await createCommand()
  init = /^npx jotgate (init .+)$/m.exec(guide)?.[1]?.split(' ') ?? []
  const made = await command.run(init)
  expect(made.exitCode, made.err).toBe(0)
})

afterAll(async () => {
  await command?.close()
  if (programFolder !== undefined) await rm(programFolder, { recursive: true, force: true })
})

beforeEach(async () => {
  emulator = await createEmulator()
  return () => emulator.close()
})

/** Runs the program in the folder in which `init` made the keys, as the page tells its readers. */
async function setUp(env: Record<string, string> = {}) {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, ['--conditions=jotgate-source', program], {
    cwd: command.folder,
    env: { PATH, HOME, QLIK_URL: emulator.url, QLIK_API_KEY: emulator.adminKey, ...env },
  })
  const closed = once(child, 'close')
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  const [exitCode] = await closed
  return { exitCode, out, err }
}

async function asAdmin(method: string, path: string, body?: unknown) {
  const headers = {
    authorization: `Bearer ${emulator.adminKey}`,
    'content-type': 'application/json',
  }
  const answer = await fetch(new URL(path, emulator.url), {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  expect(answer.ok, await answer.clone().text()).toBe(true)
  return answer.status === 204 ? undefined : answer.json()
}

const paths = ['identity-providers', 'web-integrations', 'csp-origins', 'groups/settings']
const tenant = () => Promise.all(paths.map((path) => asAdmin('GET', `/api/v1/${path}`)))

describe('the set-up program of the guide', () => {
  it('makes everything once: a second run finds it and changes nothing', async () => {
    const first = await setUp()
    expect(first).toEqual({
      exitCode: 0,
      out: expect.stringMatching(/^webIntegrationId: \S+\n$/),
      err: '',
    })
    const made = await tenant()
    expect(made).toMatchObject([
      { data: [{ options: { issuer: 'acme.example', staticKeys: [{ kid: 'acme-1' }] } }] },
      { data: [{ name: 'www.acme.example', validOrigins: [origin] }] },
      { data: [{ origin: 'www.acme.example', frameAncestors: true }] },
      { autoCreateGroups: true },
    ])
    expect(await setUp()).toEqual(first)
    expect(await tenant()).toEqual(made)
  })

  it('adds what is missing beside what others made', async () => {
    const others = [origin, 'https://old.acme.example']
    const integration = { name: 'made by hand', validOrigins: others }
    const { id } = (await asAdmin('POST', '/api/v1/web-integrations', integration)) as {
      id: string
    }
    const image = { name: 'pictures', origin: 'www.acme.example', imgSrc: true }
    await asAdmin('POST', '/api/v1/csp-origins', image)
    expect(await setUp()).toEqual({ exitCode: 0, out: `webIntegrationId: ${id}\n`, err: '' })
    expect((await tenant()).slice(1, 3)).toMatchObject([
      { data: [integration] },
      {
        data: expect.arrayContaining([
          expect.objectContaining({ ...image, frameAncestors: false }),
          expect.objectContaining({ origin: 'www.acme.example', frameAncestors: true }),
        ]),
      },
    ])
  })

  it('stops at a key ID that has another certificate, before it changes anything', async () => {
    const other = await createCommand()
    try {
      expect((await other.run(init)).exitCode).toBe(0)
      await setUp()
      const before = await tenant()
      const mine = join(command.folder, 'keys/qlik.cer')
      const kept = await readFile(mine)
      await writeFile(mine, await readFile(join(other.folder, 'keys/qlik.cer')))
      const ended = await setUp().finally(() => writeFile(mine, kept))
      expect(ended).toMatchObject({ exitCode: 1, out: '' })
      expect(ended.err).toMatch(/^Qlik has another certificate for acme\.example and acme-1: .+\n$/)
      expect(await tenant()).toEqual(before)
    } finally {
      await other.close()
    }
  })

  it.each([
    ['without an API key', { QLIK_API_KEY: '' }, 'Set QLIK_URL and QLIK_API_KEY'],
    ['with a wrong API key', { QLIK_API_KEY: 'wrong' }, 'ERR_QLIK_NOT_LOGGED_IN'],
    ['with a key of two words', { QLIK_API_KEY: 'two words' }, 'apiKey'],
    ['with an address of nothing', { QLIK_URL: 'http://localhost:1' }, 'ERR_QLIK_UNREACHABLE'],
    ['with no address', { QLIK_URL: 'acme' }, 'acme'],
  ])('says in one line what is wrong %s', async (_, env, words) => {
    const { exitCode, out, err } = await setUp(env)
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' })
    expect(err).toContain(words)
    expect(err).toMatch(/^[^\n]+\n$/)
  })
})
