// The commands and the rule of docs/guides/client-managed.md as the page shows them, at the emulator.
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { clientManaged, createEmulators, type Emulators } from 'jotgate-emulator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ensureShellTools } from '../../scripts/setup/shell-tools.ts'
import { type Command, createCommand } from './command.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const bin = join(root, 'packages/jotgate/bin/jotgate.js')
const address = 'https://sense.acme.example'

let command: Command
let guide: string
let emulators: Emulators<readonly [ReturnType<typeof clientManaged>]>

/** A block for a shell below a heading, the first when none is named. */
function blockBelow(heading: string, index = 0): string {
  const [, section = ''] = guide.split(`\n## ${heading}\n`)
  const [own = ''] = section.split('\n## ')
  const block = [...own.matchAll(/^```sh\n([\s\S]*?)^```/gm)][index]?.[1]
  if (block === undefined) throw new Error(`The guide has no commands below ${heading}`)
  return block
}

/** Runs lines of the guide in one shell, which stops at the first that fails. */
function run(lines: string) {
  const { url } = emulators.products['client-managed']
  const { PATH = '' } = process.env
  const text = lines.replaceAll(address, url)
  return command.shell(`set -eu\n${text}`, { PATH: `${join(command.folder, 'bin')}:${PATH}` })
}

beforeAll(async () => {
  ensureShellTools(() => undefined)
  guide = await readFile(join(root, 'docs/guides/client-managed.md'), 'utf8')
  command = await createCommand()
  await mkdir(join(command.folder, 'bin'))
  const npx = join(command.folder, 'bin/npx')
  await writeFile(npx, `#!/bin/sh\nshift\nexec "${process.execPath}" "${bin}" "$@"\n`)
  await chmod(npx, 0o755)

  const [, , ...init] = blockBelow('1. Make the key pair').trim().split(' ')
  expect((await command.run(init)).exitCode).toBe(0)
  const headers = /^```text\n(Access-Control-[\s\S]*?)^```/m.exec(guide)?.[1]
  emulators = await createEmulators({
    products: [
      clientManaged({
        virtualProxies: [
          {
            prefix: 'jwt',
            certificate: await readFile(join(command.folder, 'keys/qlik.cer'), 'utf8'),
            additionalResponseHeaders: headers ?? '',
          },
        ],
        switches: { proxyPreflight: 'answered' },
      }),
    ],
  })
  // What init wrote names the site; the emulator stands in for it.
  const config = join(command.folder, 'jotgate.config.json')
  const { url } = emulators.products['client-managed']
  await writeFile(config, (await readFile(config, 'utf8')).replaceAll(address, url))
})

afterAll(async () => {
  await emulators?.close()
  await command?.close()
})

it('five minutes: one command goes from an empty folder to a login', async () => {
  const own = await createEmulators({ products: [clientManaged()] })
  const folder = await createCommand()
  try {
    const { urls, state } = own.products['client-managed']
    const { root: ca = '', client = '', clientKey = '' } = own.certificates ?? {}
    await writeFile(join(folder.folder, 'root.pem'), ca)
    await writeFile(join(folder.folder, 'client.pem'), client)
    await writeFile(join(folder.folder, 'client_key.pem'), clientKey)
    const block = blockBelow('In five minutes').replace('npm install jotgate\n', '')
    // The emulator's repository has another port, and nobody sits at a terminal here.
    const lines = `${block.trim().replaceAll('npx ', '')} --yes --qrs-url ${urls.qrs}`
    const { exitCode, err } = await folder.shell(
      `set -eu\n${lines.replaceAll(address, urls.proxy ?? '')}`,
    )
    expect(exitCode, err).toBe(0)
    expect(err).toContain('It works: a token signed with keys/qlik.pem opens a session')
    expect(state.users().filter(({ userId }) => userId.startsWith('jotgate-'))).toEqual([])
    expect(await folder.run(['plan'])).toMatchObject({ exitCode: 0 })
  } finally {
    await folder.close()
    await own.close()
  }
})

