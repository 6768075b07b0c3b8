/** Thrown when the person or the system has interrupted the command: nothing to say, exit code 130. */
export const interrupted = Symbol('interrupted')

const signalNames = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Turns the first signal that would end this process into an abort, whose reason is the signal's name. A
 * second one ends the process at once.
 */
export function abortOnSignals(): AbortSignal {
  const controller = new AbortController()
  const interrupt = (name: NodeJS.Signals) => {
    for (const one of signalNames) process.off(one, interrupt)
    controller.abort(name)
  }
  for (const one of signalNames) process.on(one, interrupt)
  return controller.signal
}

/** Gives what a promise gives, or throws `interrupted` as soon as the signal aborts. */
export function orInterrupted<Value>(signal: AbortSignal, promise: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const interrupt = () => reject(interrupted)
    if (signal.aborted) interrupt()
    signal.addEventListener('abort', interrupt, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', interrupt))
  })
}
