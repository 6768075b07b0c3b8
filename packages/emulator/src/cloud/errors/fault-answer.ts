import type { DocumentedError } from '../../control/faults/error-catalogue.ts'
import type { AnswerEffect, FaultAnswer } from '../../control/faults/fault.ts'
import { toErrorBody } from '../error-envelope.ts'
import { newTraceId } from '../state/identifiers.ts'
import { documentedErrors } from './documented-errors.ts'

/** The answer of a documented error, in the form of the service that gives it. */
function toDocumentedAnswer(error: DocumentedError): FaultAnswer {
  const { status, code, title, detail, statusStyle, retryAfterSeconds } = error
  const failure = { status, code, title, ...(detail === undefined ? {} : { detail }) }
  // Only the code at the top tells @qlik/api 2.19.0 to fetch a new token and try again.
  const csrfBody = { ...failure, status: String(status), traceId: newTraceId() }
  const bare = { code, title, ...(detail === undefined ? {} : { detail }) }
  return {
    status,
    headers: retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) },
    body:
      error.id === 'csrf-2'
        ? csrfBody
        : statusStyle === 'none'
          ? { errors: [bare] }
          : toErrorBody(failure, statusStyle),
  }
}

function documented(id: string): DocumentedError {
  const error = documentedErrors.find((one) => one.id === id)
  if (error === undefined) throw new TypeError(`no documented error ${id}`)
  return error
}

/** The answer that a fault gives in Qlik Cloud’s form. */
export function toFaultAnswer(
  effect: Exclude<AnswerEffect, { kind: 'close-socket' }>,
): FaultAnswer {
  switch (effect.kind) {
    case 'rate-limit': {
      const { retryAfterSeconds: seconds = 13 } = effect
      return toDocumentedAnswer({
        ...documented('rate-limit'),
        retryAfterSeconds: seconds,
        detail: `You need to wait ${seconds} seconds until limit is lifted.`,
      })
    }
    case 'server-error': {
      const { status } = effect
      const failure = { status, code: `HTTP-${status}`, title: 'A fault that was switched on' }
      return { status, headers: {}, body: toErrorBody(failure, 'string') }
    }
    case 'documented-error':
      return toDocumentedAnswer(documented(effect.error))
  }
}
