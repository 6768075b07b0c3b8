import { elementById } from './element.ts'

/** The four steps of the way in, as the strip "How you got in" shows them. */
type StepName = 'token' | 'session' | 'csrf' | 'engine'

/** Which of jotgate's requests is which step. */
const stepByPath: Readonly<Record<string, StepName>> = {
  '/token': 'token',
  '/login/jwt-session': 'session',
  '/api/v1/csrf-token': 'csrf',
}

/**
 * Does some work as one step of the strip: under way, then ticked with its time, or crossed.
 *
 * @param isDone tells a result that is no success; without it, any result is one
 */
export async function asStep<Result>(
  name: StepName,
  work: () => Promise<Result>,
  isDone: (result: Result) => boolean = () => true,
): Promise<Result> {
  const startedAt = performance.now()
  mark(name, 'is-running', 'Under way …')
  try {
    const result = await work()
    const time = Math.max(1, Math.round(performance.now() - startedAt))
    if (isDone(result)) mark(name, 'is-done', `Done in ${time} ms`)
    else mark(name, 'is-failed', 'Stopped here')
    return result
  } catch (error) {
    mark(name, 'is-failed', 'Stopped here')
    throw error
  }
}

/** The browser's fetch, which shows jotgate's requests as steps. Only a demonstration needs this. */
export const fetchInSteps: typeof fetch = (input, init) => {
  const address = new URL(input instanceof Request ? input.url : input, location.href)
  const step = stepByPath[address.pathname]
  const work = () => fetch(input, init)
  return step ? asStep(step, work, (response) => response.ok) : work()
}

function mark(name: StepName, state: string, words: string): void {
  const item = elementById('steps', HTMLOListElement).querySelector(`[data-step="${name}"]`)
  const time = item?.querySelector('.step-time')
  if (!item || !time) throw new Error(`dashboard.html has no step ${name}`)
  item.className = state
  time.textContent = words
}
