import { type Logger, pino } from 'pino'

/** Where a secret could be, whoever logs it. */
const secretPlaces = ['authorization', 'cookie', 'headers', 'token', 'secret'].flatMap((name) => [
  name,
  `*.${name}`,
])

/** The gateway's own log: lines of JSON on stderr, since stdout carries the audit log's head. */
export function createLog(): Logger {
  return pino({ name: 'jotgate', redact: secretPlaces }, pino.destination({ dest: 2, sync: false }))
}
