import { execFileSync } from 'node:child_process'
import {
  appendFile,
  chmod,
  mkdir,
  readdir,
  rename,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Store, StoredRecord } from '../store/store.ts'
import { auditFolder, eventsOf, linesOf } from './audit-folder.fixture.ts'
import type { AuditEvent } from './audit-log.ts'
import { deriveChainKey, parsePlace } from './chain.ts'
import { watchedDisk } from './disks.fixture.ts'
import { parseFileName } from './file-names.ts'
import { readChain } from './read-chain.ts'

const enter = (subject: string): AuditEvent => ({ event: 'enter', subject })
const code = 'ERR_GATEWAY_AUDIT'

afterEach(() => {
  vi.useRealTimers()
})

async function anchorsIn(store: Store) {
  const anchors: StoredRecord[] = []
  for await (const anchor of store.list('audit-anchor')) anchors.push(anchor)
  return anchors
}

/** All lines of a folder in the order of their files. */
async function allEvents(folder: string) {
  const names = (await readdir(folder)).sort()
  return (await Promise.all(names.map((name) => eventsOf(folder, name)))).flat()
}

async function expectAuthentic(folder: string, name: string, key: Uint8Array): Promise<void> {
  const boot = parseFileName(name)?.boot ?? ''
  const wrong: number[] = []
  await readChain(join(folder, name), deriveChainKey(key, boot), ({ number, isAuthentic }) => {
    if (!isAuthentic) wrong.push(number)
    return true
  })
  expect(wrong, name).toEqual([])
}

