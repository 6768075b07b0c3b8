import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import { isJotgateError } from '../../errors/index.ts'
import type { AuditEvent, AuditLog } from '../audit/audit-log.ts'
import { gatewayErrors } from '../errors.ts'
import { sendProblem } from '../server/problem.ts'
import { createRequestId } from '../server/read-request.ts'
import type { GatewaySession, GatewaySessions } from '../session/gateway-session.ts'
import {
  type AdminChecks,
  type AdminRequest,
  addressOf,
  readAdminRequest,
} from './admin-request.ts'
import { type KnownPlaces, readSessionChoice, type SessionChoice } from './session-filter.ts'
import { choosePage, readPage, sendSessions } from './session-list.ts'
import type { SessionFacts } from './shown-session.ts'

/** What the administration shows and does. */
export interface AdminParts extends SessionFacts {
  readonly sessions: Pick<GatewaySessions, 'list' | 'end' | 'lastUsedAt' | 'endsAt'>
  readonly audit: Pick<AuditLog, 'record' | 'recordLater' | 'countDenial'>
  /** What may be named in a filter. */
  readonly places: KnownPlaces
  health(): { readonly ready: boolean }
  /** In the text format of Prometheus. */
  metrics(): string
  readonly log?: Pick<Logger, 'error' | 'info'>
}

/** Answers a request for the administration; it never throws. */
export type Admin = (
  incoming: IncomingMessage,
  response: ServerResponse,
  checks: AdminChecks,
) => void

/**
 * Makes what answers operators and their programs. There is no CORS, and whatever a browser sends is refused. Looking
 * at sessions and ending them stand in the audit log: a look is recorded before it is answered; an ending acts first,
 * also while the log is away, and is recorded before the answer where that is possible.
 */
export function createAdmin(parts: AdminParts): Admin {
  const { sessions, audit, log } = parts

  const listSessions = async (request: AdminRequest, response: ServerResponse) => {
    const choice = readSessionChoice(request.query, parts, ['limit', 'after'])
    const list = choosePage(sessions.list().filter(choice.isMeant), readPage(request.query))
    const count = list.page.length
    await audit.record({ ...eventOf(request, 'sessions listed', choice), count })
    await sendSessions(response, list, parts)
  }

  /** Everything has ended when this returns; stores and logs follow. */
  const end = (ending: readonly GatewaySession[]) => ({
    sockets: ending.reduce((sum, session) => sum + parts.socketsOf(session), 0),
    ended: Promise.all(ending.map((session) => sessions.end(session, 'revoked'))),
  })

  const answerEnding = async (
    response: ServerResponse,
    ending: readonly GatewaySession[],
    event: AuditEvent,
  ) => {
    const { sockets, ended } = end(ending)
    const line = { ...event, count: ending.length }
    await audit.record(line).catch((error: unknown) => {
      log?.error({ err: error }, 'Sessions were ended while the audit log is away')
      audit.recordLater(line)
    })
    await ended
    log?.info({ sessions: ending.length, sockets }, 'Sessions were ended by an operator')
    sendJson(response, 200, { sessions: ending.length, sockets })
  }

  const endSessions = async (request: AdminRequest, response: ServerResponse) => {
    const choice = readSessionChoice(request.query, parts, ['all'])
    const all = request.query.get('all')
    if (all !== null && (all !== 'yes' || choice.isNarrow))
      throw refused('has `all` with another value than yes, or beside a filter')
    if (all === null && !choice.isNarrow)
      throw refused('names no sessions: give a filter, or all=yes')
    const ending = sessions.list().filter(choice.isMeant)
    await answerEnding(response, ending, eventOf(request, 'sessions ended', choice))
  }

  const endSession = async (request: AdminRequest, response: ServerResponse, id: string) => {
    if (request.query.size > 0) throw refused('has a query, which this path does not take')
    const found = sessions.list().find((session) => session.id === id)
    if (found === undefined) throw gatewayErrors.ERR_GATEWAY_ADMIN_SESSION({})
    const { user, identity } = found
    await answerEnding(response, [found], {
      ...eventOf(request, 'session ended', {
        hostSubject: identity.subject,
        subject: user.subject,
      }),
      session: found.id,
    })
  }

  const answer = async (request: AdminRequest, response: ServerResponse): Promise<void> => {
    const { path } = request
    const [, id] = /^\/sessions\/([\w-]{1,128})$/.exec(path) ?? []
    if (path === '/live') {
      allow(request, reads)
      sendJson(response, 200, { live: true })
    } else if (path === '/ready') {
      allow(request, reads)
      const health = parts.health()
      sendJson(response, health.ready ? 200 : 503, health)
    } else if (path === '/metrics') {
      allow(request, reads)
      send(response, 200, 'text/plain; version=0.0.4; charset=utf-8', parts.metrics())
    } else if (path === '/sessions') {
      allow(request, ['GET', 'DELETE'])
      await (request.method === 'GET' ? listSessions : endSessions)(request, response)
    } else if (id !== undefined) {
      allow(request, ['DELETE'])
      await endSession(request, response, id)
    } else throw gatewayErrors.ERR_GATEWAY_ADMIN_PATH({})
  }

  return async (incoming, response, checks) => {
    incoming.on('error', ignore)
    response.on('error', ignore)
    const id = createRequestId()
    response.setHeader('x-request-id', id)
    try {
      await answer(readAdminRequest(incoming, checks, id), response)
    } catch (error) {
      if (isJotgateError(error) && refusals.has(error.code)) {
        const address = addressOf(incoming, checks)
        audit.countDenial({ address, reason: error.code })
      } else if (!isJotgateError(error) || error.status >= 500)
        log?.error({ requestId: id, err: error }, 'A request for the administration failed')
      sendProblem(response, error, id)
    }
  }
}

/** Who tried what they may not. */
const refusals = new Set<string>([
  'ERR_GATEWAY_ADMIN_BEARER',
  'ERR_GATEWAY_ADMIN_BROWSER',
  'ERR_GATEWAY_ADMIN_HOST',
])

const reads = ['GET', 'HEAD']

/** @throws ERR_GATEWAY_REQUEST_METHOD (405) */
function allow({ method }: AdminRequest, allowed: readonly string[]): void {
  if (!allowed.includes(method)) throw gatewayErrors.ERR_GATEWAY_REQUEST_METHOD({ allowed })
}

const eventOf = (
  { id, address, path, query }: AdminRequest,
  reason: string,
  { hostSubject, subject }: Pick<SessionChoice, 'hostSubject' | 'subject'>,
): AuditEvent => ({
  event: 'administration',
  requestId: id,
  address,
  reason,
  path: query.size === 0 ? path : `${path}?${query}`,
  ...(hostSubject !== undefined && { hostSubject }),
  ...(subject !== undefined && { subject }),
})

const sendJson = (response: ServerResponse, status: number, body: object) =>
  send(response, status, 'application/json', `${JSON.stringify(body)}\n`)

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
  response.end(response.req.method === 'HEAD' ? undefined : body)
}

const refused = (problem: string) => gatewayErrors.ERR_GATEWAY_ADMIN_REQUEST({ problem })

/** `close` follows each error. */
function ignore(): void {}
