import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { readdir, rename, rm, statfs, unlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished, type TestContext } from 'vitest'
import { type StoreEvent, sqliteStore } from './sqlite-store.ts'
import { createStoreFolder, createTestKeys, mountSmallDisk } from './store-folder.fixture.ts'
import { listAll } from './store-suite.fixture.ts'

const keys = createTestKeys('one')
const later = Date.now() + 3_600_000
const session = (id: string, bytes = 10) => ({
  id,
  record: { of: id, text: 'x'.repeat(bytes) },
  expiresAt: later,
})
const storeError = (problem: RegExp) => ({
  code: 'ERR_GATEWAY_STORE',
  details: { problem: expect.stringMatching(problem) },
})

/** A store whose events can be waited for. */
async function open(file: string) {
  const emitter = new EventEmitter()
  const store = await sqliteStore({
    file,
    keys,
    onEvent: (event) => emitter.emit(event.type, event),
  })
  onTestFinished(() => store.close().catch(() => undefined))
  const next = async (type: StoreEvent['type']) => (await once(emitter, type))[0] as StoreEvent
  return { store, next }
}

async function smallDisk(context: TestContext): Promise<string> {
  const disk = await mountSmallDisk(1024)
  return disk ?? context.skip('This user may not mount a file system: run it as root on Linux')
}

/** Takes what is free. */
async function fill(disk: string): Promise<string> {
  const filler = join(disk, 'filler')
  const { bavail, bsize } = await statfs(disk)
  await writeFile(filler, randomBytes(bavail * bsize))
  return filler
}

describe('G-F8 a full disk', () => {
  it('refuses new records, keeps those there are, lets sessions end, and is used again when it has space', async (context) => {
    const disk = await smallDisk(context)
    const file = join(disk, 'data', 'sessions.db')
    const { store, next } = await open(file)
    await store.put('session', session('before'))
    await store.put('session', session('ended'))
    const filler = await fill(disk)
    const away = next('store-away')
    const results = await Promise.allSettled([
      store.put('session', session('big', 60_000)),
      store.add('used-token', session('token')),
      store.put('session', session('before', 20)),
      store.delete('session', ['ended']),
    ])
    for (const result of results)
      expect(result).toMatchObject({ status: 'rejected', reason: storeError(/the disk is full$/) })
    expect(await away).toMatchObject({ problem: expect.stringMatching(/the disk is full$/) })
    expect(store.healthy).toBe(false)
    expect(await store.get('session', 'big')).toBeUndefined()
    expect(await store.get('session', 'before')).toMatchObject({ text: 'x'.repeat(20) })
    expect(await store.get('session', 'ended')).toBeUndefined()
    await expect(store.put('session', session('new'))).rejects.toMatchObject(storeError(/full/))
    await expect(store.add('used-token', session('token'))).rejects.toMatchObject(
      storeError(/full/),
    )

    const back = next('store-back')
    await unlink(filler)
    await back
    expect(store.healthy).toBe(true)
    expect(await store.add('used-token', session('token'))).toBe(true)
    await store.put('session', session('new'))
    await store.close()
    const { store: restarted } = await open(file)
    const kept = await listAll(restarted, 'session')
    expect([...kept.keys()].sort()).toEqual(['before', 'new'])
    expect(kept.get('before')).toMatchObject({ text: 'x'.repeat(20) })
    expect(await restarted.add('used-token', session('token'))).toBe(false)
  })

  it('has what was written before, after a restart while it is full', async (context) => {
    const disk = await smallDisk(context)
    const file = join(disk, 'data', 'sessions.db')
    const { store } = await open(file)
    await store.put('session', session('before'))
    const filler = await fill(disk)
    await expect(store.put('session', session('big', 60_000))).rejects.toMatchObject({
      code: 'ERR_GATEWAY_STORE',
    })
    // What could not be written is told once more.
    await expect(store.close()).rejects.toMatchObject(storeError(/^was closed before \d+ changes/))
    await unlink(filler)
    const { store: restarted } = await open(file)
    expect([...(await listAll(restarted, 'session')).keys()]).toEqual(['before'])
  })

  it('starts no store', async (context) => {
    const disk = await smallDisk(context)
    await fill(disk)
    await expect(open(join(disk, 'data', 'sessions.db'))).rejects.toMatchObject({
      code: 'ERR_GATEWAY_STORE',
    })
  })
})

describe('a disk that may only be read', () => {
  it('starts no store', async (context) => {
    const disk = await smallDisk(context)
    const file = join(disk, 'data', 'sessions.db')
    const { store } = await open(file)
    await store.put('session', session('a'))
    await store.close()
    execFileSync('mount', ['-o', 'remount,ro', disk])
    await expect(open(file)).rejects.toMatchObject(
      storeError(/^cannot write .*sessions\.db \(EROFS\)$/),
    )
    execFileSync('mount', ['-o', 'remount,rw', disk])
    const { store: restarted } = await open(file)
    expect((await listAll(restarted, 'session')).size).toBe(1)
  })
})

describe('a file that has gone', () => {
  it.each([
    ['the file', (file: string) => unlink(file), /has lost its file .*sessions\.db$/],
    ['its log', (file: string) => unlink(`${file}-wal`), /has lost its file .*sessions\.db-wal$/],
    ['its folder', (file: string) => rm(dirname(file), { recursive: true }), /has lost its file/],
    [
      'its folder, under another name',
      (file: string) => rename(dirname(file), `${dirname(file)}-old`),
      /has lost its file/,
    ],
  ])('is told, and made again with all records: %s', async (_, take, problem) => {
    const folder = await createStoreFolder()
    const file = join(folder, 'data', 'sessions.db')
    const { store, next } = await open(file)
    await store.put('session', session('a'))
    await store.put('session', session('b'))
    const back = next('store-back')
    await take(file)
    await expect(store.put('session', session('c'))).rejects.toMatchObject(storeError(problem))
    expect(store.healthy).toBe(false)
    await back
    expect(store.healthy).toBe(true)
    await store.put('session', session('d'))
    await store.delete('session', ['b'])
    await store.close()
    expect(await readdir(dirname(file))).toEqual(['sessions.db'])
    const { store: restarted } = await open(file)
    expect([...(await listAll(restarted, 'session')).keys()].sort()).toEqual(['a', 'd'])
  })

  it('is not written over when another store has its place', async () => {
    const folder = await createStoreFolder()
    const file = join(folder, 'data', 'sessions.db')
    const { store, next } = await open(file)
    await store.put('session', session('ours'))
    await rename(dirname(file), `${dirname(file)}-old`)
    const { store: other } = await open(file)
    await other.put('session', session('theirs'))
    await other.close()
    const words = /was opened by another process while it was away/
    await expect(store.put('session', session('a'))).rejects.toMatchObject(
      storeError(/has lost its file/),
    )
    expect(await next('store-away')).toMatchObject({ problem: expect.stringMatching(words) })
    await expect(store.close()).rejects.toMatchObject(storeError(words))
    const { store: restarted } = await open(file)
    expect([...(await listAll(restarted, 'session')).keys()]).toEqual(['theirs'])
  })
})
