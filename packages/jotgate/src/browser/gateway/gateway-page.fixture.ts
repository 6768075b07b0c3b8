import { onTestFinished, vi } from 'vitest'
import { byRoute, type Script, startScriptedServer } from '../../qlik/scripted-server.fixture.ts'
import { connect } from '../connect.ts'
import type { QlikConnection } from '../connection.ts'
import type { GatewayOptions } from '../options.ts'

interface Session {
  readonly subject: string
  endsAt: number
  state: 'none' | 'waiting' | 'open'
}

const minute = 60_000

/** A page in a browser, and a gateway that answers as the real one does; e2e tests have the real one. */
export async function openGatewayPage(changes: Record<string, Script> = {}) {
  const sessions = new Map<string, Session>()
  /** Why sessions have ended, by the cookie. */
  const reasons = new Map<string, string>()
  const jar = new Map<string, string>()
  const used = new Set<string>()
  const cookieOf = (cookie: string | undefined) =>
    /__Host-jotgate=(\w+)/.exec(cookie ?? '')?.[1] ?? ''
  let opened = 0
  let signed = 0

  const describe = ({ subject, endsAt, state }: Session) => ({
    user: { subject: `as ${subject}`, name: 'Ada' },
    product: 'cloud',
    now: Date.now() + page.aheadMs,
    idleEndsAt: Date.now() + page.aheadMs + 30 * minute,
    endsAt: endsAt + page.aheadMs,
    state,
  })
  const problem = (status: number, code: string, more: object = {}) => ({
    status,
    body: { code, ...more },
  })

  const routes: Record<string, Script> = {
    'POST /.jotgate/login': ({ headers }) => {
      const token = headers.authorization?.replace('Bearer ', '')
      if (token !== undefined && used.has(token)) return problem(401, 'ERR_GATEWAY_TOKEN_USED')
      if (token !== undefined) used.add(token)
      const payload = token?.split('.')[1]
      const subject =
        payload === undefined
          ? page.person
          : JSON.parse(Buffer.from(payload, 'base64url').toString()).sub
      if (subject === undefined) return problem(401, 'ERR_GATEWAY_NOT_IDENTIFIED')
      const before = sessions.get(cookieOf(headers.cookie))
      opened += 1
      const name = `s${opened}`
      const isSame = before?.subject === subject
      const session: Session = isSame && before ? before : { subject, endsAt: 0, state: 'none' }
      session.endsAt = Date.now() + 15 * minute
      sessions.delete(cookieOf(headers.cookie))
      sessions.set(name, session)
      return {
        headers: { 'set-cookie': [`__Host-jotgate=${name}`] },
        body: describe(session),
      }
    },
    'GET /.jotgate/session': ({ headers }) => {
      const name = cookieOf(headers.cookie)
      const session = sessions.get(name)
      if (session && Date.now() < session.endsAt) return { body: describe(session) }
      const reason = session ? 'expired' : reasons.get(name)
      return problem(401, 'ERR_GATEWAY_NOT_IDENTIFIED', reason === undefined ? {} : { reason })
    },
    'POST /.jotgate/logout': ({ headers }) => {
      sessions.delete(cookieOf(headers.cookie))
      return { status: 204, headers: { 'set-cookie': ['__Host-jotgate='] } }
    },
    'GET /api/v1/users/me': ({ headers }) => {
      const session = sessions.get(cookieOf(headers.cookie))
      if (!session || Date.now() >= session.endsAt) return { status: 401 }
      if (page.turns > 0) {
        page.turns -= 1
        session.state = 'waiting'
        return { ...problem(503, 'ERR_GATEWAY_WAITING'), headers: { 'retry-after': '1' } }
      }
      session.state = 'open'
      return { body: { id: 'u1', subject: session.subject, name: 'Ada' } }
    },
  }
  routes['GET /api/v1/refused'] = () => ({ status: 401 })
  const gateway = await startScriptedServer(byRoute({ ...routes, ...changes }))
  onTestFinished(() => gateway.close())

  const browserFetch: typeof globalThis.fetch = async (input, init) => {
    const headers = new Headers(init?.headers)
    headers.set('origin', 'https://www.acme.example')
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    if (init?.credentials === 'include' && cookie) headers.set('cookie', cookie)
    const response = await globalThis.fetch(String(input), { ...init, headers })
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = line.split(/[=;]/)
      jar.set(name, value)
    }
    return response
  }

  const page = {
    gateway,
    sessions,
    jar,
    /** Who is logged in to the application; undefined when nobody is. */
    person: '42' as string | undefined,
    /** How often Qlik's logins are not this person's turn. */
    turns: 0,
    /** How far the gateway's clock is ahead of the page's. */
    aheadMs: 0,
    assertions: 0,
    async assertion() {
      page.assertions += 1
      if (page.person === undefined) return null
      signed += 1
      const payload = Buffer.from(JSON.stringify({ sub: page.person, jti: signed }))
      return `eyJhbGciOiJSUzI1NiJ9.${payload.toString('base64url')}.c2ln${signed}`
    },
    /** Ends the session of this browser, as the gateway remembers it. */
    end(reason?: string) {
      for (const name of sessions.keys()) if (reason !== undefined) reasons.set(name, reason)
      sessions.clear()
    },
    pass(ms: number) {
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms })
      onTestFinished(() => void vi.useRealTimers())
    },
    /** Makes a connection look whose session it is: at a 401 of something else. */
    look: (connection: QlikConnection) => connection.fetch('/api/v1/refused'),
    connect: (change: Partial<GatewayOptions> = {}) =>
      connect({
        mode: 'gateway',
        url: gateway.url,
        assertion: page.assertion,
        fetch: browserFetch,
        ...change,
      }),
  }
  return page
}
