import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runCli } from '../main.ts'
import { memoryTerminal } from '../memory-terminal.fixture.ts'
import { frameworks } from './frameworks.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jotgate-add-'))
})

afterEach(() => rm(folder, { recursive: true, force: true }))

/** What the application in the folder says of itself. */
const application = (description: unknown) =>
  writeFile(join(folder, 'package.json'), JSON.stringify(description))

async function add(...args: string[]) {
  const terminal = memoryTerminal({ folder })
  const exitCode = await runCli(['add', ...args], terminal)
  return { exitCode, out: terminal.out, err: terminal.err }
}

/** The same with somebody who answers. */
async function addAsked(answer: string) {
  const asked: string[] = []
  const terminal = Object.assign(memoryTerminal({ folder }), {
    stdinIsTerminal: true,
    stderrIsTerminal: true,
    async ask(question: string) {
      asked.push(question)
      return answer
    },
  })
  const exitCode = await runCli(['add'], terminal)
  return { exitCode, out: terminal.out, err: terminal.err, asked }
}

const inFolder = async () => (await readdir(folder, { recursive: true })).sort()

describe('jotgate add', () => {
  it.each(frameworks)('writes the files of $name as its templates have them', async (framework) => {
    await application({ devDependencies: { [framework.name]: '1' } })
    await mkdir(join(folder, 'app'))
    const { exitCode, out } = await add('--yes', '--json')
    expect(exitCode).toBe(0)
    const { files, ...said } = JSON.parse(out)
    expect(said).toMatchObject({ framework: framework.name })
    expect(files).toEqual(framework.files.map(({ target }) => target))
    for (const { template, target } of framework.files) {
      const source = new URL(`../../../templates/${template}`, import.meta.url)
      const written = await readFile(join(folder, target), 'utf8')
      expect(written).toBe(await readFile(source, 'utf8'))
      const { mode } = await stat(join(folder, target))
      if (process.platform !== 'win32') expect(mode & 0o777).toBe(0o644 & ~process.umask())
    }
  })

  it('names each file on stdout, and what to do next on stderr', async () => {
    await application({ type: 'module', dependencies: { express: '5', jotgate: '0' } })
    await writeFile(join(folder, 'pnpm-lock.yaml'), '')
    const { exitCode, out, err } = await add('express', '--yes')
    expect(exitCode).toBe(0)
    expect(out.split('\n')).toContain('qlik/express.mjs')
    expect(err).toContain('pnpm add enigma.js @nebula.js/stardust')
    expect(err).toContain("import { qlik } from './qlik/express.mjs'")
    expect(err).toContain('node qlik/set-up.mjs')
  })

  it('asks first, with the files in view', async () => {
    await application({ dependencies: { hono: '4' } })
    const { exitCode, err, asked } = await addAsked('y')
    expect({ exitCode, asked }).toEqual({ exitCode: 0, asked: ['Write them? [y/N] '] })
    expect(err).toMatch(/^Hono: [^\n]+\n {2}qlik\/set-up\.mjs\n/)
    expect(await inFolder()).toContain(join('qlik', 'hono.mjs'))
  })

  it.each(['', 'n', 'yes please'])('writes nothing when the answer is %j', async (answer) => {
    await application({ dependencies: { hono: '4' } })
    const { exitCode, out, err } = await addAsked(answer)
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' })
    expect(err).toContain('ERR_CLI_ADD_DECLINED')
    expect(await inFolder()).toEqual(['package.json'])
  })

  it('shows the files and writes nothing where nobody can be asked', async () => {
    await application({ dependencies: { fastify: '5' } })
    const { exitCode, err } = await add()
    expect(exitCode).toBe(2)
    expect(err).toMatch(/qlik\/fastify\.mjs[\s\S]*--yes is missing/)
    expect(await inFolder()).toEqual(['package.json'])
  })

  it('puts routes of Next.js where its app folder is, and refuses where there is none', async () => {
    await application({ dependencies: { next: '16' } })
    const { exitCode, err } = await add('--yes')
    expect(exitCode).toBe(1)
    expect(err).toContain('ERR_CLI_ADD_NO_APP_FOLDER')
    await mkdir(join(folder, 'src/app'), { recursive: true })
    const added = await add('--yes')
    expect(added.err).toContain('node src/qlik/set-up.mjs')
    const files = added.out.trim().split('\n')
    expect(files).toContain('src/app/chart/token/route.js')
    expect(files.filter((file) => !file.startsWith('src/'))).toEqual([])
  })

  it.each([
    ['no framework', {}, [], /none of express, fastify/],
    [
      'another framework',
      { dependencies: { hono: '4' } },
      ['express'],
      /has hono, and not express/,
    ],
    ['two frameworks', { dependencies: { hono: '4', express: '5' } }, [], /express and hono: name/],
    ['a framework that is not known', { dependencies: { koa: '3' } }, ['koa'], /one of express/],
    ['lists that are none', { dependencies: 'express' }, ['express'], /has no express/],
  ])('refuses %s', async (_, description, args, words) => {
    await application(description)
    const { exitCode, out, err } = await add(...args, '--yes')
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' })
    expect(err).toMatch(words)
    expect(await inFolder()).toEqual(['package.json'])
  })

  it('takes the one that is named, of two', async () => {
    await application({ dependencies: { hono: '4', express: '5' } })
    expect((await add('hono', '--yes')).out).toContain('qlik/hono.mjs')
  })

  it('refuses a folder without an application, and a package.json that is none', async () => {
    expect(await add('--yes')).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('ERR_CLI_ADD_NO_APPLICATION'),
    })
    for (const text of ['', '[]', '{"dependencies":', '\u0000']) {
      await writeFile(join(folder, 'package.json'), text)
      const { exitCode, err } = await add('--yes')
      expect(exitCode).toBe(1)
      expect(err).toContain('package.json is not a JSON object')
    }
  })

  it.each([
    ['a file', (path: string) => writeFile(path, 'mine')],
    ['a folder', (path: string) => mkdir(path)],
    ['a link that leads nowhere', (path: string) => symlink('nowhere', path)],
  ])('overwrites nothing: %s has the name of one of the files', async (_, make) => {
    await application({ dependencies: { express: '5' } })
    await mkdir(join(folder, 'qlik'))
    await make(join(folder, 'qlik/login.mjs'))
    const before = await inFolder()
    const { exitCode, out, err } = await add('--yes')
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' })
    expect(err).toContain('qlik/login.mjs exists already')
    expect(await inFolder()).toEqual(before)
  })

  it('leaves nothing where a file has the name of a folder', async () => {
    await application({ dependencies: { express: '5' } })
    await mkdir(join(folder, 'qlik'))
    await writeFile(join(folder, 'qlik/page'), 'mine')
    const { exitCode, err } = await add('--yes')
    expect(exitCode).toBe(1)
    expect(err).toMatch(/ERR_CLI_ADD_WRITE[^\n]*\((ENOTDIR|EEXIST)\)/)
    expect(await inFolder()).toEqual(['package.json', 'qlik', join('qlik', 'page')])
  })

  it('stops when it is interrupted', async () => {
    await application({ dependencies: { express: '5' } })
    const terminal = memoryTerminal({ folder })
    expect(await runCli(['add', '--yes'], terminal, AbortSignal.abort('SIGINT'))).toBe(130)
    expect(terminal).toMatchObject({ out: '', err: '' })
    expect(await inFolder()).toEqual(['package.json'])
  })
})
