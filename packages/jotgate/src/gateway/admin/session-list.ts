import type { ServerResponse } from 'node:http'
import { setImmediate } from 'node:timers/promises'
import { gatewayErrors } from '../errors.ts'
import type { GatewaySession } from '../session/gateway-session.ts'
import { type SessionFacts, showSession } from './shown-session.ts'

/** Which part of a list is wanted. */
export interface Page {
  /** At most so many. */
  readonly limit: number
  /** Those that follow this one; from the first when it is omitted. */
  readonly after?: Cursor | undefined
}

/** A session's place in the order of the list, by when it was opened: it stays, also when the session ends. */
interface Cursor {
  readonly openedAt: number
  readonly id: string
}

const defaultLimit = 10_000
const maxLimit = 1_000_000
/** How many rows are made before other work has its turn: about a millisecond. */
const rowsAtOnce = 200

/** @throws ERR_GATEWAY_ADMIN_REQUEST (400) */
export function readPage(query: URLSearchParams): Page {
  const limit = query.get('limit') ?? String(defaultLimit)
  if (!/^[1-9]\d{0,6}$/.test(limit) || Number(limit) > maxLimit)
    throw refused(`has a limit that is not a whole number from 1 to ${maxLimit}`)
  const after = query.get('after')
  if (after === null) return { limit: Number(limit) }
  const [, openedAt, id] = /^(\d{1,16})\.([\w-]{1,128})$/.exec(after) ?? []
  if (openedAt === undefined || id === undefined)
    throw refused('has an `after` that is not the `next` of a page before')
  return { limit: Number(limit), after: { openedAt: Number(openedAt), id } }
}

/** The sessions of a page in their order, and where the next one begins; undefined when this is the last. */
export function choosePage(
  sessions: readonly GatewaySession[],
  { limit, after }: Page,
): { page: readonly GatewaySession[]; next: string | undefined } {
  const rest = sessions
    .filter((one) => after === undefined || compare(one, after) > 0)
    .sort(compare)
  const page = rest.slice(0, limit)
  const last = page.at(-1)
  const hasMore = rest.length > limit && last !== undefined
  return { page, next: hasMore ? `${last.openedAt}.${last.id}` : undefined }
}

const compare = (one: Cursor, other: Cursor) =>
  one.openedAt - other.openedAt || (one.id < other.id ? -1 : one.id > other.id ? 1 : 0)

/**
 * Writes a page as JSON, a few rows at a time: other requests have their turn between, and a slow reader holds up
 * nothing but its own answer. A session that ends meanwhile is omitted.
 */
export async function sendSessions(
  response: ServerResponse,
  { page, next }: ReturnType<typeof choosePage>,
  facts: SessionFacts,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  let before = '{"sessions":[\n'
  for (let at = 0; at < page.length; at += rowsAtOnce) {
    const rows = page
      .slice(at, at + rowsAtOnce)
      .filter(({ ended }) => !ended.aborted)
      .map((session) => JSON.stringify(showSession(session, facts)))
    if (rows.length === 0) continue
    const isTaken = response.write(before + rows.join(',\n'))
    before = ',\n'
    if (!isTaken) await drained(response)
    if (response.destroyed) return
    await setImmediate()
  }
  const start = before.startsWith('{') ? before : ''
  response.end(`${start}\n]${next === undefined ? '' : `,"next":${JSON.stringify(next)}`}}\n`)
}

/** The reader has taken what was written, or is gone. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done)
      response.off('close', done)
      resolve()
    }
    response.on('drain', done)
    response.on('close', done)
  })
}

const refused = (problem: string) => gatewayErrors.ERR_GATEWAY_ADMIN_REQUEST({ problem })
