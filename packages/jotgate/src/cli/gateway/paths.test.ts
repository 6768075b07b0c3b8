import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ownFolder } from '../../files/folder.fixture.ts'
import { runCli } from '../main.ts'
import { memoryTerminal } from '../memory-terminal.fixture.ts'

const entry = { event: 'path-not-listed', method: 'GET', count: 1, carried: false }
const page = 'https://www.acme.example/sales'
const log = [
  '{"level":30,"msg":"listening"}',
  JSON.stringify({ ...entry, path: '/api/v1/notes', page }),
  JSON.stringify({ ...entry, path: '/api/v1/notes', page, count: 10 }),
  JSON.stringify({ ...entry, path: '/api/v1/notes', method: 'POST', page }),
  'not JSON',
  JSON.stringify({ ...entry, path: '/api/v1/data-files/{id}' }),
].join('\n')

async function run(args: readonly string[], { stdin = '', isTerminal = false } = {}) {
  const folder = await ownFolder()
  const file = join(folder, 'gateway.log')
  await writeFile(file, log)
  const terminal = Object.assign(memoryTerminal({ folder, stdin }), {
    stdoutIsTerminal: isTerminal,
  })
  const line = args.map((arg) => (arg === 'LOG' ? file : arg))
  const exitCode = await runCli(['gateway', 'paths', ...line], terminal)
  return { exitCode, out: terminal.out, err: terminal.err }
}

it('prints lines as allowPaths takes them', async () => {
  expect(await run(['--log', 'LOG'])).toEqual({
    exitCode: 3,
    out: 'GET,POST /api/v1/notes\nGET /api/v1/data-files/{id}\n',
    err: '',
  })
})

it('shows people how often and by which page', async () => {
  const { out } = await run(['--log', 'LOG'], { isTerminal: true })
  expect(out).toMatch(/^LINE +REQUESTS +PAGES\nGET,POST \/api\/v1\/notes +11 +https:\S+sales\n/)
})

it('prints all as JSON, from a pipe too', async () => {
  const { out, exitCode } = await run(['--log', '-', '--json'], { stdin: log })
  expect({ exitCode, ...JSON.parse(out) }).toEqual({
    exitCode: 3,
    allowPaths: ['GET,POST /api/v1/notes', 'GET /api/v1/data-files/{id}'],
    paths: [
      { line: 'GET,POST /api/v1/notes', requests: 11, pages: [page], carried: false },
      { line: 'GET /api/v1/data-files/{id}', requests: 1, pages: [], carried: false },
    ],
  })
})

it('says when nothing is missing', async () => {
  expect(await run(['--log', '-'], { stdin: '{"level":30}\n' })).toEqual({
    exitCode: 0,
    out: 'Nothing that was asked for is missing from the allow-list.\n',
    err: '',
  })
  expect((await run(['--log', '-'])).err).toMatch(/the log is empty/)
})
