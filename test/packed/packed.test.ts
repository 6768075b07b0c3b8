// What is published is not what runs here: the packages as npm lays them out, used by Node from a folder of a user.
import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, inject, it } from 'vitest'
import { allPages } from '../../packages/jotgate/src/cli/explain/pages.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = inject('packedFolder')

function run(args: readonly string[]): { stdout: string; stderr: string; status: number | null } {
  return spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
}

it('the packed command keeps compiled code in a folder of its user alone', () => {
  const bin = join(folder, 'node_modules/jotgate/bin/jotgate.js')
  const keptIn = (
    name: string,
    { more = {}, mode = 0o700, owner }: { more?: object; mode?: number; owner?: number } = {},
  ) => {
    const cache = join(folder, name)
    mkdirSync(cache)
    chmodSync(cache, mode)
    if (owner !== undefined) chownSync(cache, owner, owner)
    const { NODE_COMPILE_CACHE: _, ...others } = process.env
    const env = { ...others, XDG_CACHE_HOME: cache, LOCALAPPDATA: cache, ...more }
    expect(spawnSync(process.execPath, [bin, '--version'], { cwd: folder, env }).status).toBe(0)
    return readdirSync(cache)
  }
  expect(keptIn('own')).toEqual(['jotgate'])
  expect(keptIn('switched-off', { more: { NODE_DISABLE_COMPILE_CACHE: '1' } })).toEqual([])
  // Only root can give a folder away to try it.
  if (process.getuid?.() === 0) expect(keptIn('of-somebody-else', { owner: 1 })).toEqual([])
  if (process.platform !== 'win32') expect(keptIn('open-to-all', { mode: 0o777 })).toEqual([])
})

