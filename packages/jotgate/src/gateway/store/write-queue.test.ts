import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { gatewayErrors } from '../errors.ts'
import type { KeptRecord } from './memory-records.ts'
import type { RowChange } from './sqlite-file.ts'
import { createWriteQueue } from './write-queue.ts'

interface Write {
  changes: readonly RowChange[]
  done: (isNewFile?: boolean) => void
  fail: (problem: string) => void
}

/** A queue whose writes the test ends, each as it likes. */
function createStage() {
  const writes: Write[] = []
  const undone: string[] = []
  const health: (string | undefined)[] = []
  const held = new Map<string, KeptRecord>()
  const queue = createWriteQueue({
    write: (changes) =>
      new Promise((resolve, reject) => {
        writes.push({
          changes,
          done: (isNewFile = false) => resolve(isNewFile),
          fail: (problem) => reject(gatewayErrors.ERR_GATEWAY_STORE({ problem })),
        })
      }),
    all: () => held.values(),
    undo: ({ id }) => undone.push(id),
    onHealth: (problem) => health.push(problem),
    timeoutMs: 500,
    retryMs: 1000,
  })
  /** Lets everything happen that waits for nothing else. */
  const turn = () => vi.advanceTimersByTimeAsync(0)
  const nextWrite = async () => {
    await turn()
    const write = writes.shift()
    if (write === undefined) throw new Error('Nothing is being written')
    return write
  }
  const isWriting = async () => {
    await turn()
    return writes.length > 0
  }
  return { queue, undone, health, held, nextWrite, isWriting }
}

const record = (id: string, n = 1): KeptRecord => ({
  kind: 'session',
  id,
  record: { n },
  expiresAt: 9,
})
const row = (id: string, n = 1) => ({ kind: 'session', id, expiresAt: 9, text: `{"n":${n}}` })
const deletion = (id: string) => ({ kind: 'session' as const, id, expiresAt: 9 })
const away = (problem: string) => ({ code: 'ERR_GATEWAY_STORE', details: { problem } })

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('writes', () => {
  it('of one turn go together, and those that come meanwhile in the next one', async () => {
    const { queue, nextWrite, isWriting } = createStage()
    const written = [queue.push(record('a'), true), queue.push(record('b'), true)]
    const first = await nextWrite()
    expect(first.changes).toEqual([row('a'), row('b')])
    let isDone = false
    const later = queue.push(record('c'), true).then(() => {
      isDone = true
    })
    expect(await isWriting()).toBe(false)
    first.done()
    await Promise.all(written)
    expect(isDone).toBe(false)
    const second = await nextWrite()
    expect(second.changes).toEqual([row('c')])
    second.done()
    await later
    expect(await isWriting()).toBe(false)
  })

  it('of one place are one: the last', async () => {
    const { queue, nextWrite } = createStage()
    const written = [
      queue.push(record('a'), true),
      queue.push(record('a', 2), false),
      queue.push(record('b'), true),
      queue.push(deletion('b'), false),
    ]
    const write = await nextWrite()
    expect(write.changes).toEqual([row('a', 2), deletion('b')])
    write.done()
    await Promise.all(written)
  })

  it('of many go in several transactions, and resolve when all are done', async () => {
    const { queue, nextWrite } = createStage()
    const written = Promise.all(
      Array.from({ length: 4500 }, (_, n) => queue.push(record(`${n}`), true)),
    )
    for (const count of [2000, 2000, 500]) {
      const write = await nextWrite()
      expect(write.changes).toHaveLength(count)
      write.done()
    }
    await written
  })
})

describe('a disk that fails', () => {
  it('forgets new records, keeps changes and deletions, and tries again', async () => {
    const { queue, undone, health, nextWrite, isWriting } = createStage()
    const written = [
      queue.push(record('new'), true),
      queue.push(record('old', 2), false),
      queue.push(deletion('ended'), false),
    ]
    const outcome = Promise.allSettled(written)
    const first = await nextWrite()
    const later = queue.push(record('new', 2), false)
    const outcomeOfLater = Promise.allSettled([later])
    first.fail('cannot be written')
    for (const result of [...(await outcome), ...(await outcomeOfLater)])
      expect(result).toMatchObject({ status: 'rejected', reason: away('cannot be written') })
    expect(undone).toEqual(['new'])
    expect(queue.problem).toBe('cannot be written')

    await expect(queue.push(record('another'), true)).rejects.toMatchObject(
      away('cannot be written'),
    )
    await expect(queue.push(deletion('old'), false)).rejects.toMatchObject(
      away('cannot be written'),
    )
    expect(await isWriting()).toBe(false)
    await vi.advanceTimersByTimeAsync(1000)
    const second = await nextWrite()
    expect(second.changes).toEqual([deletion('new'), deletion('old'), deletion('ended')])
    second.fail('cannot be written')
    await vi.advanceTimersByTimeAsync(1000)
    const third = await nextWrite()
    third.done()
    await vi.advanceTimersByTimeAsync(0)
    expect(queue.problem).toBeUndefined()
    expect(health).toEqual(['cannot be written', undefined])
    const again = queue.push(record('new', 3), true)
    const fourth = await nextWrite()
    expect(fourth.changes).toEqual([row('new', 3)])
    fourth.done()
    await again
  })

  it('that gives no answer is away after a time, and back when it answers', async () => {
    const { queue, undone, health, nextWrite } = createStage()
    const outcome = Promise.allSettled([
      queue.push(record('new'), true),
      queue.push(record('old', 2), false),
    ])
    const slow = await nextWrite()
    await vi.advanceTimersByTimeAsync(500)
    const words = 'has had no answer of its disk for 500 ms'
    for (const result of await outcome)
      expect(result).toMatchObject({ status: 'rejected', reason: away(words) })
    expect(undone).toEqual(['new'])
    await expect(queue.push(record('b'), true)).rejects.toMatchObject(away(words))
    slow.done()
    const next = await nextWrite()
    expect(next.changes).toEqual([deletion('new'), row('old', 2)])
    expect(queue.problem).toBe(words)
    next.done()
    await vi.advanceTimersByTimeAsync(0)
    expect(health).toEqual([words, undefined])
  })

  it('that has lost its file gets all records again', async () => {
    const { queue, held, nextWrite } = createStage()
    held.set('a', record('a')).set('b', record('b', 2))
    const written = queue.push(record('b', 2), false)
    const first = await nextWrite()
    first.done(true)
    const second = await nextWrite()
    expect(second.changes).toEqual([row('a'), row('b', 2)])
    second.fail('cannot be written')
    await expect(written).rejects.toMatchObject(away('cannot be written'))
    await vi.advanceTimersByTimeAsync(1000)
    const third = await nextWrite()
    expect(third.changes).toEqual([row('b', 2)])
    third.done()
    const fourth = await nextWrite()
    expect(fourth.changes).toEqual([row('a'), row('b', 2)])
    fourth.done()
    await vi.advanceTimersByTimeAsync(0)
    expect(queue.problem).toBeUndefined()
  })

  it('is tried a last time when the queue is closed', async () => {
    const { queue, nextWrite } = createStage()
    const outcome = Promise.allSettled([queue.push(deletion('a'), false)])
    const first = await nextWrite()
    first.fail('cannot be written')
    await outcome
    const closed = queue.close()
    const second = await nextWrite()
    second.fail('cannot be written')
    expect(await closed).toBe(1)
    expect(vi.getTimerCount()).toBe(0)
  })
})
