/**
 * Waits for something that goes on without this: for so long, or until a signal aborts.
 *
 * @param limits.tooLate makes the error when the time is over
 * @param limits.signals each with the error when it aborts
 */
export function waitFor<Result>(
  promise: Promise<Result>,
  limits: {
    readonly timeoutMs: number
    readonly tooLate: () => unknown
    readonly signals: readonly (readonly [AbortSignal | undefined, () => unknown])[]
  },
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const undo: (() => void)[] = []
    const settle = (how: () => void) => {
      for (const one of undo) one()
      how()
    }
    const timer = setTimeout(() => settle(() => reject(limits.tooLate())), limits.timeoutMs)
    undo.push(() => clearTimeout(timer))
    promise.then(
      (result) => settle(() => resolve(result)),
      (error: unknown) => settle(() => reject(error)),
    )
    for (const [signal, toError] of limits.signals) {
      const abort = () => settle(() => reject(toError()))
      if (signal?.aborted === true) abort()
      signal?.addEventListener('abort', abort, { once: true })
      undo.push(() => signal?.removeEventListener('abort', abort))
    }
  })
}
