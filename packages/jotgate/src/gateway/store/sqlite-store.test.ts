import { execFileSync } from 'node:child_process'
import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createKeyRing, type KeyRing, readKeyRing, rotateKeyRing } from './key-ring.ts'
import {
  type SqliteStore,
  type SqliteStoreOptions,
  type StoreEvent,
  sqliteStore,
} from './sqlite-store.ts'
import { createStoreFolder, createTestKeys } from './store-folder.fixture.ts'
import { runStoreProcess } from './store-process.fixture.ts'
import { createTestClock, describeStore, listAll } from './store-suite.fixture.ts'

const keys = createTestKeys('one')
const newFile = async () => join(await createStoreFolder(), 'data', 'sessions.db')
const later = Date.now() + 3_600_000
const session = (id: string, record = {}) => ({
  id,
  record: { of: id, ...record },
  expiresAt: later,
})
const storeError = (problem: RegExp) => ({
  code: 'ERR_GATEWAY_STORE',
  details: { problem: expect.stringMatching(problem) },
})

/** Opens a store that is closed with the test, and gathers its events. */
async function open(
  options: SqliteStoreOptions,
): Promise<{ store: SqliteStore; events: StoreEvent[] }> {
  const events: StoreEvent[] = []
  const store = await sqliteStore({ onEvent: (event) => events.push(event), ...options })
  onTestFinished(() => store.close().catch(() => undefined))
  return { store, events }
}

/** Lets a test change the file of a store that is closed. */
function changeFile(file: string, sql: string): void {
  const database = new DatabaseSync(file)
  database.exec(sql)
  database.close()
}

function rowsIn(file: string): unknown[] {
  const database = new DatabaseSync(file)
  const rows = database.prepare('SELECT kind, id, key FROM records ORDER BY kind, id').all()
  database.close()
  return rows.map((row) => Object.values(row).join(' '))
}

describeStore('a store in a SQLite file', async (options) =>
  sqliteStore({ file: await newFile(), keys, ...options }),
)

describe('a store in a SQLite file', () => {
  it('has all of it after a restart', async () => {
    const file = await newFile()
    const { store } = await open({ file, keys })
    const ids = Array.from({ length: 2500 }, (_, n) => `id-${n}`)
    await Promise.all(ids.map((id) => store.put('session', session(id))))
    await store.put('qlik-session', session('id-1', { cookie: 'é' }))
    await store.add('used-token', session('token'))
    await store.delete('session', ['id-7', 'id-2499'])
    await store.close()
    const { store: next, events } = await open({ file, keys })
    expect([...(await listAll(next, 'session')).keys()].sort()).toEqual(
      ids.filter((id) => id !== 'id-7' && id !== 'id-2499').sort(),
    )
    expect(await next.get('qlik-session', 'id-1')).toEqual({ of: 'id-1', cookie: 'é' })
    expect(await next.add('used-token', session('token'))).toBe(false)
    expect(events).toEqual([])
  })

  it('shows nothing of a record to who reads the disk', async () => {
    const file = await newFile()
    const { store } = await open({ file, keys })
    await store.put('session', session('a', { name: 'Ada Lovelace' }))
    const onDisk = async () =>
      Buffer.concat(
        await Promise.all(
          (await readdir(dirname(file))).map((name) => readFile(join(dirname(file), name))),
        ),
      )
    // Reading the files here would end the lock of this process; so what is looked at is a copy.
    execFileSync('cp', ['-r', dirname(file), `${dirname(file)}-copy`])
    const copied = await readFile(join(`${dirname(file)}-copy`, 'sessions.db-wal'))
    expect(copied.length).toBeGreaterThan(0)
    expect(copied.includes('Lovelace')).toBe(false)
    await store.close()
    const bytes = await onDisk()
    expect(bytes.includes('qlik')).toBe(false)
    expect(bytes.includes('session')).toBe(true)
    expect(bytes.includes('Lovelace')).toBe(false)
  })

  it.skipIf(process.platform === 'win32')('is its owner’s alone', async () => {
    const file = await newFile()
    const { store } = await open({ file, keys })
    await store.put('session', session('a'))
    const modeOf = async (name: string) => ((await stat(name)).mode & 0o777).toString(8)
    expect(await modeOf(dirname(file))).toBe('700')
    for (const name of await readdir(dirname(file)))
      expect([name, await modeOf(join(dirname(file), name))]).toEqual([name, '600'])
    await store.close()
    await chmod(file, 0o640)
    await expect(open({ file, keys })).rejects.toMatchObject(storeError(/Make its mode 0600/))
    await chmod(file, 0o600)
    await chmod(dirname(file), 0o770)
    await expect(open({ file, keys })).rejects.toMatchObject(storeError(/Make its mode 0700/))
  })

  it('removes from the file what has expired', async () => {
    const file = await newFile()
    const time = createTestClock()
    const { store } = await open({ file, keys, clock: time.clock })
    const put = (id: string, seconds: number) =>
      store.put('session', { id, record: {}, expiresAt: time.now + seconds * 1000 })
    await put('short', 10)
    await put('middle', 20)
    await put('long', 60)
    time.now += 10_000
    await put('another', 60)
    await store.close()
    expect(rowsIn(file)).toEqual(['session another one', 'session long one', 'session middle one'])
    time.now += 10_000
    const { store: next } = await open({ file, keys, clock: time.clock })
    expect([...(await listAll(next, 'session')).keys()].sort()).toEqual(['another', 'long'])
    await next.close()
    expect(rowsIn(file)).toEqual(['session another one', 'session long one'])
  })
})

