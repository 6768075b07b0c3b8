import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { gatewayErrors } from '../errors.ts'
import type { KeyRing } from './key-ring.ts'
import type { ThreadCall, ThreadData, ThreadReply, ThreadResult } from './sqlite-thread.ts'

/** The thread that has the file, as seen from outside. */
export interface SqliteCalls {
  /**
   * Calls go one after another. A thread that has ended is started again by the next one.
   *
   * @throws ERR_GATEWAY_STORE
   */
  call(call: ThreadCall): Promise<ThreadResult>
  /** Seals with another key ring from now on, also in a thread that is started again. @throws ERR_GATEWAY_STORE */
  useKeys(keys: KeyRing, now: number): Promise<void>
  /** Ends the thread, whatever it does. */
  end(): Promise<void>
}

/** Starts the thread with the first call. */
export function createSqliteCalls(options: {
  readonly file: string
  readonly keys: KeyRing
  readonly owner: string
}): SqliteCalls {
  let { keys } = options
  let worker: Worker | undefined
  let isReopened = false
  let lost = 'has lost the thread of its file'
  const start = async () => {
    const { purpose, threadFile } = await import('./sqlite-thread.ts')
    const data: ThreadData = { purpose, isReopened, ...options, keys }
    const started = new Worker(threadFile, {
      workerData: data,
      name: purpose,
      // On Node 22, SQLite is said to be experimental. The parent's own arguments may not be a thread's.
      execArgv: ['--disable-warning=ExperimentalWarning'],
    })
    // Only a call that is under way keeps the process alive.
    started.unref()
    started.once('error', (error) => {
      lost = `has lost the thread of its file: ${error instanceof Error ? error.message : error}`
    })
    started.once('exit', () => {
      if (worker === started) worker = undefined
    })
    return started
  }
  const callNow = async (call: ThreadCall): Promise<ThreadResult> => {
    worker ??= await start()
    const called = worker
    called.ref()
    const ended = new AbortController()
    try {
      called.postMessage(call)
      const reply = await Promise.race([
        once(called, 'message', ended).then(([message]) => message as ThreadReply),
        once(called, 'exit', ended).then(() => ({ problem: lost })),
      ])
      if (reply.problem !== undefined)
        throw gatewayErrors.ERR_GATEWAY_STORE({ problem: reply.problem })
      isReopened = true
      return reply
    } finally {
      ended.abort()
      called.unref()
    }
  }
  let last: Promise<unknown> = Promise.resolve()
  const call = (next: ThreadCall, before?: () => void) => {
    const result = last.then(() => {
      before?.()
      return callNow(next)
    })
    last = result.catch(() => undefined)
    return result
  }
  return {
    call: (next) => call(next),
    async useKeys(ring, now) {
      await call({ keys: ring, now }, () => {
        keys = ring
      })
    },
    async end() {
      await worker?.terminate()
    },
  }
}
