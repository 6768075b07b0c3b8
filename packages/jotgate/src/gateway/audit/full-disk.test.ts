import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { open, readdir, rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it, onTestFinished } from 'vitest'
import { memoryStore } from '../store/memory-store.ts'
import { mountSmallDisk } from '../store/store-folder.fixture.ts'
import { auditFolder, eventsOf, patient } from './audit-folder.fixture.ts'
import { createAuditLog } from './create-audit-log.ts'
import { readAnchors } from './earlier-boots.ts'
import { sortFileNames } from './file-names.ts'
import { type LogDisk, realDisk, toLogFile } from './log-file.ts'
import { verifyAuditLog } from './verify-audit-log.ts'

const code = 'ERR_GATEWAY_AUDIT'
const scale = Number(process.env.JOTGATE_TEST_SCALE ?? 1)

/** The subjects of all lines in the order of their files. */
async function subjectsIn(folder: string) {
  const names = sortFileNames(await readdir(folder))
  const events = await Promise.all(names.map(({ name }) => eventsOf(folder, name)))
  return events.flat().flatMap(({ subject }) => (subject === undefined ? [] : [subject]))
}

it('G-F8 refuses while the disk is full, keeps what it took, and resumes by itself', async (context) => {
  const disk = await mountSmallDisk(Math.ceil(512 * Math.max(scale, 1)))
  if (disk === undefined)
    return context.skip('This user may not mount a file system: run it as root on Linux')
  const folder = join(disk, 'audit')
  const key = randomBytes(32)
  const store = memoryStore()
  const log = await createAuditLog({
    ...{ folder, key, store, node: 'qlik-1', writeHead: () => undefined },
    limits: { ...patient, retryMs: 10 },
  })
  onTestFinished(() => log.close())
  const taken: string[] = []
  const later: string[] = []
  // How much space is left, so that lines end before, at and behind the end of the disk.
  const spaces = fc.sample(
    fc.record({ pages: fc.nat(6), length: fc.integer({ min: 1, max: 900 }) }),
    Math.max(2, Math.round(8 * scale)),
  )
  for (const [round, { pages, length }] of spaces.entries()) {
    const { bavail, bsize } = await statfs(disk)
    await writeFile(join(disk, 'ballast'), Buffer.alloc((Number(bavail) - pages) * Number(bsize)))
    let refused = 0
    for (let index = 0; refused === 0; index += 1) {
      const subjects = Array.from({ length: 7 }, (_, at) => `${round}-${index}-${at}`)
      const reason = 'x'.repeat(length)
      const ends = await Promise.allSettled(
        subjects.map((subject) => log.record({ event: 'enter', subject, reason })),
      )
      for (const [at, end] of ends.entries()) {
        if (end.status === 'fulfilled') taken.push(subjects[at] ?? '')
        else {
          refused += 1
          expect(end.reason).toMatchObject({ code, message: /ENOSPC/ })
        }
      }
    }
    expect(log.healthy).toBe(false)
    await expect(log.record({ event: 'enter', subject: 'lost' })).rejects.toMatchObject({ code })
    log.recordLater({ event: 'session-end', subject: `ending ${round}` })
    later.push(`ending ${round}`)
    await rm(join(disk, 'ballast'))
    await expect.poll(() => log.healthy, { interval: 5 }).toBe(true)
    await log.record({ event: 'enter', subject: `after ${round}` })
    taken.push(`after ${round}`)
  }
  await log.close()
  const subjects = await subjectsIn(folder)
  expect(subjects).toEqual(expect.arrayContaining([...taken, ...later]))
  expect(subjects).not.toContain('lost')
  const anchors = (await readAnchors(store)).map(({ place }) => place)
  const { findings } = await verifyAuditLog({ folder, key, anchors })
  expect(findings).toEqual([])
})

it.skipIf(process.platform === 'win32')(
  'G-F9 refuses within the time limit while nobody reads a pipe, and resumes in a file',
  async () => {
    const { folder, open: openLog, key } = await auditFolder()
    let pipe: string | undefined
    const disk: LogDisk = {
      ...realDisk,
      async create(path) {
        if (pipe !== undefined || path.endsWith('_0001.jsonl')) return realDisk.create(path)
        pipe = path
        execFileSync('mkfifo', [path])
        // This holds a thread until somebody reads.
        const handle = await open(path, 'a')
        return toLogFile(path, handle)
      },
    }
    const log = await openLog({ disk, limits: { maxFileBytes: 10, timeoutMs: 50, retryMs: 10 } })
    const many = Array.from({ length: 200 }, () => log.record({ event: 'enter', subject: 'lost' }))
    for (const { status } of await Promise.allSettled(many)) expect(status).toBe('rejected')
    expect(log.healthy).toBe(false)
    log.recordLater({ event: 'session-end', subject: 'ending' })
    const reader = await open(pipe ?? '', constants.O_RDONLY | constants.O_NONBLOCK)
    onTestFinished(() => reader.close())
    await expect.poll(() => log.healthy, { interval: 5 }).toBe(true)
    // A disk that takes longer than these 50 ms is away again for a moment.
    const enterAfter = () =>
      log.record({ event: 'enter', subject: 'after' }).then(
        () => 'taken',
        () => 'refused',
      )
    await expect.poll(enterAfter, { interval: 5 }).toBe('taken')
    await log.close()
    expect(await subjectsIn(folder)).toEqual(expect.arrayContaining(['ending', 'after']))
    expect((await verifyAuditLog({ folder, key })).findings).toEqual([])
  },
)

it('G-F9 takes every line of a slow disk, with few syncs', async () => {
  const { folder, open: openLog } = await auditFolder()
  let syncs = 0
  /** While it is there, the disk is busy until it resolves. */
  let busy: PromiseWithResolvers<void> | undefined
  const disk: LogDisk = {
    ...realDisk,
    async create(path) {
      const file = await realDisk.create(path)
      return {
        ...file,
        async sync() {
          syncs += 1
          await file.sync()
          await busy?.promise
        },
      }
    },
  }
  const log = await openLog({ disk })
  const before = syncs
  const lines = Array.from({ length: 500 }, (_, index) => `${index}`)
  const ends: Promise<void>[] = []
  for (const [index, subject] of lines.entries()) {
    if (index % 50 === 0) {
      busy?.resolve()
      busy = Promise.withResolvers()
    }
    ends.push(log.record({ event: 'enter', subject }))
    await new Promise((resolve) => setImmediate(resolve))
  }
  busy?.resolve()
  busy = undefined
  await Promise.all(ends)
  // One at most for 50 lines, and one for what is left.
  expect(syncs - before).toBeLessThanOrEqual(12)
  expect(await subjectsIn(folder)).toEqual(lines)
})
