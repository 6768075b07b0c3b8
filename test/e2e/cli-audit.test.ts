// `jotgate audit verify` as an operator runs it: on the log of a gateway that is running, and on what was left
// of one that was changed.
import { execFileSync } from 'node:child_process'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createKeyRing, readAuditKey, sqliteStore } from 'jotgate/gateway'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAuditLog } from '../../packages/jotgate/src/gateway/audit/create-audit-log.ts'
import { type Command, createCommand } from './command.ts'

let command: Command
let close: () => Promise<void>
const heads: string[] = []
beforeAll(async () => {
  command = await createCommand()
  const at = (name: string) => join(command.folder, name)
  execFileSync('openssl', ['rand', '-out', at('audit.key'), '32'], { stdio: 'ignore' })
  execFileSync('chmod', ['600', at('audit.key')])
  const keys = await createKeyRing({ file: at('store-keys.json') })
  const store = await sqliteStore({ file: at('data/sessions.db'), keys })
  const open = async () =>
    createAuditLog({
      folder: at('audit'),
      key: await readAuditKey(at('audit.key')),
      store,
      node: 'qlik-1',
      writeHead: (head) => heads.push(head),
    })
  const first = await open()
  for (let index = 0; index < 20; index += 1)
    await first.record({ event: 'enter', subject: `${index}`, reason: '\u001b[2J\n' })
  await first.close()
  const running = await open()
  await running.record({ event: 'enter', subject: 'again' })
  close = async () => {
    await running.close()
    await store.close()
  }
})
afterAll(async () => {
  await close?.()
  await command?.close()
})

const verify = ['audit', 'verify', '--folder', 'audit', '--key-file', 'audit.key']
const withStore = [...verify, '--store', 'data/sessions.db', '--store-keys', 'store-keys.json']

describe('jotgate audit verify', () => {
  it('says that a log is whole while the gateway runs', async () => {
    const ended = await command.run(withStore)
    expect(ended).toEqual({
      exitCode: 0,
      out: expect.stringMatching(
        /^The log is whole: 24 lines in 2 files of 2 runs\.\nIt ends at qlik-1_/,
      ),
      err: '',
    })
    const { exitCode, out } = await command.run([...withStore, '--json'])
    expect({ exitCode, ...JSON.parse(out) }).toMatchObject({
      exitCode: 0,
      ...{ files: 2, boots: 2, lines: 24, findings: [], furtherFindings: 0, notes: [] },
    })
  })

  it('warns that an end may be missing when nothing says where it was', async () => {
    const ended = await command.run(verify)
    expect(ended).toMatchObject({ exitCode: 0, err: expect.stringContaining('without --store') })
    const [head = ''] = heads
    expect(await command.run([...verify, '--head', head])).toMatchObject({ exitCode: 0, err: '' })
  })

  it('ends with 3 and a table when lines are missing, at their places', async () => {
    const [name = ''] = (await readdir(join(command.folder, 'audit'))).sort()
    const file = join(command.folder, 'audit', name)
    const before = await readFile(file, 'utf8')
    try {
      const lines = before.split('\n')
      await writeFile(file, lines.toSpliced(4, 2).join('\n'))
      const changed = await command.run(withStore)
      expect(changed).toMatchObject({ exitCode: 3, err: '' })
      expect(changed.out).toMatch(/^The log is not whole: 1 findings? in 22 lines/)
      expect(changed.out).toMatch(
        /\nFILE +LINE +PROBLEM\nqlik-1_\S+ +5 +has the number 7 .* 2 lines before it/,
      )
      await writeFile(
        file,
        lines
          .slice(0, 10)
          .map((line) => `${line}\n`)
          .join(''),
      )
      const cut = await command.run([...verify, '--head', heads[0] ?? '', '--json'])
      expect(cut.exitCode).toBe(3)
      const { findings } = JSON.parse(cut.out) as { findings: { line: number; problem: string }[] }
      expect(findings[0]).toMatchObject({
        line: 0,
        problem: expect.stringContaining('was cut off'),
      })
      await rm(file)
      expect((await command.run(withStore)).out).toMatch(/ - +is missing: /)
    } finally {
      await writeFile(file, before)
    }
    expect(await command.run(withStore)).toMatchObject({ exitCode: 0 })
  })

  it('ends with 1 when the log cannot be read', async () => {
    const ended = await command.run([...verify.with(3, 'nowhere')])
    expect(ended).toMatchObject({ exitCode: 1, out: '' })
    expect(ended.err).toContain('ERR_GATEWAY_AUDIT_UNREADABLE')
  })
})
