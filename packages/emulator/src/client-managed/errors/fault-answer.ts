import type { AnswerEffect, FaultAnswer } from '../../control/faults/fault.ts'
import { refuseWith } from '../proxy/answers.ts'
import { clientManagedErrors } from './client-managed-errors.ts'

/** What is not a text alone: pages, and what only the proxy's log has. */
const formOf: Readonly<Record<string, 'html' | 'empty'>> = {
  'proxy-wrong-header': 'html',
  'proxy-cswsh': 'empty',
}

const text = { 'content-type': 'text/plain; charset=utf-8' }

/** The answer that a fault gives in the form of client-managed Qlik: a text. */
export function toFaultAnswer(
  effect: Exclude<AnswerEffect, { kind: 'close-socket' }>,
): FaultAnswer {
  switch (effect.kind) {
    // The proxy has no rate limit of its own; a reverse proxy in front may have.
    case 'rate-limit': {
      const headers = { ...text, 'retry-after': String(effect.retryAfterSeconds ?? 13) }
      return { status: 429, headers, body: 'Too Many Requests' }
    }
    case 'server-error':
      return { status: effect.status, headers: text, body: 'A fault that was switched on' }
    case 'documented-error': {
      const error = clientManagedErrors.errors.find(({ id }) => id === effect.error)
      if (error === undefined) throw new TypeError(`no documented error ${effect.error}`)
      const { status, title } = error
      const form = formOf[error.id] ?? 'text'
      const { headers, body } = refuseWith(status, title, { form })
      return { status, headers, body }
    }
  }
}
