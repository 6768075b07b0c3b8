import { toErrorBody } from '../../cloud/error-envelope.ts'
import { newTraceId } from '../../cloud/state/identifiers.ts'
import { type DocumentedError, documentedErrors } from './documented-errors.ts'
import type { AnswerEffect } from './fault.ts'

/** What is answered over HTTP in place of the tenant. */
export interface FaultAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Readonly<Record<string, unknown>>
}

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

/** Turns what struck a request into an answer. */
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
