import { isJotgateError } from '../../errors/index.ts'
import { gatewayErrors } from '../errors.ts'

/** Logins at Qlik, a few at a time and in their order. */
export interface LoginQueue {
  /**
   * Runs a login when its turn comes. When Qlik answers 429, all logins wait as long as it says, and this one is
   * the first to go on.
   *
   * @param person who has several logins here has one turn before those of everyone else
   * @param signal takes it out of the queue; a login that is running is not stopped, since Qlik may have opened
   * the session already
   * @throws ERR_GATEWAY_WAITING when too many wait, and what the login throws
   */
  run<Result>(person: string, login: () => Promise<Result>, signal: AbortSignal): Promise<Result>
  /** In how many seconds it is worth asking again. */
  readonly retryAfterSeconds: number
  /** Those that wait. */
  readonly size: number
  close(): void
}

/** What makes the queue. */
export interface LoginQueueOptions {
  readonly clock: () => number
  /** How many logins run at once. Default 10, 1 to 100. */
  readonly maxConcurrent?: number | undefined
  /** How many wait. Default 20000, 1 to 1000000. */
  readonly maxQueued?: number | undefined
}

/** No answer of Qlik stops logins for longer: then one is tried again. */
const maxPauseMs = 600_000
const maxRetryAfterSeconds = 30

interface Job {
  readonly person: string
  run(): Promise<void>
}

/**
 * Qlik takes about 100 logins a minute. By what it counts them, by user, address or tenant, is not known
 * (reference: https://qlik.dev/apis/rest/overview, rate limits), so nothing is assumed: logins run as they come until
 * Qlik says 429. Then all wait, and one goes ahead to find out whether the limit is lifted.
 */
export function createLoginQueue(options: LoginQueueOptions): LoginQueue {
  const { clock, maxConcurrent = 10, maxQueued = 20_000 } = options
  /** People in the order of their turns, with their logins. */
  const turns = new Map<string, Job[]>()
  /** Logins that Qlik has put off. */
  const ahead: Job[] = []
  let queued = 0
  let running = 0
  let pausedUntil = 0
  let pauses = 0
  let isProbing = false
  let timer: ReturnType<typeof setTimeout> | undefined

  const enqueue = (job: Job) => {
    const own = turns.get(job.person)
    if (own === undefined) turns.set(job.person, [job])
    else own.push(job)
    queued += 1
  }

  const remove = (job: Job): boolean => {
    const own = turns.get(job.person) ?? []
    const place = ahead.includes(job) ? ahead : own
    const at = place.indexOf(job)
    if (at < 0) return false
    place.splice(at, 1)
    if (own.length === 0) turns.delete(job.person)
    queued -= 1
    return true
  }

  const next = (): Job | undefined => {
    const [turn] = turns
    const job = ahead.shift() ?? turn?.[1][0]
    if (job === undefined) return undefined
    if (turn !== undefined && job === turn[1][0]) {
      const [person, [, ...others]] = turn
      turns.delete(person)
      if (others.length > 0) turns.set(person, others)
    }
    queued -= 1
    return job
  }

  const startNext = () => {
    const wait = pausedUntil - clock()
    if (wait > 0) {
      clearTimeout(timer)
      timer = setTimeout(startNext, wait)
      timer.unref()
      return
    }
    while (running < (isProbing ? 1 : maxConcurrent)) {
      const job = next()
      if (job === undefined) return
      running += 1
      void job.run().finally(() => {
        running -= 1
        startNext()
      })
    }
  }

  const pause = (seconds: number) => {
    const until = clock() + Math.min(seconds * 1000, maxPauseMs)
    pausedUntil = Math.max(pausedUntil, until)
    pauses += 1
    isProbing = true
  }

  return {
    run: (person, login, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason)
        if (queued >= maxQueued)
          return reject(
            gatewayErrors.ERR_GATEWAY_WAITING({ retryAfterSeconds: maxRetryAfterSeconds }),
          )
        const job: Job = {
          person,
          async run() {
            const pausesBefore = pauses
            try {
              const result = await login()
              if (pauses === pausesBefore) isProbing = false
              settle(() => resolve(result))
            } catch (error) {
              if (isJotgateError(error, 'ERR_QLIK_RATE_LIMITED')) {
                pause(error.details.retryAfterSeconds)
                if (signal.aborted) settle(() => reject(signal.reason))
                else {
                  ahead.push(job)
                  queued += 1
                }
              } else {
                if (pauses === pausesBefore) isProbing = false
                settle(() => reject(error))
              }
            }
          },
        }
        const leave = () => {
          if (remove(job)) settle(() => reject(signal.reason))
        }
        const settle = (how: () => void) => {
          signal.removeEventListener('abort', leave)
          how()
        }
        signal.addEventListener('abort', leave, { once: true })
        enqueue(job)
        startNext()
      }),
    get retryAfterSeconds() {
      const seconds = Math.ceil((pausedUntil - clock()) / 1000)
      return Math.min(maxRetryAfterSeconds, Math.max(2, seconds))
    },
    get size() {
      return queued
    },
    close() {
      clearTimeout(timer)
      turns.clear()
      ahead.length = 0
      queued = 0
    },
  }
}
