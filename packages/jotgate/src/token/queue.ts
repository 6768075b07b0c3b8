/** Runs a few jobs at a time and keeps a bounded number of others waiting, in their order. */
export interface Queue {
  /** Rejects with `refusal()` when too many jobs wait, and with the signal's reason when it aborts. */
  run<Result>(job: () => Promise<Result>, signal?: AbortSignal): Promise<Result>
}

export function createQueue(options: {
  maxConcurrent: number
  maxQueued: number
  refusal: () => Error
}): Queue {
  const waiting = new Set<() => void>()
  let running = 0

  const startNext = () => {
    const [next] = waiting
    if (next === undefined || running >= options.maxConcurrent) return
    waiting.delete(next)
    next()
  }

  return {
    run: (job, signal) =>
      new Promise((resolve, reject) => {
        // Otherwise it would throw after the job, where nobody could catch it.
        if (signal !== undefined && !isSignal(signal))
          return reject(new TypeError('The option signal must be an AbortSignal'))
        if (signal?.aborted === true) return reject(signal.reason)
        const start = () => {
          running += 1
          const free = () => {
            running -= 1
            signal?.removeEventListener('abort', abort)
            startNext()
          }
          begin(job).then(
            (result) => {
              free()
              resolve(result)
            },
            (error: unknown) => {
              free()
              reject(error)
            },
          )
        }
        // A running job continues, since a signature cannot be stopped; only its result is dropped.
        const abort = () => {
          waiting.delete(start)
          reject(signal?.reason)
        }
        if (running < options.maxConcurrent) start()
        else if (waiting.size < options.maxQueued) waiting.add(start)
        else return reject(options.refusal())
        signal?.addEventListener('abort', abort, { once: true })
      }),
  }
}

/** A job that throws synchronously must free its place too. */
function begin<Result>(job: () => Promise<Result>): Promise<Result> {
  try {
    return job()
  } catch (error) {
    return Promise.reject(error)
  }
}

/** By its methods, not by its class: each frame of a page has its own `AbortSignal`. */
function isSignal(value: Partial<AbortSignal> | null): boolean {
  return (
    typeof value?.addEventListener === 'function' && typeof value.removeEventListener === 'function'
  )
}