it('the packed command is strict, plain ASCII, and names no folder that it was built in', () => {
  const bundle = join(folder, 'node_modules/jotgate/dist/cli')
  const texts = readdirSync(bundle).map((name) => [name, readFileSync(join(bundle, name), 'utf8')])
  const filesWith = (pattern: RegExp) =>
    texts.filter(([, text = '']) => pattern.test(text)).map(([name]) => name)
  // Its sources are modules, which are strict; CommonJS is so where it says so.
  expect(filesWith(/^(?!"use strict";)/)).toEqual([])
  expect(filesWith(/[^\0-\x7f]/)).toEqual([])
  expect(filesWith(/^\s*\/\//m)).toEqual([])
})

it('the packed library signs and reads a token', () => {
  writeFileSync(
    join(folder, 'sign.js'),
    `import { cloud, createSigner, decodeToken } from 'jotgate'
     import { createKeyPair, readSigningKey, writeKeyPair } from 'jotgate/keys'
     import { productFor } from 'jotgate/qlik'
     import { connect } from 'jotgate/browser'
     await writeKeyPair({ folder: 'keys', keyPair: await createKeyPair({ bits: 2048 }) })
     const key = await readSigningKey({ file: 'keys/qlik.pem' })
     const deployment = cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' })
     const user = { subject: '42', name: 'Ada', email: 'ada@acme.example' }
     const { token } = await createSigner({ deployment, key }).sign(user)
     console.log(decodeToken(token).payload.sub, typeof productFor(deployment).openSession, typeof connect)`,
  )
  expect(run(['sign.js'])).toMatchObject({
    stderr: '',
    stdout: '42 function function\n',
    status: 0,
  })
})

it('the packed library has types', () => {
  writeFileSync(
    join(folder, 'typed.ts'),
    `import { cloud, isJotgateError, type JotgateErrorCode, type Signer } from 'jotgate'
     import { type KeyErrorCode, readSigningKey } from 'jotgate/keys'
     // @ts-expect-error an issuer is needed
     cloud({ url: 'https://acme.eu.qlikcloud.com' })
     export const signer: Signer | undefined = undefined
     export const key = readSigningKey({ file: 'keys/qlik.pem' })
     export const fileOf = (error: unknown): string | undefined =>
       isJotgateError(error, 'ERR_KEY_NOT_FOUND') ? error.details.file : undefined
     export const codes: JotgateErrorCode[] = ['ERR_TOKEN_USER', 'ERR_KEY_WEAK' satisfies KeyErrorCode]
     // @ts-expect-error there is no such code
     isJotgateError(undefined, 'ERR_KEY_MISTYPED')`,
  )
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  const options = [
    '--noEmit',
    '--strict',
    '--module',
    'nodenext',
    '--target',
    'es2024',
    '--skipLibCheck',
  ]
  expect(run([compiler, ...options, '--types', 'node', 'typed.ts']).stdout).toBe('')
})

it('the packed gateway keeps sessions in a file, on a thread of its own', () => {
  writeFileSync(
    join(folder, 'store.js'),
    `import { createKeyRing, readKeyRing, sqliteStore } from 'jotgate/gateway'
     await createKeyRing({ file: 'store-keys/ring.json' })
     const open = async () =>
       sqliteStore({ file: 'store/sessions.db', keys: await readKeyRing({ file: 'store-keys/ring.json' }) })
     const store = await open()
     await store.put('session', { id: 'a', record: { n: 1 }, expiresAt: Date.now() + 60_000 })
     await store.close()
     console.log(await (await open()).get('session', 'a'))`,
  )
  expect(run(['store.js'])).toMatchObject({ stderr: '', stdout: '{ n: 1 }\n', status: 0 })
})

it('the packed emulator starts from its command', () => {
  const { stdout, status } = run([
    'node_modules/jotgate-emulator/bin/jotgate-emulator.js',
    '--help',
  ])
  expect(status).toBe(0)
  expect(stdout).toContain('cloud')
})

it('the packed command makes a key and a token', () => {
  const bin = 'node_modules/jotgate/bin/jotgate.js'
  expect(run([bin, '--version']).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  expect(run([bin, 'keys', 'create', '--bits', '2048', '--out', 'made'])).toMatchObject({
    status: 0,
  })
  const user = [
    '--subject',
    '42',
    '--name',
    'Ada',
    '--email',
    'a@acme.example',
    '--email-verified',
    'true',
  ]
  const args = [
    'token',
    'create',
    '--for',
    'cloud',
    '--issuer',
    'acme',
    '--key',
    'made/qlik.pem',
    ...user,
  ]
  const { stdout, stderr, status } = run([bin, ...args])
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
  expect(stdout).toMatch(/^eyJ[\w-]+\.[\w-]+\.[\w-]+\n$/)
  expect(run([bin, 'config', 'schema']).stdout).toContain('jotgate.config.json')
})

it('the packed command explains every error and rule, without a network', () => {
  const bin = 'node_modules/jotgate/bin/jotgate.js'
  writeFileSync(
    join(folder, 'no-network.cjs'),
    "require('node:net').Socket.prototype.connect = () => { throw new Error('There is no network') }",
  )
  const explain = (...args: string[]) => run(['-r', './no-network.cjs', bin, 'explain', ...args])
  const { stdout } = explain('--json')
  const names = (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name)
  expect(names).toEqual(allPages().map(({ name }) => name))
  for (const name of ['ERR_KEY_MODE', 'cloud-issuer', 'LOGIN-8', '4203'])
    expect(explain(name)).toMatchObject({
      stdout: expect.stringMatching(new RegExp(`^${name}\n`)),
      stderr: '',
      status: 0,
    })
  expect(explain('Could not authenticate').stdout).toContain('QSEOW-NO-AUTHENTICATION')
})

it('the packed emulator has its built pages, and the licences that they require', () => {
  writeFileSync(
    join(folder, 'pages.js'),
    `import { createEmulator } from 'jotgate-emulator'
     const emulator = await createEmulator()
     const main = await fetch(emulator.url + '/qlik-embed/main.js')
     const auth = await fetch(emulator.url + '/qlik-embed/auth.js')
     console.log(main.status, auth.status, (await main.text()).includes('QlikMain'))
     await emulator.close()`,
  )
  expect(run(['pages.js'])).toMatchObject({ stderr: '', stdout: '200 200 true\n', status: 0 })
  const pages = join(folder, 'node_modules/jotgate-emulator/pages-dist')
  const listed = readdirSync(pages, { recursive: true }).map(String)
  expect(listed).toContain(join('single', 'single.html'))
  expect(listed).toContain('licenses.md')
  expect(readdirSync(join(pages, '..')).sort()).not.toContain('pages')
})

it('the packages have only built files, documents and the command', () => {
  for (const name of ['jotgate', 'jotgate-emulator']) {
    const listed = readdirSync(join(folder, 'node_modules', name), { recursive: true }).map(String)
    const strange = /(\.test\.|\.fixture\.|\btesting\b|\.pem|\.key|tsconfig)/
    expect(listed.filter((file) => strange.test(file))).toEqual([])
    expect(listed).toContain('LICENSE')
  }
})
