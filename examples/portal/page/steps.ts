import { type LoginStep, type LoginStepEvent, reasonOf } from 'jotgate/browser'
import { elementById } from './element.ts'

/** The steps of the login, as the strip "How you logged in" shows them. */
type StepName = LoginStep | 'login-page' | 'engine'

type StepState = 'is-waiting' | 'is-running' | 'is-done' | 'is-failed'

/** Shows what `connect` reports of its steps. Only a demonstration needs this. */
export function showLoginStep(event: LoginStepEvent): void {
  if (event.state === 'begun') showStep(event.step, 'is-running', 'Under way …')
  // Qlik made a session, and the next call shows that the browser does not send its cookie.
  else if (event.state === 'failed' && reasonOf(event.error) === 'cookies-blocked') {
    showStep('session', 'is-failed', 'The browser did not send its cookie back')
    if (event.step !== 'session') showStep(event.step, 'is-waiting', 'Not reached')
  } else if (event.state === 'failed') showStep(event.step, 'is-failed', 'Stopped here')
  else showStep(event.step, 'is-done', doneIn(event.durationMs))
}

/** How people log in: by a token or an assertion that the portal signs, or at Qlik's own login page. */
export type LoginKind = 'jwt' | 'gateway' | 'interactive'

/** Leaves the steps of one kind of login on the page. */
export function showLoginKind(kind: LoginKind): void {
  for (const item of document.querySelectorAll<HTMLElement>('[data-login]'))
    if (item.dataset.login?.split(' ').includes(kind)) item.hidden = false
    else item.remove()
}

/** Does some work as one step of the strip: under way, then done with its time, or failed. */
export async function asStep<Result>(name: StepName, work: () => Promise<Result>): Promise<Result> {
  const startedAt = performance.now()
  showStep(name, 'is-running', 'Under way …')
  try {
    const result = await work()
    showStep(name, 'is-done', doneIn(performance.now() - startedAt))
    return result
  } catch (error) {
    showStep(name, 'is-failed', 'Stopped here')
    throw error
  }
}

/** Shows a step in a state, with some words. */
export function showStep(name: StepName, state: StepState, words: string): void {
  const item = elementById('steps', HTMLOListElement).querySelector(`[data-step="${name}"]`)
  const time = item?.querySelector('.step-time')
  if (!item || !time) throw new Error(`The page has no step ${name}`)
  item.className = state
  time.textContent = words
}

/** After a failure, the steps that were not begun say so. */
export function showNotReached(): void {
  for (const item of document.querySelectorAll('#steps li:not([class])')) {
    const time = item.querySelector('.step-time')
    if (time) time.textContent = 'Not reached'
  }
}

/** A view that needs no engine says so. */
export function showEngineNotNeeded(): void {
  const time = document.querySelector('#steps [data-step="engine"] .step-time')
  if (time) time.textContent = 'Not needed here'
}

const doneIn = (durationMs: number) => `Done in ${Math.max(1, Math.round(durationMs))} ms`
