import { randomBytes } from 'node:crypto'
import { appendFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ownFolder } from '../../files/folder.fixture.ts'
import { createKeyRing } from '../store/key-ring.ts'
import { eventsOf } from './audit-folder.fixture.ts'
import { sortFileNames } from './file-names.ts'
import { readStoreAnchors } from './store-anchors.ts'
import { verifyAuditLog } from './verify-audit-log.ts'
import { startWriting } from './writing-process.fixture.ts'

const scale = Number(process.env.JOTGATE_TEST_SCALE ?? 1)
const kills = Math.max(2, Math.round(5 * scale))

it(`keeps each line whose promise has resolved, and verifies, when its process is killed (${kills} times)`, async () => {
  const home = await ownFolder()
  const at = (name: string) => join(home, name)
  const key = randomBytes(32)
  await writeFile(at('audit.key'), key)
  const keys = await createKeyRing({ file: at('store-keys.json') })
  const files = { folder: at('audit'), storeFile: at('data/store.db') }
  const moments = fc.sample(fc.integer({ min: 1, max: 4000 }), kills)
  const told = new Set<string>()
  for (const [run, moment] of moments.entries()) {
    let count = 0
    const { process: child, ended } = startWriting(
      { ...files, keyFile: at('audit.key'), storeKeysFile: at('store-keys.json'), run: `${run}` },
      (subject) => {
        // What the pipe cut off in the middle was not told.
        if (/^\d+-\d+-\d+$/.test(subject)) told.add(subject)
        count += 1
        if (count === moment) child.kill('SIGKILL')
      },
    )
    await ended
    expect(count, `run ${run} was killed`).toBeGreaterThanOrEqual(moment)
    const anchors = await readStoreAnchors({ file: files.storeFile, keys })
    const { findings, notes, boots } = await verifyAuditLog({ ...files, key, anchors })
    expect(findings, `run ${run}, killed after ${moment} lines`).toEqual([])
    expect(notes.every(({ problem }) => problem.startsWith('is torn'))).toBe(true)
    expect(boots).toBe(run + 1)
    // As if the kernel had written a part of the next line; the next run begins a file of its own.
    const newest = sortFileNames(await readdir(files.folder)).at(-1)?.name ?? ''
    await appendFile(join(files.folder, newest), run % 2 === 0 ? '{"seq":' : '')
  }
  const written = new Set<unknown>()
  for (const { name } of sortFileNames(await readdir(files.folder)))
    for (const { subject } of await eventsOf(files.folder, name)) written.add(subject)
  expect(told.size).toBeGreaterThan(kills)
  expect([...told].filter((subject) => !written.has(subject))).toEqual([])
})