describe('the audit log', () => {
  it('writes a chain of lines into a file of its own, whose folder is its owner’s alone', async () => {
    const { open, folder, key } = await auditFolder()
    const log = await open({ clock: () => Date.UTC(2026, 10, 28, 23, 15) })
    await log.record(enter('42'))
    log.recordLater({ event: 'session-end', reason: 'signed-out' })
    await log.close()
    const [name = '', ...others] = await readdir(folder)
    expect(others).toEqual([])
    expect(name).toMatch(/^qlik-1_20261128T231500000Z_[0-9a-f]{16}_0001\.jsonl$/)
    const lines = await eventsOf(folder, name)
    expect(lines.map(({ seq, event }) => [seq, event])).toEqual([
      [1, 'log-open'],
      [2, 'enter'],
      [3, 'session-end'],
      [4, 'log-close'],
    ])
    expect(lines[1]).toMatchObject({ time: '2026-11-28T23:15:00.000Z', subject: '42' })
    await expectAuthentic(folder, name, key)
    if (process.platform !== 'win32') {
      expect((await stat(folder)).mode & 0o777).toBe(0o700)
      expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600)
    }
  })

  it('syncs once for all that wait', async () => {
    const { open, folder } = await auditFolder()
    const disk = watchedDisk()
    const log = await open({ disk })
    const before = disk.syncs
    await Promise.all(Array.from({ length: 1000 }, (_, index) => log.record(enter(`${index}`))))
    expect(disk.syncs - before).toBeLessThanOrEqual(3)
    const subjects = (await allEvents(folder)).map(({ subject }) => subject).filter(Boolean)
    expect(subjects).toEqual(Array.from({ length: 1000 }, (_, index) => `${index}`))
  })

  it('begins a new file by size and by day, with the head of the one before', async () => {
    const { open, folder, key } = await auditFolder()
    let at = Date.UTC(2026, 10, 28, 23, 59)
    const log = await open({ limits: { maxFileBytes: 2000 }, clock: () => at })
    for (let index = 0; index < 10; index += 1) await log.record(enter('x'.repeat(500)))
    at += 120_000
    await log.record(enter('tomorrow'))
    await log.close()
    const names = (await readdir(folder)).sort()
    expect(names.length).toBeGreaterThan(3)
    let last: Record<string, unknown> | undefined
    const reasons: unknown[] = []
    for (const [index, name] of names.entries()) {
      await expectAuthentic(folder, name, key)
      const lines = await eventsOf(folder, name)
      const [first] = lines
      if (last !== undefined) {
        const { seq, mac } = last
        expect(first).toMatchObject({ continues: { file: names[index - 1], seq, mac } })
        reasons.push(first?.reason)
      }
      last = lines.at(-1)
    }
    expect(reasons.slice(0, -1).every((reason) => reason === 'size')).toBe(true)
    expect(reasons.at(-1)).toBe('day')
    expect((await allEvents(folder)).map(({ seq }) => seq)).toEqual(
      (await allEvents(folder)).map((_, index) => index + 1),
    )
  })

  it('anchors its head in the store each second, and writes it each minute', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const { open, folder, store } = await auditFolder()
    const heads: string[] = []
    const log = await open({ writeHead: (head) => heads.push(head) })
    const anchors = async () => (await anchorsIn(store)).map((one) => one.record)
    expect(await anchors()).toMatchObject([{ seq: 1, node: 'qlik-1' }])
    await log.record(enter('42'))
    await vi.advanceTimersByTimeAsync(1000)
    const [last] = (await allEvents(folder)).slice(-1)
    expect(await anchors()).toMatchObject([{ seq: 2, mac: last?.mac }])
    expect(heads).toEqual([])
    await vi.advanceTimersByTimeAsync(59_000)
    expect(heads.map(parsePlace)).toMatchObject([{ seq: 2, mac: last?.mac }])
    await vi.advanceTimersByTimeAsync(60_000)
    expect(heads).toHaveLength(1)
  })

  it('links a new boot to the last line of the one before, and replaces its anchor', async () => {
    const { open, folder, store } = await auditFolder()
    const first = await open()
    await first.record(enter('42'))
    await first.close()
    const [name = ''] = await readdir(folder)
    const end = (await eventsOf(folder, name)).at(-1)
    const second = await open()
    const other = (await readdir(folder)).find((one) => one !== name) ?? ''
    const link = { file: name, seq: end?.seq, mac: end?.mac }
    expect((await eventsOf(folder, other))[0]).toMatchObject({ event: 'log-open', links: [link] })
    const anchors = await anchorsIn(store)
    expect(anchors).toMatchObject([{ record: { file: other } }])
    await second.close()
  })

  it('links to lines behind the anchor, tells a torn one, and never stands before the anchor', async () => {
    const { open, folder, store } = await auditFolder()
    const first = await open()
    for (const subject of ['1', '2', '3']) await first.record(enter(subject))
    const [name = ''] = await readdir(folder)
    const lines = await eventsOf(folder, name)
    // The process ends here: what is anchored is its first line.
    expect(await anchorsIn(store)).toMatchObject([{ record: { seq: 1 } }])
    await appendFile(join(folder, name), '{"seq":5,"ti')
    await open({ clock: () => Date.now() + 5000 })
    const newest = (await readdir(folder)).sort().at(-1) ?? ''
    const [start] = await eventsOf(folder, newest)
    expect(start?.links).toEqual([{ file: name, seq: 4, mac: lines[3]?.mac, torn: true }])
    // Now the log is cut before its anchor, which the store still has.
    const [anchored] = await anchorsIn(store)
    await truncate(join(folder, newest), 10)
    await open({ clock: () => Date.now() + 10_000 })
    const last = (await readdir(folder)).sort().at(-1) ?? ''
    const { file, seq, mac } = anchored?.record ?? {}
    expect((await eventsOf(folder, last))[0]?.links).toMatchObject([{ file, seq, mac }])
  })

  it('goes on in a new file when its own was renamed, deleted, shortened or added to', async () => {
    const { open, folder, key } = await auditFolder()
    const log = await open()
    const damages: ((path: string) => Promise<void>)[] = [
      (path) => rename(path, `${path}.1`),
      (path) => rm(path),
      (path) => truncate(path, 0),
      (path) => appendFile(path, 'a line of somebody else\n'),
    ]
    for (const [index, damage] of damages.entries()) {
      await log.record(enter(`before ${index}`))
      const name = (await readdir(folder)).filter(parseFileName).sort().at(-1) ?? ''
      await damage(join(folder, name))
      await log.record(enter(`after ${index}`))
      expect(log.healthy).toBe(true)
      const newest = (await readdir(folder)).filter(parseFileName).sort().at(-1) ?? ''
      expect(newest > name).toBe(true)
      const [first, second] = await eventsOf(folder, newest)
      expect(first).toMatchObject({ event: 'log-continue', reason: 'failure' })
      expect(second).toMatchObject({ subject: `after ${index}` })
      await expectAuthentic(folder, newest, key)
    }
  })

  it.each(['append', 'sync', 'create'] as const)(
    'G-F8 refuses while the disk fails (%s), writes no line behind half of another, and resumes',
    async (fault) => {
      const { open, folder, key } = await auditFolder()
      const disk = watchedDisk()
      const log = await open({ disk, limits: { retryMs: 5, maxFileBytes: 5000 } })
      // With a long line the file is full, so that the next line needs another.
      const groups = fault === 'create' ? Array<string>(6).fill('x'.repeat(1000)) : []
      for (const subject of ['1', '2']) await log.record(enter(subject))
      await log.record({ ...enter('3'), groups })
      disk.fault = fault
      await expect(log.record(enter('lost'))).rejects.toMatchObject({ code, status: 503 })
      expect(log.healthy).toBe(false)
      log.recordLater({ event: 'session-end', subject: 'kept' })
      await expect(log.record(enter('lost'))).rejects.toMatchObject({ code })
      const before = await readdir(folder)
      disk.fault = 'none'
      await expect.poll(() => log.healthy, { interval: 5 }).toBe(true)
      await log.record(enter('4'))
      const names = (await readdir(folder)).sort()
      expect(names.length).toBe(before.length + 1)
      const events = await allEvents(folder)
      expect(events.map(({ subject }) => subject).filter(Boolean)).toEqual([
        '1',
        '2',
        '3',
        'kept',
        '4',
      ])
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
      for (const name of names) await expectAuthentic(folder, name, key)
    },
  )

  it('counts denials: one line a minute for each address and reason, and one for all beyond the bound', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const { open, folder } = await auditFolder()
    const log = await open({ limits: { maxDenialPairs: 3 } })
    for (let round = 0; round < 5; round += 1) {
      log.countDenial({ address: '10.0.0.1', reason: 'no session' })
      log.countDenial({ address: '10.0.0.1', reason: 'origin' })
      log.countDenial({ address: '10.0.0.2', reason: 'no session' })
      for (let host = 3; host < 100; host += 1)
        log.countDenial({ address: `10.0.0.${host}`, reason: 'no session' })
    }
    await vi.advanceTimersByTimeAsync(60_000)
    await log.record(enter('42'))
    const denied = (await allEvents(folder)).filter(({ event }) => event === 'denied')
    expect(denied.map(({ address, reason, count }) => [address, reason, count])).toEqual([
      ['10.0.0.1', 'no session', 5],
      ['10.0.0.1', 'origin', 5],
      ['10.0.0.2', 'no session', 5],
      ['others', 'various', 485],
    ])
    await vi.advanceTimersByTimeAsync(60_000)
    await log.close()
    expect((await allEvents(folder)).filter(({ event }) => event === 'denied')).toHaveLength(4)
  })

  it('refuses a key that is short, or that is kept beside the log', async () => {
    const { open, folder, key } = await auditFolder()
    const option = { code: 'ERR_GATEWAY_OPTION' }
    await expect(open({ key: key.subarray(1) })).rejects.toMatchObject(option)
    for (const timeoutMs of [99, 60_001, 1.5, Number.NaN])
      await expect(open({ timeoutMs })).rejects.toMatchObject(option)
    await expect(open({ key: 'secret' as never })).rejects.toMatchObject(option)
    await expect(open({ folder: '' })).rejects.toMatchObject(option)
    await expect(open({ node: 'a_b' })).rejects.toMatchObject(option)
    await mkdir(folder, { mode: 0o700 })
    for (const form of [key, key.toString('hex'), `${key.toString('base64')}\n`]) {
      await writeFile(join(folder, 'audit.key'), form)
      const error: unknown = await open().catch((reason) => reason)
      expect(error).toMatchObject({ ...option, message: /holds the key/ })
    }
    expect(await readdir(folder)).toEqual(['audit.key'])
  })

  it.skipIf(process.platform === 'win32')('refuses a folder that others can write to', async () => {
    const { open, folder } = await auditFolder()
    await mkdir(folder)
    await chmod(folder, 0o777)
    await expect(open()).rejects.toMatchObject({ code: 'ERR_GATEWAY_OPTION' })
  })

  it('does not start where it cannot write', async () => {
    const { open, folder } = await auditFolder()
    await writeFile(folder, '')
    await expect(open()).rejects.toMatchObject({ code, message: /EEXIST/ })
    const disk = watchedDisk()
    disk.fault = 'append'
    const other = await auditFolder()
    await expect(other.open({ disk })).rejects.toMatchObject({ code, message: /ENOSPC/ })
    expect(await readdir(other.folder)).toEqual([])
  })

  it.skipIf(process.platform === 'win32')(
    'writes into no pipe or link that has the name of a file',
    async () => {
      const { open, folder } = await auditFolder()
      const log = await open({ limits: { maxFileBytes: 100 } })
      const [name = ''] = await readdir(folder)
      execFileSync('mkfifo', [join(folder, name.replace('_0001.', '_0002.'))])
      await log.record(enter('42'))
      await log.close()
      expect(await readdir(folder)).toHaveLength(4)
      const lines = await linesOf(folder, name.replace('_0001.', '_0003.'))
      expect(lines.some((line) => line.includes('"42"'))).toBe(true)
    },
  )

  it('refuses events with other fields, and stays healthy', async () => {
    const { open } = await auditFolder()
    const log = await open()
    const event = { ...enter('42'), token: 'eyJ' } as AuditEvent
    await expect(log.record(event)).rejects.toThrow(TypeError)
    expect(() => log.recordLater(event)).toThrow(TypeError)
    expect(log.healthy).toBe(true)
  })
})
