import { describe, expect, it } from 'vitest'
import { createQueue } from './queue.ts'

const refusal = () => new Error('full')
const settle = () => new Promise((resolve) => setImmediate(resolve))

describe('the queue', () => {
  it('runs a few at once, the others in order, and refuses what exceeds its limit', async () => {
    const queue = createQueue({ maxConcurrent: 2, maxQueued: 2, refusal })
    const started: number[] = []
    const jobs = [0, 1, 2, 3].map((id) => {
      const { promise, resolve } = Promise.withResolvers<number>()
      const result = queue.run(() => {
        started.push(id)
        return promise
      })
      return { result, finish: () => resolve(id) }
    })
    await expect(queue.run(async () => 4)).rejects.toThrow('full')
    await settle()
    expect(started).toEqual([0, 1])
    jobs[1]?.finish()
    await settle()
    expect(started).toEqual([0, 1, 2])
    for (const job of jobs) job.finish()
    expect(await Promise.all(jobs.map((job) => job.result))).toEqual([0, 1, 2, 3])
    expect(await queue.run(async () => 5)).toBe(5)
  })

  it('frees its place after a job that fails or throws at once', async () => {
    const queue = createQueue({ maxConcurrent: 1, maxQueued: 1, refusal })
    const rejected = queue.run(() => Promise.reject(new Error('rejected')))
    await expect(rejected).rejects.toThrow('rejected')
    const thrown = queue.run(() => {
      throw new Error('thrown')
    })
    await expect(thrown).rejects.toThrow('thrown')
    expect(await queue.run(async () => 'next')).toBe('next')
  })

  it('does not start what was cancelled while it waited, and gives its place to another', async () => {
    const queue = createQueue({ maxConcurrent: 1, maxQueued: 1, refusal })
    const first = Promise.withResolvers<void>()
    const running = queue.run(() => first.promise)
    const controller = new AbortController()
    let started = false
    const cancelled = queue.run(async () => {
      started = true
    }, controller.signal)
    const reason = new Error('gone')
    controller.abort(reason)
    await expect(cancelled).rejects.toBe(reason)
    const other = queue.run(async () => 'other')
    first.resolve()
    await running
    expect(await other).toBe('other')
    expect(started).toBe(false)
  })

  it('leaves no listener on a signal that outlives its jobs', async () => {
    const queue = createQueue({ maxConcurrent: 1, maxQueued: 9, refusal })
    let listeners = 0
    const counted = {
      aborted: false,
      addEventListener: () => {
        listeners += 1
      },
      removeEventListener: () => {
        listeners -= 1
      },
    } as unknown as AbortSignal
    const jobs = [1, 2, 3].map((id) => queue.run(async () => id, counted))
    expect(listeners).toBe(3)
    expect(await Promise.all(jobs)).toEqual([1, 2, 3])
    await expect(queue.run(() => Promise.reject(new Error('no')), counted)).rejects.toThrow('no')
    expect(listeners).toBe(0)
  })

  it('starts nothing when the signal is not an AbortSignal', async () => {
    const queue = createQueue({ maxConcurrent: 1, maxQueued: 0, refusal })
    let started = false
    for (const signal of [{}, null, 'abort', { addEventListener: () => undefined }]) {
      const job = async () => {
        started = true
      }
      await expect(queue.run(job, signal as unknown as AbortSignal)).rejects.toThrow(TypeError)
    }
    expect(started).toBe(false)
    expect(await queue.run(async () => 'next')).toBe('next')
  })

  it('rejects at once when the signal had already aborted, or aborts while the job runs', async () => {
    const queue = createQueue({ maxConcurrent: 1, maxQueued: 0, refusal })
    const reason = new Error('gone')
    await expect(queue.run(async () => 1, AbortSignal.abort(reason))).rejects.toBe(reason)
    const job = Promise.withResolvers<void>()
    const controller = new AbortController()
    const running = queue.run(() => job.promise, controller.signal)
    controller.abort(reason)
    await expect(running).rejects.toBe(reason)
    await expect(queue.run(async () => 1)).rejects.toThrow('full')
    job.resolve()
    await settle()
    expect(await queue.run(async () => 2)).toBe(2)
  })
})
