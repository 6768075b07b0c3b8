import type { IncomingMessage } from 'node:http'
import { checkTarget, type TargetFlaw } from '../http/request-target.ts'
import type { QlikFailure } from './error-envelope.ts'

const badRequest = { status: 400, code: 'HTTP-400', title: 'Bad request' } as const

const failures: Readonly<Record<TargetFlaw, QlikFailure>> = {
  'header-twice': { ...badRequest, detail: 'Host and Authorization may each come once' },
  'not-origin-form': { ...badRequest, detail: 'Not an origin-form target' },
  'foreign-host': {
    status: 401,
    code: 'LOGIN-2',
    title: 'No authentication configured for this hostname',
    detail: 'The emulator answers to localhost, *.localhost, 127.0.0.1 and [::1]',
  },
}

/** The tenant's answer to a request that was not meant for this machine. */
export function checkHost(request: IncomingMessage): QlikFailure | undefined {
  const flaw = checkTarget(request)
  return flaw === undefined ? undefined : failures[flaw]
}
