// On the log of a gateway that is running, and on what was left of one that was changed.
import { execFileSync } from 'node:child_process'
import { chmod, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { ownFolder } from '../../files/folder.fixture.ts'
import { readAuditKey } from '../../gateway/audit/audit-key.ts'
import { createAuditLog } from '../../gateway/audit/create-audit-log.ts'
import { createKeyRing } from '../../gateway/store/key-ring.ts'
import { sqliteStore } from '../../gateway/store/sqlite-store.ts'
import { runCli } from '../main.ts'
import { memoryTerminal } from '../memory-terminal.fixture.ts'

/** A gateway's log of two runs, the second of which goes on. */
async function runningLog() {
  const folder = await ownFolder()
  const at = (name: string) => join(folder, name)
  execFileSync('openssl', ['rand', '-out', at('audit.key'), '32'])
  await chmod(at('audit.key'), 0o600)
  const keys = await createKeyRing({ file: at('store-keys.json') })
  const store = await sqliteStore({ file: at('data/sessions.db'), keys })
  const key = await readAuditKey(at('audit.key'))
  const heads: string[] = []
  const options = { folder: at('audit'), key, store, node: 'qlik-1' }
  const open = () => createAuditLog({ ...options, writeHead: (head) => heads.push(head) })
  const first = await open()
  for (let index = 0; index < 20; index += 1)
    await first.record({ event: 'enter', subject: `${index}`, reason: '\u001b[2J\n' })
  await first.close()
  const running = await open()
  await running.record({ event: 'enter', subject: 'again' })
  onTestFinished(async () => {
    await running.close()
    await store.close()
  })
  const [name = ''] = (await readdir(at('audit'))).sort()
  const verify = ['audit', 'verify', '--folder', at('audit'), '--key-file', at('audit.key')]
  return {
    heads,
    /** The file of the first run. */
    file: join(at('audit'), name),
    verify,
    withStore: [
      ...verify,
      '--store',
      at('data/sessions.db'),
      '--store-keys',
      at('store-keys.json'),
    ],
    async run(args: readonly string[], shownLines?: string[]) {
      const terminal = Object.assign(memoryTerminal({ folder }), {
        stderrIsTerminal: shownLines !== undefined,
        showProgress: (line: string) => void shownLines?.push(line),
      })
      const exitCode = await runCli(args, terminal)
      return { exitCode, out: terminal.out, err: terminal.err }
    },
  }
}

it('says that a log is whole while the gateway runs, and shows its progress', async () => {
  const { run, withStore } = await runningLog()
  const shown: string[] = []
  expect(await run(withStore, shown)).toEqual({
    exitCode: 0,
    out: expect.stringMatching(
      /^The log is whole: 24 lines in 2 files of 2 runs\.\nIt ends at qlik-1_\S+:2:\S+\n$/,
    ),
    err: '',
  })
  expect([shown[0], shown.at(-1)]).toEqual([expect.stringMatching(/^\d+% of 0\.0 MiB read$/), ''])
  const { exitCode, out } = await run([...withStore, '--json'])
  expect({ exitCode, ...JSON.parse(out) }).toMatchObject({
    exitCode: 0,
    ...{ files: 2, boots: 2, lines: 24, findings: [], furtherFindings: 0, notes: [] },
  })
})

it('warns that an end may be missing when nothing says where it was', async () => {
  const { run, verify, heads } = await runningLog()
  const ended = await run(verify)
  expect(ended).toMatchObject({ exitCode: 0, err: expect.stringContaining('without --store') })
  expect(await run([...verify, '--head', heads[0] ?? ''])).toMatchObject({ exitCode: 0, err: '' })
})

it('ends with 3 and a table when lines or files are missing', async () => {
  const { run, verify, withStore, heads, file } = await runningLog()
  const lines = (await readFile(file, 'utf8')).split('\n')
  await writeFile(file, lines.toSpliced(4, 2).join('\n'))
  const changed = await run(withStore)
  expect(changed).toMatchObject({ exitCode: 3, err: '' })
  expect(changed.out).toMatch(/^The log is not whole: 1 finding in 22 lines/)
  expect(changed.out).toMatch(
    /\nFILE +LINE +PROBLEM\nqlik-1_\S+ +5 +has the number 7 .* 2 lines before it missing\n$/,
  )
  await writeFile(file, `${lines.slice(0, 10).join('\n')}\n{"seq":11,"ti`)
  const cut = await run([...verify, '--head', heads[0] ?? '', '--json'])
  expect(cut.exitCode).toBe(3)
  expect(JSON.parse(cut.out)).toMatchObject({
    findings: [{ line: 0, problem: expect.stringContaining('was cut off') }, {}],
    notes: [{ line: 11, problem: expect.stringContaining('is torn') }],
  })
  expect((await run(withStore)).out).toMatch(
    /No sign of a change[^\n]*\nFILE.*\nqlik-1\S+ +11 +is torn/,
  )
  await rm(file)
  expect((await run(withStore)).out).toMatch(/ - +is missing: /)
})
