import { durationForm, parseDuration } from '../../config/index.ts'
import type { Call, OptionSpec } from '../command.ts'

export const timeoutOption: OptionSpec = {
  flags: '--timeout <time>',
  description: 'how long each answer of Qlik may take, its body included: 1s to 1h',
  otherwise: '60s',
}

const [least, most] = [1, 3600]

/** The limit that --timeout sets, in milliseconds. */
export function readTimeoutMs(call: Call): number {
  const seconds = parseDuration(call.values.text('timeout') ?? '60s')
  if (seconds === undefined) throw call.refuse(`--timeout must be ${durationForm}`)
  if (seconds < least || seconds > most) throw call.refuse('--timeout must be from 1s to 1h')
  return seconds * 1000
}