describe('the lock of a store', () => {
  it('refuses a second store of the same file, in this process and in another one', async () => {
    const file = await newFile()
    const { store } = await open({ file, keys })
    const used = storeError(/which another process uses/)
    await expect(open({ file, keys })).rejects.toMatchObject(used)
    await store.put('session', session('a'))
    const ring = join(await createStoreFolder(), 'keys.json')
    await createKeyRing({ file: ring })
    expect(await runStoreProcess({ file, ring, killAfter: 1 })).toEqual([
      expect.stringMatching(/^ERR_GATEWAY_STORE .*which another process uses: one gateway a file/),
    ])
    await store.put('session', session('b'))
    await store.close()
    const { store: next } = await open({ file, keys })
    expect((await listAll(next, 'session')).size).toBe(2)
  })
})

describe('the keys of a store', () => {
  it('rotate: old records are opened by others, and sealed by the current one from then on', async () => {
    const file = await newFile()
    const ringFile = join(await createStoreFolder(), 'keys.json')
    const first = await createKeyRing({ file: ringFile })
    const { store } = await open({ file, keys: first })
    await store.put('session', session('a'))
    await store.close()
    const second = await rotateKeyRing({ file: ringFile })
    const { store: next } = await open({ file, keys: await readKeyRing({ file: ringFile }) })
    await next.put('session', session('b'))
    await next.close()
    const { id } = second.current
    expect(rowsIn(file)).toEqual([`session a ${id}`, `session b ${id}`])
    const { store: last, events } = await open({ file, keys: { current: second.current } })
    expect((await listAll(last, 'session')).size).toBe(2)
    expect(events).toEqual([])
  })

  it('rotate while the store is used, and old ones may go after that', async () => {
    const folder = await createStoreFolder()
    const file = join(folder, 'data', 'sessions.db')
    const ringFile = join(folder, 'secret', 'keys.json')
    const first = await createKeyRing({ file: ringFile })
    const store = await sqliteStore({ file, keys: first })
    await store.put('session', session('old'))
    const second = await rotateKeyRing({ file: ringFile })
    const writes = Array.from({ length: 50 }, (_, n) => store.put('session', session(`n-${n}`)))
    await Promise.all([...writes, store.useKeys(second)])
    await store.put('session', session('new'))
    await store.useKeys(second)
    await store.close()
    const rows = rowsIn(file)
    expect(rows).toHaveLength(52)
    for (const row of rows) expect(row).toMatch(new RegExp(` ${second.current.id}$`))
    const { store: again, events } = await open({ file, keys: { current: second.current } })
    expect(events).toEqual([])
    expect((await listAll(again, 'session')).size).toBe(52)
  })

  it('that lack the one in use are not taken, and nothing is lost', async () => {
    const file = await newFile()
    const { store } = await open({ file, keys })
    await store.put('session', session('a'))
    for (const other of [
      createTestKeys('two'),
      { ...keys, current: { id: 'x', key: new Uint8Array(3) } },
    ])
      await expect(store.useKeys(other)).rejects.toMatchObject({ code: 'ERR_GATEWAY_OPTION' })
    await store.put('session', session('b'))
    await store.close()
    expect(rowsIn(file)).toHaveLength(2)
    const { events } = await open({ file, keys })
    expect(events).toEqual([])
  })

  it('without the one of a record: the session has ended, which is told; a used token stays used', async () => {
    const file = await newFile()
    const { store } = await open({ file, keys })
    await store.put('session', session('a'))
    await store.put('session', session('b'))
    await store.put('qlik-session', session('a'))
    await store.add('used-token', session('token'))
    await store.close()
    const other = createTestKeys('two')
    const { store: next, events } = await open({ file, keys: other })
    expect(events).toEqual([
      { type: 'records-dropped', kind: 'session', reason: 'unknown-key', count: 2 },
      { type: 'records-dropped', kind: 'qlik-session', reason: 'unknown-key', count: 1 },
      { type: 'records-dropped', kind: 'used-token', reason: 'unknown-key', count: 1 },
    ])
    expect(await next.get('session', 'a')).toBeUndefined()
    expect(await next.add('used-token', session('token'))).toBe(false)
    await next.close()
    expect(rowsIn(file)).toEqual(['used-token token one'])
  })

  it('with other bytes under the same ID open nothing', async () => {
    const file = await newFile()
    const { store } = await open({ file, keys })
    await store.put('session', session('a'))
    await store.close()
    const { store: next, events } = await open({ file, keys: createTestKeys('one') })
    expect(await next.get('session', 'a')).toBeUndefined()
    expect(events).toEqual([
      { type: 'records-dropped', kind: 'session', reason: 'damaged', count: 1 },
    ])
  })

  it.each([
    ['missing', undefined, /is missing/],
    ['too short', { current: { id: 'a', key: new Uint8Array(16) } }, /32 bytes/],
    ['the same twice', { current: keys.current, others: [keys.current] }, /two keys/],
  ])('that are %s start no store', async (_, wrong, problem) => {
    const file = await newFile()
    await expect(open({ file, keys: wrong as unknown as KeyRing })).rejects.toMatchObject({
      code: 'ERR_GATEWAY_OPTION',
      details: { option: 'keys', problem: expect.stringMatching(problem) },
    })
    expect(await stat(file).catch(() => undefined)).toBeUndefined()
  })

  it('that lie in the folder of the store start none, also through a link', async () => {
    const folder = await createStoreFolder()
    const data = join(folder, 'data')
    await mkdir(data, { mode: 0o700 })
    await symlink(data, join(folder, 'link'))
    const inside = await createKeyRing({ file: join(folder, 'link', 'below', 'keys.json') })
    const refused = {
      code: 'ERR_GATEWAY_OPTION',
      details: { option: 'keys', problem: expect.stringMatching(/^lie in the folder/) },
    }
    const file = join(data, 'sessions.db')
    await expect(open({ file, keys: inside })).rejects.toMatchObject(refused)
    const beside = await createKeyRing({ file: join(folder, 'data-keys', 'keys.json') })
    await open({ file, keys: beside })
  })
})

