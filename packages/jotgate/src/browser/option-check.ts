import type { CheckedOption } from './diagnosis/option-problems.ts'
import { diagnosed } from './failure.ts'

/** The error of an option of `connect` that is wrong. */
export function wrongOption(option: CheckedOption): Promise<Error> {
  const details = { option, reason: option }
  return diagnosed((diagnosis) => diagnosis.wrongOption(option), 'ERR_BROWSER_OPTION', details)
}
