import { describe, expect, it, onTestFinished } from 'vitest'
import type { JsonObject } from '../../values/index.ts'
import type { RecordKind, Store, StoredRecord } from './store.ts'

/** Makes a store that is empty, for one test. */
export type OpenStore = (options: { clock: () => number; maxRecords?: number }) => Promise<Store>

/** A time that a test moves. */
export function createTestClock(): { now: number; clock: () => number } {
  const time = { now: 1_800_000_000_000, clock: () => time.now }
  return time
}

/** All records of a kind, by ID. */
export async function listAll(store: Store, kind: RecordKind): Promise<Map<string, JsonObject>> {
  const listed = new Map<string, JsonObject>()
  for await (const { id, record } of store.list(kind)) listed.set(id, record)
  return listed
}

/** What every store does, whatever it is made of. */
export function describeStore(name: string, openStore: OpenStore): void {
  const time = createTestClock()
  const open = async (options: { maxRecords?: number } = {}) => {
    const store = await openStore({ clock: time.clock, ...options })
    onTestFinished(() => store.close())
    return store
  }
  const recordOf = (id: string, record: JsonObject = { of: id }, seconds = 60): StoredRecord => ({
    id,
    record,
    expiresAt: time.now + seconds * 1000,
  })

  describe(name, () => {
    it('gives what was put, and nothing for another ID or kind', async () => {
      const store = await open()
      await store.put('session', recordOf('a', { n: 1, list: [true, null, 'é 😀'] }))
      expect(await store.get('session', 'a')).toEqual({ n: 1, list: [true, null, 'é 😀'] })
      expect(await store.get('session', 'b')).toBeUndefined()
      expect(await store.get('qlik-session', 'a')).toBeUndefined()
      await store.put('session', recordOf('a', { n: 2 }))
      expect(await store.get('session', 'a')).toEqual({ n: 2 })
      expect(store.healthy).toBe(true)
    })

    it('sees a write at once, though nobody waited for it', async () => {
      const store = await open()
      const written = store.put('session', recordOf('a'))
      expect(await store.get('session', 'a')).toEqual({ of: 'a' })
      const deleted = store.delete('session', ['a'])
      expect(await store.get('session', 'a')).toBeUndefined()
      await Promise.all([written, deleted])
      expect(await store.get('session', 'a')).toBeUndefined()
    })

    it('gives nothing from the moment on at which it expires', async () => {
      const store = await open()
      await store.put('session', recordOf('a', {}, 10))
      time.now += 9_999
      expect(await store.get('session', 'a')).toEqual({})
      time.now += 1
      expect(await store.get('session', 'a')).toBeUndefined()
      expect(await listAll(store, 'session')).toEqual(new Map())
      await store.put('session', recordOf('a', { again: true }, 10))
      expect(await store.get('session', 'a')).toEqual({ again: true })
    })

    it('deletes several, and does not mind those that are not there', async () => {
      const store = await open()
      await Promise.all(['a', 'b', 'c'].map((id) => store.put('session', recordOf(id))))
      await store.put('qlik-session', recordOf('a'))
      await store.delete('session', ['a', 'c', 'nowhere'])
      await store.delete('session', [])
      expect([...(await listAll(store, 'session')).keys()]).toEqual(['b'])
      expect(await store.get('qlik-session', 'a')).toEqual({ of: 'a' })
    })

    it('adds only what is not there', async () => {
      const store = await open()
      expect(await store.add('used-token', recordOf('a', { first: true }, 10))).toBe(true)
      expect(await store.add('used-token', recordOf('a', { first: false }, 10))).toBe(false)
      expect(await store.get('used-token', 'a')).toEqual({ first: true })
      expect(await store.add('session', recordOf('a'))).toBe(true)
      time.now += 10_000
      expect(await store.add('used-token', recordOf('a'))).toBe(true)
      await store.delete('used-token', ['a'])
      expect(await store.add('used-token', recordOf('a'))).toBe(true)
    })

    it('adds one of a hundred that come at once', async () => {
      const store = await open()
      const added = await Promise.all(
        Array.from({ length: 100 }, (_, n) => store.add('used-token', recordOf('a', { n }))),
      )
      expect(added.filter(Boolean)).toHaveLength(1)
      expect(await store.get('used-token', 'a')).toEqual({ n: added.indexOf(true) })
    })

    it('lists a kind, also while records come and go', async () => {
      const store = await open()
      const ids = Array.from({ length: 50 }, (_, n) => `id-${n}`)
      await Promise.all(ids.map((id) => store.put('session', recordOf(id))))
      await store.put('audit-anchor', recordOf('other'))
      await store.put('session', recordOf('short', {}, 1))
      time.now += 1000
      const listed: StoredRecord[] = []
      for await (const stored of store.list('session')) {
        listed.push(stored)
        await store.delete('session', [stored.id])
      }
      expect(listed.map(({ id }) => id).sort()).toEqual(ids.sort())
      expect(listed[0]).toEqual({
        id: listed[0]?.id,
        record: { of: listed[0]?.id },
        expiresAt: time.now + 59_000,
      })
      expect(await listAll(store, 'session')).toEqual(new Map())
    })

    it('keeps a copy that nobody can change', async () => {
      const store = await open()
      const record = { user: { groups: ['sales'] } }
      const written = store.put('session', recordOf('a', record))
      record.user.groups.push('admins')
      await written
      const read = (await store.get('session', 'a')) as typeof record
      expect(() => read.user.groups.push('admins')).toThrow(TypeError)
      expect(await store.get('session', 'a')).toEqual({ user: { groups: ['sales'] } })
    })

    it('keeps a member called __proto__ as any other', async () => {
      const store = await open()
      await store.put('session', recordOf('a', JSON.parse('{"__proto__":{"admin":true}}')))
      const read = await store.get('session', 'a')
      expect(Object.keys(read ?? {})).toEqual(['__proto__'])
      expect(read?.admin).toBeUndefined()
    })

    it.each([
      ['whose JSON is longer than 65536 bytes', { record: { text: 'é'.repeat(32_768) } }],
      ['whose ID is longer than 200 characters', { id: 'a'.repeat(201) }],
      ['whose ID is empty', { id: '' }],
      ['whose expiresAt is not a whole number', { expiresAt: Number.NaN }],
      ['whose content is not an object', { record: [] as unknown as JsonObject }],
    ])('refuses a record %s', async (words, wrong) => {
      const store = await open()
      const refused = { ...recordOf('a'), ...wrong }
      const error = { code: 'ERR_GATEWAY_STORE', message: expect.stringContaining(words) }
      await expect(store.put('session', refused)).rejects.toMatchObject(error)
      await expect(store.add('session', refused)).rejects.toMatchObject(error)
      expect(await listAll(store, 'session')).toEqual(new Map())
      await store.put('session', recordOf('a', { text: 'é'.repeat(32_700) }))
      expect(store.healthy).toBe(true)
    })

    it('is full at its limit, until records expire or are deleted', async () => {
      const store = await open({ maxRecords: 3 })
      for (const id of ['a', 'b', 'c']) await store.put('session', recordOf(id, {}, 10))
      const full = {
        code: 'ERR_GATEWAY_STORE',
        details: { problem: expect.stringMatching(/^is full/) },
      }
      await expect(store.put('session', recordOf('d'))).rejects.toMatchObject(full)
      await expect(store.add('used-token', recordOf('d'))).rejects.toMatchObject(full)
      expect(await store.get('session', 'd')).toBeUndefined()
      await store.put('session', recordOf('a', { again: true }, 20))
      await store.delete('session', ['b'])
      await store.put('session', recordOf('d', {}, 10))
      time.now += 10_000
      await store.put('session', recordOf('e'))
      await store.put('session', recordOf('f'))
      expect([...(await listAll(store, 'session')).keys()].sort()).toEqual(['a', 'e', 'f'])
    })

    it('ends no process by a rejection when nobody waits for a write', async () => {
      const store = await open()
      void store.put('session', recordOf('a', { text: 'x'.repeat(70_000) }))
      await store.close()
      void store.put('session', recordOf('a'))
      void store.add('session', recordOf('a'))
      void store.delete('session', ['a'])
      // Vitest fails for a rejection that nobody has handled by then.
      await new Promise(setImmediate)
    })

    it('refuses everything after it was closed', async () => {
      const store = await open()
      await store.put('session', recordOf('a'))
      await store.close()
      await store.close()
      const closed = { code: 'ERR_GATEWAY_STORE', details: { problem: 'is closed' } }
      await expect(store.get('session', 'a')).rejects.toMatchObject(closed)
      await expect(store.put('session', recordOf('a'))).rejects.toMatchObject(closed)
      await expect(store.add('session', recordOf('b'))).rejects.toMatchObject(closed)
      await expect(store.delete('session', ['a'])).rejects.toMatchObject(closed)
      await expect(listAll(store, 'session')).rejects.toMatchObject(closed)
      expect(store.healthy).toBe(false)
    })
  })
}
