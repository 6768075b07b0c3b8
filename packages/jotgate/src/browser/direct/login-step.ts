/**
 * The steps of a login: the application's token, the session that Qlik gives for it, and the CSRF
 * token of that session.
 */
export type LoginStep = 'token' | 'session' | 'csrf-token'

/**
 * What `onStep` hears of the logins. Each step begins, and ends as done or failed. `login` counts
 * the logins of the connection: 1 is that of `connect`, each later one a renewal after Qlik's session
 * was gone. No event holds a token.
 */
export type LoginStepEvent =
  | { readonly step: LoginStep; readonly login: number; readonly state: 'begun' }
  | {
      readonly step: LoginStep
      readonly login: number
      readonly state: 'done'
      readonly durationMs: number
    }
  | {
      readonly step: LoginStep
      readonly login: number
      readonly state: 'failed'
      readonly durationMs: number
      readonly error: unknown
    }

/** Does the work of a step. */
export type StepRunner = <Result>(
  step: LoginStep,
  login: number,
  work: () => Promise<Result>,
) => Promise<Result>

/** Makes a runner that reports each step as it begins and ends. */
export function createStepRunner(
  onStep: (event: LoginStepEvent) => void,
  now: () => number = () => performance.now(),
): StepRunner {
  return async (step, login, work) => {
    const startedAt = now()
    const durationMs = () => now() - startedAt
    onStep({ step, login, state: 'begun' })
    try {
      const result = await work()
      onStep({ step, login, state: 'done', durationMs: durationMs() })
      return result
    } catch (error) {
      onStep({ step, login, state: 'failed', durationMs: durationMs(), error })
      throw error
    }
  }
}

/** Tells a listener. One that throws stops neither the work nor the others, and its error is still seen. */
export function tell<Event>(listener: ((event: Event) => void) | undefined, event: Event): void {
  try {
    listener?.(event)
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}
