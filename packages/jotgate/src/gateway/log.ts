import { type Logger, pino } from 'pino'

/** Where a secret could be, whoever logs it. */
const secretPlaces = ['authorization', 'cookie', 'headers', 'token', 'secret'].flatMap((name) => [
  name,
  `*.${name}`,
])

/** What a log tells, each level with those before it. `debug` has the reason of each refusal. */
export type LogLevel = 'error' | 'warn' | 'info' | 'debug'

/** The gateway's own log: lines of JSON on stderr, since stdout carries the audit log's head. */
export function createLog(level: LogLevel = 'info'): Logger {
  const destination = pino.destination({ dest: 2, sync: false })
  return pino({ name: 'jotgate', level, redact: secretPlaces }, destination)
}
