import { readdir, readFile } from 'node:fs/promises'
import { type IncomingHttpHeaders, request } from 'node:http'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { ownFolder } from '../../files/folder.fixture.ts'
import type { AuditEvent, AuditLog } from '../audit/audit-log.ts'
import { createAuditLog } from '../audit/create-audit-log.ts'
import { createGatewaySessions } from '../session/gateway-sessions.ts'
import { here } from '../session/place.fixture.ts'
import { personNamed } from '../session/session.fixture.ts'
import { memoryStore } from '../store/memory-store.ts'
import { createAdmin } from './create-admin.ts'
import { type ListenAdminAt, listenAdmin } from './listen-admin.ts'

export const bearer = 'b'.repeat(43)

export interface AdminAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly json: Record<string, unknown>
}

export interface Asked {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** Asks an administration: at a socket, or at an address. */
export function askAdmin(
  at: string,
  target: string,
  { method = 'GET', headers = {}, body }: Asked = {},
): Promise<AdminAnswer> {
  const place = at.startsWith('http')
    ? { host: new URL(at).hostname.replaceAll(/[[\]]/g, ''), port: new URL(at).port }
    : { socketPath: at, host: 'localhost' }
  return new Promise((resolve, reject) => {
    const asked = request({ ...place, method, path: target, headers }, async (answer) => {
      let text = ''
      for await (const chunk of answer.setEncoding('utf8')) text += chunk
      const { statusCode = 0, headers } = answer
      const isJson = headers['content-type']?.includes('json') === true && text !== ''
      resolve({ status: statusCode, headers, body: text, json: isJson ? JSON.parse(text) : {} })
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

/** A site of the gateway at which nobody is. */
export const otherSite = 'https://other.acme.example'

/** An administration with sessions and an audit log of its own. */
export async function openAdminStage({
  at,
  audit: changeAudit = (log) => log,
}: {
  at?: (folder: string) => ListenAdminAt
  audit?: (log: AuditLog) => AuditLog
} = {}) {
  const folder = await ownFolder()
  const store = memoryStore()
  const auditFolder = join(folder, 'audit')
  const audit = await createAuditLog({
    folder: auditFolder,
    key: new Uint8Array(32).fill(1),
    store,
    writeHead: () => undefined,
  })
  const sessions = await createGatewaySessions({ store, clock: Date.now, maxSessions: 20_000 })
  const sockets = new Map<string, number>()
  const stage = { isReady: true }
  const admin = createAdmin({
    sessions,
    audit: changeAudit(audit),
    health: () => ({ ready: stage.isReady, sessions: sessions.size }),
    metrics: () => '# TYPE up gauge\nup 1\n',
    placeOf: ({ user }) => ({
      deployment: user.subject.startsWith('emea') ? 'emea' : 'main',
      site: 'https://qlik.acme.example',
    }),
    places: { deployment: ['main', 'emea'], site: ['https://qlik.acme.example', otherSite] },
    socketsOf: ({ id }) => sockets.get(id) ?? 0,
    qlikStateOf: () => 'open',
  })
  const listening = await listenAdmin(at?.(folder) ?? { socket: join(folder, 'admin.sock') }, admin)
  onTestFinished(async () => {
    await listening.close()
    await sessions.close()
    await audit.close()
    await store.close()
  })
  return {
    folder,
    sessions,
    sockets,
    listening,
    admin,
    stage,
    ask: (target: string, asked?: Asked) => askAdmin(listening.at, target, asked),
    async enter(subject: string) {
      const opening = { identity: personNamed(subject), user: { subject: `q-${subject}` } }
      return sessions.open({ ...opening, holder: 'browser', place: here })
    },
    /** The administration's lines in the audit log. */
    async acts(): Promise<AuditEvent[]> {
      const names = await readdir(auditFolder)
      const texts = await Promise.all(
        names.map((name) => readFile(join(auditFolder, name), 'utf8')),
      )
      return texts
        .flatMap((text) => text.split('\n'))
        .filter((line) => line.includes('"administration"'))
        .map((line) => JSON.parse(line))
    },
  }
}
