import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { CloudEnv, RefusalSwitches } from './cloud.ts'
import { newTraceId } from './state/identifiers.ts'

/** One failure in Qlik's envelope. */
export interface QlikFailure extends RefusalSwitches {
  readonly status: number
  readonly code: string
  readonly title: string
  readonly detail?: string
  /** JSON pointer of the member that is wrong. */
  readonly pointer?: string
  readonly meta?: Readonly<Record<string, unknown>>
}

/** How a service writes `status` inside the body (qlik-cloud.md §5). */
export type StatusStyle = 'string' | 'number' | 'absent'

/** The body of an error answer. */
export function toErrorBody(failure: QlikFailure, style: StatusStyle): Record<string, unknown> {
  const { status, code, title, detail, pointer, meta, decidedBy } = failure
  const bySwitch = decidedBy === undefined ? {} : { switch: decidedBy }
  return {
    errors: [
      {
        title,
        ...(detail === undefined ? {} : { detail }),
        code,
        ...(style === 'absent' ? {} : { status: style === 'string' ? String(status) : status }),
        ...(pointer === undefined ? {} : { source: { pointer } }),
        ...(meta === undefined ? {} : { meta: { ...meta, ...bySwitch } }),
      },
    ],
    traceId: newTraceId(),
  }
}

/** Puts what is known of a refusal's switches together; none is lost. */
export function joinSwitches(
  first: RefusalSwitches = {},
  second: RefusalSwitches = {},
): RefusalSwitches {
  const decidedBy = second.decidedBy ?? first.decidedBy
  const shapedBy = [...(first.shapedBy ?? []), ...(second.shapedBy ?? [])]
  return {
    ...(decidedBy === undefined ? {} : { decidedBy }),
    ...(shapedBy.length === 0 ? {} : { shapedBy }),
  }
}

/** Has the record of the request name the switches, if it is refused. */
export function noteSwitches(c: Context<CloudEnv>, switches: RefusalSwitches): void {
  c.set('switches', joinSwitches(c.get('switches'), switches))
}

/** Answers a failure. */
export function fail(
  c: Context<CloudEnv>,
  failure: QlikFailure,
  style: StatusStyle = 'string',
): Response {
  noteSwitches(c, failure)
  return c.json(toErrorBody(failure, style), failure.status as ContentfulStatusCode)
}

/** No session and no key. The exact body is not known. */
export const unauthorized: QlikFailure = {
  status: 401,
  code: 'HTTP-401',
  title: 'Unauthorized',
  detail: 'There is no valid session cookie and no valid key',
}

/** An ordinary user's session asks for administration. */
export const adminOnly: QlikFailure = {
  status: 403,
  code: 'HTTP-403',
  title: 'Forbidden',
  detail: 'User missing TenantAdmin role',
}

/** A path that the emulator does not have: said in words, so that nobody takes it for Qlik's answer. */
export function notImplemented(method: string, path: string): QlikFailure {
  return {
    status: 404,
    code: 'EMULATOR-NOT-IMPLEMENTED',
    title: 'Not part of the emulator',
    detail: `The emulator does not answer ${method} ${path}; Qlik Cloud may. Its README lists what it has.`,
  }
}
