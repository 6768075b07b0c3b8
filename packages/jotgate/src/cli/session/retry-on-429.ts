import { setTimeout as wait } from 'node:timers/promises'
import { isJotgateError } from '../../errors/index.ts'
import type { Call } from '../command.ts'

const maxWaits = 3
const maxWaitSeconds = 120

/**
 * Does something again after a 429, at the time that Qlik says; a call that got 429 was certainly
 * not carried out. At most three waits of two minutes; then it throws the refusal.
 *
 * @param call.note says what is waited for
 * @param call.signal ends the waiting
 */
export async function retryOn429<Value>(
  action: () => Promise<Value>,
  { note, signal }: Pick<Call, 'note' | 'signal'>,
): Promise<Value> {
  for (let waits = 1; ; waits += 1) {
    try {
      return await action()
    } catch (error) {
      const seconds = secondsToWait(error)
      if (seconds === undefined || seconds > maxWaitSeconds || waits > maxWaits) throw error
      note(
        `note: Qlik takes no calls for now (429); again in ${seconds} s, try ${waits} of ${maxWaits}`,
      )
      await wait(seconds * 1000, undefined, { signal })
    }
  }
}

function secondsToWait(error: unknown): number | undefined {
  return isJotgateError(error, 'ERR_QLIK_RATE_LIMITED')
    ? error.details.retryAfterSeconds
    : undefined
}
