import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { RecordedRequest } from 'jotgate-emulator'
import type { LoginRecord, LoginSource } from '../../examples/portal/server/index.ts'

/** A line of the gateway's audit log, as far as it is read here. */
interface AuditLine {
  readonly time: string
  readonly event: string
  /** Which Qlik it is of. */
  readonly upstream?: string
  readonly session?: string
  readonly qlikSession?: string
  readonly hostSubject?: string
  readonly subject?: string
  readonly groups?: readonly string[]
  readonly reason?: string
  readonly jti?: string
  readonly path?: string
}

/**
 * What gateway and local Qlik wrote down about a login of the portal. The IDs of tokens lead from one to the next: that of the
 * assertion to the line of the gateway session, that session to the token which the gateway signed, and that token to
 * Qlik's record of it.
 *
 * @param options.auditFolder of the gateway
 * @param options.requests of the local Qlik
 * @param options.origins of the portal
 * @param options.userIdOf the ID that Qlik Cloud has for a subject; at client-managed Qlik the request with the token has it
 */
export function createLoginSource(options: {
  auditFolder: string
  requests: () => readonly RecordedRequest[]
  origins: readonly string[]
  userIdOf: (subject: string) => string | undefined
}): LoginSource {
  const { auditFolder, requests, origins, userIdOf } = options
  return async ({ jti, at, until, path, subject }) => {
    const isGateway = path.startsWith('/assertion')
    const found = isGateway ? await findAtGateway(auditFolder, jti, until) : undefined
    const qlikJti = isGateway ? found?.qlikJti : jti
    const seen = requests()
    const login = seen.find(({ token }) => qlikJti !== undefined && token?.claims.jti === qlikJti)
    const product = path.endsWith('/client-managed') ? 'client-managed' : 'cloud'
    const userId = login?.userId ?? userIdOf(subject)
    const isOfPage = (one: RecordedRequest) =>
      one.caller === 'nobody' ? origins.includes(one.origin ?? '') : one.userId === userId
    const others = seen.filter((one) => {
      const time = Date.parse(one.at)
      if (one === login || one.method === 'OPTIONS' || time < at || time >= until) return false
      return one.product === product && isOfPage(one) && isOfLogin(one)
    })
    const atQlik = [...(login ? [login] : []), ...others].slice(0, 20)
    const asker = isGateway ? 'gateway' : 'browser'
    return [...(found?.records ?? []), ...atQlik.map((one) => toQlikRecord(one, asker))]
  }
}

/** What belongs to a login of the many requests of a page: who it is, the CSRF token, and web sockets. */
const isOfLogin = ({ path, status }: RecordedRequest) =>
  status === 101 || /(\/csrf-?token|\/users\/me|\/qps\/user)$/.test(path)

/** @returns what the audit log says of the session that the assertion opened, and the ID of its token for Qlik */
async function findAtGateway(folder: string, jti: string, until: number) {
  const lines = await readNewestLines(folder)
  const entered = lines.findIndex((line) => line.event === 'enter' && line.jti === jti)
  const enter = lines[entered]
  if (enter === undefined) return undefined
  const next = lines.findIndex(
    ({ event, session }, at) => at > entered && event === 'enter' && session === enter.session,
  )
  const sockets = lines
    .slice(entered, next === -1 ? undefined : next)
    .filter(({ event, session, time }) => {
      return event === 'socket-open' && session === enter.session && Date.parse(time) < until
    })
  // One Qlik session may serve several sessions of a person, and may have been opened long before.
  const opened = lines.findLast(
    ({ event, session, qlikSession, hostSubject, upstream }) =>
      event === 'qlik-session-open' &&
      (sockets[0]?.qlikSession !== undefined
        ? qlikSession === sockets[0].qlikSession
        : session === enter.session ||
          (hostSubject === enter.hostSubject && upstream === enter.upstream)),
  )
  const mint = lines.find((line) => line.event === 'mint' && line.jti === opened?.jti)
  const shown = [enter, mint, opened, ...sockets].filter((line) => line !== undefined)
  return { records: shown.map(toGatewayRecord), qlikJti: opened?.jti }
}

/** What is read of each file, from its end. */
const maxBytes = 262_144

/** The lines of the newest files of an audit log, in their order. */
async function readNewestLines(folder: string): Promise<AuditLine[]> {
  // The names begin with the node and the time of its start.
  const names = (await readdir(folder)).filter((name) => name.endsWith('.jsonl')).sort()
  const texts = await Promise.all(names.slice(-3).map((name) => readEnd(join(folder, name))))
  return texts.flatMap((text) => text.split('\n').flatMap(toLine))
}

async function readEnd(file: string): Promise<string> {
  const handle = await open(file)
  try {
    const { size } = await handle.stat()
    const start = Math.max(0, size - maxBytes)
    const { buffer } = await handle.read({ buffer: Buffer.alloc(size - start), position: start })
    return buffer.toString('utf8')
  } finally {
    await handle.close()
  }
}

/** The first line may be cut, and the last one may be under way. */
function toLine(text: string): AuditLine[] {
  try {
    const line: unknown = JSON.parse(text)
    return typeof line === 'object' && line !== null && 'time' in line ? [line as AuditLine] : []
  } catch {
    return []
  }
}

function toGatewayRecord(line: AuditLine): LoginRecord {
  return {
    at: Date.parse(line.time),
    from: 'gateway',
    to: 'gateway',
    what: `audit line: ${line.event}`,
    sent: wordsOf(line),
    source: 'the gateway’s audit log',
  }
}

function wordsOf({ hostSubject, subject, groups, session, qlikSession, jti }: AuditLine): string {
  const words = [
    hostSubject === subject ? subject : `${hostSubject} as ${subject}`,
    groups?.length ? `groups ${groups.join(', ')}` : '',
    jti ? `jti ${shortened(jti)}` : '',
    session ? `gateway session ${shortened(session)}` : '',
    qlikSession ? `Qlik session ${shortened(qlikSession)}` : '',
  ]
  return words.filter(Boolean).join('; ')
}

/** Enough to know an ID again. */
const shortened = (id: unknown) => `${String(id).slice(0, 8)}…`

function toQlikRecord(request: RecordedRequest, from: 'gateway' | 'browser'): LoginRecord {
  const { method, path, status, at } = request
  return {
    at: Date.parse(at),
    from,
    to: 'qlik',
    what: status === 101 ? `web socket ${path}` : `${method} ${path}`,
    sent: [...carriedBy(request), `answered ${status}`, ...setBy(request)].join('; '),
    source: 'the local Qlik',
  }
}

function carriedBy({ token, cookies, caller }: RecordedRequest): string[] {
  if (token !== undefined) {
    const refused = token.verdict.find(({ outcome }) => outcome === 'refused')
    const verdict = refused
      ? `refused: ${refused.rule}`
      : `accepted after ${token.verdict.length} checks`
    return [`a token with jti ${shortened(token.claims.jti)}, ${verdict}`]
  }
  if (cookies.length > 0) return [`cookies ${cookies.join(', ')}`]
  return caller === 'nobody' ? ['no cookie'] : []
}

const setBy = ({ setCookies }: RecordedRequest) =>
  setCookies.length > 0 ? [`sets ${setCookies.join(', ')}`] : []
