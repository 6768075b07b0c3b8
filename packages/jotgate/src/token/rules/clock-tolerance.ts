import { timeOf } from './members.ts'
import type { Subject } from './rule.ts'
import { distanceInWords } from './time-words.ts'

/**
 * How far clocks may differ at most where nobody knows how far: up to here a time is neither right nor
 * wrong, beyond it is wrong.
 */
export const assumedToleranceSeconds = 60

/** Says that a time lies where an unknown tolerance decides. */
export function explainWithinTolerance(subject: Subject): string | undefined {
  const { claims, now, clockToleranceSeconds } = subject
  if (clockToleranceSeconds !== undefined) return undefined
  const nbf = timeOf(claims, 'nbf')
  if (nbf !== undefined && nbf > now && nbf <= now + assumedToleranceSeconds)
    return `It begins ${distanceInWords(nbf - now)}.`
  const exp = timeOf(claims, 'exp')
  if (exp !== undefined && exp <= now && exp + assumedToleranceSeconds > now)
    return `It ended ${distanceInWords(exp - now)}.`
  return undefined
}