describe('the commands of the guide', () => {
  it('say who somebody is, and log out', async () => {
    const { exitCode, out, err } = await run(blockBelow('5. Log in'))
    expect([exitCode, out], err).toEqual([0, expect.stringMatching(/ACME[\s\S]*ada/)])
    expect(emulators.products['client-managed'].state.sessions()).toEqual([])
  })

  it('make calls with one session', async () => {
    const block = blockBelow('13. In a script and in a program')
    const { exitCode, out, err } = await run(block)
    expect([exitCode, out], err).toEqual([0, expect.stringContaining('"userId":"ada"')])
    expect(emulators.products['client-managed'].state.sessions()).toEqual([])
  })

  it('log somebody in and get the hub with the cookie alone', async () => {
    const { exitCode, out, err } = await run(blockBelow('5. Log in', 1))
    expect(exitCode, err).toBe(0)
    expect(out).toContain('No rule of client-managed Qlik is broken.')
    expect(out).toMatch(/"userDirectory":"ACME","userId":"ada"/)
    expect(await readFile(join(command.folder, 'hub.html'), 'utf8')).toContain('ACME')
    expect(emulators.products['client-managed'].state.sessions()).toHaveLength(1)
  })

  it('print the certificate as the QMC wants it', async () => {
    const [, line = ''] = /`npx (jotgate keys export --as qmc [^`]+)`/.exec(guide) ?? []
    const { out } = await run(`npx ${line}`)
    expect(out).toBe(await readFile(join(command.folder, 'keys/qlik.cer'), 'utf8'))
  })

  it('find out whether a page on another host may log in', async () => {
    const block = blockBelow('7. A page on another host')
    const answered = await run(block)
    expect(answered.out).toMatch(/^HTTP\/1.1 200/)
    expect(answered.out).toMatch(/access-control-allow-headers: Authorization/i)
    emulators.products['client-managed'].switches.set({ proxyPreflight: 'unauthorized' })
    expect((await run(block)).out).toMatch(/^HTTP\/1.1 401/)
    emulators.products['client-managed'].switches.set({ proxyPreflight: 'answered' })
  })

  it('get the CSRF token and call the repository with the cookie of before', async () => {
    const { exitCode, out, err } = await run(blockBelow('8. REST calls and web sockets'))
    expect([exitCode, out], err).toEqual([0, expect.stringMatching(/^qlik-csrf-token: \S+/im)])
    expect(out).toContain('"buildVersion"')
  })
})

it('the rule for programs lets one read the apps of a stream, and nothing else', async () => {
  const { url } = emulators.products['client-managed']
  const console = (method: string, path: string, body?: unknown) =>
    fetch(`${url}/_emulator/api/client-managed${path}`, {
      method,
      headers: { authorization: `Bearer ${emulators.adminKey}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  const row = (name: string, column: number) =>
    [...guide.matchAll(new RegExp(`^\\| ${name} \\| \`(.+?)\``, 'gm'))][column]?.[1] ?? ''
  // The key and the prefix of the other steps stand in for those of the service.
  const call = blockBelow('10. Programs, without the root certificate')
    .replace('--prefix service', '--prefix jwt')
    .replace('keys/service.pem', 'keys/qlik.pem')
  const apps = async () => {
    const { out, err } = await run(call)
    if (out === '') throw new Error(err)
    return (JSON.parse(out) as { name: string }[]).map(({ name }) => name)
  }
  // Whoever logged in reads the stream Everyone by a rule of every installation.
  const { rules } = (await (await console('GET', '/site')).json()) as {
    rules: { id: string; name: string }[]
  }
  const everyone = rules.find(({ name }) => name === 'StreamEveryone')
  await console('PATCH', `/rules/${everyone?.id}`, { disabled: true })
  expect(await apps()).toEqual([])
  const made = await console('POST', '/rules', {
    name: 'publisher reads apps',
    resourceFilter: row('Resource filter', 1),
    rule: row('Conditions', 1).replace('"Sales"', '"Everyone"'),
    actions: 2,
  })
  expect(made.status).toBe(201)
  expect(await apps()).toEqual(['Movies'])
  const refused = await run(call.replace('/app', '/virtualproxyconfig'))
  expect([refused.exitCode, refused.out]).toEqual([0, '[]'])
  await console('PATCH', `/rules/${everyone?.id}`, { disabled: false })
})

it('the conditions of its security rules can be read', async () => {
  const { url } = emulators.products['client-managed']
  const rows = [...guide.matchAll(/^\| Conditions \|(.+)\|$/gm)].map(([, row = '']) => row)
  const conditions = rows.flatMap((row) => [...row.matchAll(/`(.+?)`/g)].map(([, one]) => one))
  expect(conditions).toHaveLength(3)
  for (const rule of conditions) {
    const answer = await fetch(`${url}/_emulator/api/client-managed/rules`, {
      method: 'POST',
      headers: { authorization: `Bearer ${emulators.adminKey}` },
      body: JSON.stringify({ name: 'of the guide', resourceFilter: 'App_*', rule, actions: 2 }),
    })
    expect([answer.status, await answer.json()]).toEqual([201, expect.anything()])
  }
})
