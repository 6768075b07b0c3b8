import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createGroupCommit } from './group-commit.ts'

const limits = { timeoutMs: 1000, retryMs: 500, maxWaiting: 100, maxWaitingLength: 10_000 }

/** Lets everything happen that waits for no timer. */
const turn = () => new Promise((resolve) => setImmediate(resolve))

/** A disk whose every write waits until it is told how it ends. */
function stage(bounds: Partial<typeof limits> = {}) {
  const writes: { lines: readonly string[]; succeed(): void; fail(code: string): void }[] = []
  const written: string[] = []
  const commit = createGroupCommit(
    (lines) =>
      new Promise((resolve, reject) => {
        writes.push({
          lines,
          succeed() {
            resolve(written.length + 1)
            written.push(...lines)
          },
          fail: (code) => reject(Object.assign(new Error('of the system'), { code })),
        })
      }),
    (members) => JSON.stringify(members),
    { ...limits, ...bounds },
  )
  /** The write that is under way. */
  const next = async () => {
    await turn()
    const write = writes.shift()
    if (write === undefined) throw new Error('There is one')
    return write
  }
  return { commit, next, writes, written }
}

const code = 'ERR_GATEWAY_AUDIT'

describe('group commit', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('writes together what comes while others are written, in order', async () => {
    const { commit, next, written } = stage()
    const all = [commit.add('a'), commit.add('b')]
    const first = await next()
    expect(first.lines).toEqual(['a', 'b'])
    all.push(commit.add('c'))
    commit.addLater('d')
    all.push(commit.add('e'))
    first.succeed()
    const second = await next()
    expect(second.lines).toEqual(['c', 'd', 'e'])
    let done = false
    const finished = Promise.all(all).then(() => {
      done = true
    })
    await Promise.all(all.slice(0, 2))
    expect(done).toBe(false)
    second.succeed()
    await finished
    expect(written).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  it('refuses at once when a write fails, keeps what nobody waits for, and resumes by itself', async () => {
    const { commit, next, written } = stage()
    const refused = commit.add('a')
    commit.addLater('ending')
    ;(await next()).fail('ENOSPC')
    await expect(refused).rejects.toMatchObject({ code, status: 503, message: /ENOSPC/ })
    expect(commit.healthy).toBe(false)
    await expect(commit.add('b')).rejects.toMatchObject({ code })
    commit.addLater('second ending')
    await vi.advanceTimersByTimeAsync(limits.retryMs)
    ;(await next()).fail('ENOSPC')
    await vi.advanceTimersByTimeAsync(limits.retryMs)
    ;(await next()).succeed()
    await turn()
    expect(commit.healthy).toBe(true)
    expect(written).toEqual(['ending', 'second ending'])
    const taken = commit.add('c')
    ;(await next()).succeed()
    await taken
  })

  it('tries again by itself when there is nothing to write', async () => {
    const { commit, next } = stage()
    const refused = commit.add('a')
    ;(await next()).fail('EIO')
    await expect(refused).rejects.toMatchObject({ code })
    await vi.advanceTimersByTimeAsync(limits.retryMs)
    const again = await next()
    expect(again.lines).toEqual([])
    again.succeed()
    await turn()
    expect(commit.healthy).toBe(true)
  })

  it('G-F9 refuses within the time limit when the disk hangs, and says which lines came too late', async () => {
    const { commit, next, written } = stage()
    const slow = [commit.add('a'), commit.add('b')]
    const write = await next()
    await vi.advanceTimersByTimeAsync(600)
    const behind = commit.add('c')
    const late = Promise.allSettled(slow)
    await vi.advanceTimersByTimeAsync(400)
    for (const { status } of await late) expect(status).toBe('rejected')
    expect(commit.healthy).toBe(false)
    await expect(commit.add('d')).rejects.toMatchObject({ code })
    const rejected = expect(behind).rejects.toMatchObject({ code, message: /1000 ms/ })
    await vi.advanceTimersByTimeAsync(600)
    await rejected
    write.succeed()
    ;(await next()).succeed()
    await turn()
    expect(commit.healthy).toBe(true)
    // `c` had not begun, so it is not written at all.
    expect(written).toEqual(['a', 'b', '{"event":"log-late","lines":["1-2"]}'])
  })

  it('G-F9 hears first what the disk has finished while the event loop was held', async () => {
    const { commit, next, written } = stage()
    const line = commit.add('a')
    const write = await next()
    setImmediate(write.succeed)
    vi.advanceTimersByTime(limits.timeoutMs)
    await line
    expect(written).toEqual(['a'])
  })

  it('keeps a bounded number of lines, and counts what it dropped in the next one', async () => {
    const { commit, next, written } = stage({ maxWaiting: 3 })
    const refused = commit.add('a')
    ;(await next()).fail('ENOSPC')
    await expect(refused).rejects.toMatchObject({ code })
    for (const line of ['1', '2', '3', '4', '5']) commit.addLater(line)
    await vi.advanceTimersByTimeAsync(limits.retryMs)
    ;(await next()).succeed()
    await turn()
    expect(commit.healthy).toBe(true)
    expect(written).toEqual(['{"event":"log-dropped","count":2}', '1', '2', '3'])
  })

  it('refuses more than may wait, by number and by length', async () => {
    const { commit, next } = stage({ maxWaiting: 2, maxWaitingLength: 10 })
    const taken = [commit.add('1234'), commit.add('5')]
    await expect(commit.add('6')).rejects.toMatchObject({ code, message: /too many/ })
    ;(await next()).succeed()
    await Promise.all(taken)
    await expect(commit.add('x'.repeat(11))).rejects.toMatchObject({ code })
    expect(commit.healthy).toBe(true)
  })

  it('writes what is left when it is closed, and does not wait for a disk that hangs', async () => {
    const { commit, next, written } = stage()
    commit.addLater('a')
    const closing = commit.close()
    ;(await next()).succeed()
    await closing
    expect(written).toEqual(['a'])
    await expect(commit.add('b')).rejects.toMatchObject({ code, message: /closed/ })
    const other = stage()
    const refused = other.commit.add('a')
    await other.next()
    const stuck = other.commit.close()
    const rejected = expect(refused).rejects.toMatchObject({ code })
    await vi.advanceTimersByTimeAsync(limits.timeoutMs)
    await Promise.all([stuck, rejected])
  })
})