describe('a file that somebody has changed', () => {
  /** A file with two sessions and a Qlik session, closed. */
  async function filled(): Promise<string> {
    const file = await newFile()
    const { store } = await open({ file, keys })
    await store.put('session', session('a', { user: 'Ada' }))
    await store.put('session', session('b', { user: 'Bob' }))
    await store.put('qlik-session', session('a'))
    await store.close()
    return file
  }

  it.each([
    [
      'two rows whose records were swapped',
      `CREATE TEMP TABLE old AS SELECT * FROM records;
       UPDATE records SET sealed = (SELECT sealed FROM old WHERE kind = 'session' AND id = 'b') WHERE kind = 'session' AND id = 'a';
       UPDATE records SET sealed = (SELECT sealed FROM old WHERE kind = 'session' AND id = 'a') WHERE kind = 'session' AND id = 'b'`,
    ],
    ['a row with another ID', `UPDATE records SET id = id || 'x' WHERE kind = 'session'`],
    ['a row with a later time', `UPDATE records SET expires = expires + 1 WHERE kind = 'session'`],
    ['a row of another kind', `UPDATE records SET kind = 'audit-anchor' WHERE kind = 'session'`],
    [
      'a row with other bytes',
      `UPDATE records SET sealed = randomblob(200) WHERE kind = 'session'`,
    ],
  ])('gives nothing of %s', async (_, sql) => {
    const file = await filled()
    changeFile(file, sql)
    const { store, events } = await open({ file, keys })
    for (const kind of ['session', 'audit-anchor'] as const)
      expect(await listAll(store, kind)).toEqual(new Map())
    expect(await store.get('qlik-session', 'a')).toEqual({ of: 'a' })
    expect(events).toEqual([expect.objectContaining({ reason: 'damaged', count: 2 })])
  })

  it('is refused, and not written, when a newer version has made it', async () => {
    const file = await filled()
    changeFile(file, 'PRAGMA journal_mode = DELETE; PRAGMA user_version = 2')
    const before = await readFile(file)
    await expect(open({ file, keys })).rejects.toMatchObject(
      storeError(/a newer version of jotgate has made it \(form 2; this one reads 1\)/),
    )
    expect((await readFile(file)).equals(before)).toBe(true)
  })

  it('is refused, and not written, when another program has made it', async () => {
    const file = await newFile()
    await mkdir(dirname(file), { mode: 0o700 })
    changeFile(file, 'CREATE TABLE cookies (name TEXT)')
    await chmod(file, 0o600)
    const before = await readFile(file)
    await expect(open({ file, keys })).rejects.toMatchObject(
      storeError(/which another program has made/),
    )
    expect((await readFile(file)).equals(before)).toBe(true)
  })

  it.each([
    ['a text', () => Buffer.from('not a database'.repeat(100)), /which is damaged/],
    ['its first half', (whole: Buffer) => whole.subarray(0, whole.length / 2), /which is damaged/],
    [
      'zeros after its first page',
      (whole: Buffer) => Buffer.from(whole).fill(0, 4096),
      /which is damaged/,
    ],
  ])('is refused when it has %s', async (_, damage, problem) => {
    const file = await filled()
    await writeFile(file, damage(await readFile(file)))
    await expect(open({ file, keys })).rejects.toMatchObject(storeError(problem))
  })

  it('gives what was written or nothing, whichever of its bytes are changed', async () => {
    const file = await filled()
    const whole = await readFile(file)
    const change = fc.record({
      at: fc.nat({ max: whole.length - 1 }),
      by: fc.integer({ min: 1, max: 255 }),
    })
    await fc.assert(
      fc.asyncProperty(change, async ({ at, by }) => {
        const changed = Buffer.from(whole)
        changed[at] = (changed[at] ?? 0) ^ by
        await writeFile(file, changed)
        const store = await sqliteStore({ file, keys }).catch((error: unknown) => {
          expect(error).toMatchObject({ code: 'ERR_GATEWAY_STORE' })
        })
        for (const [id, record] of store === undefined ? [] : await listAll(store, 'session'))
          expect(record).toEqual({ of: id, user: id === 'a' ? 'Ada' : 'Bob' })
        await store?.close()
      }),
      { numRuns: 20 * Number(process.env.JOTGATE_TEST_SCALE ?? 1) },
    )
  })

  it('is a folder: refused', async () => {
    const file = await newFile()
    await mkdir(file, { recursive: true, mode: 0o700 })
    await expect(open({ file, keys })).rejects.toMatchObject(storeError(/not a regular file/))
  })
})
