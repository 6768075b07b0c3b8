import { onTestFinished, vi } from 'vitest'
import {
  byRoute,
  type Script,
  type ScriptedServer,
  startScriptedServer,
} from '../qlik/scripted-server.fixture.ts'
import { connect } from './connect.ts'
import type { CloudOptions } from './options.ts'

/** Sessions that a Qlik has open, by the value of their cookie. */
type Sessions = Map<string, { subject: string; csrfToken: string }>

const sessionName = (cookie: string | undefined) => /eas\.sid=(\w+)/.exec(cookie ?? '')?.[1] ?? ''

/** What a Qlik answers to a page. */
function routesOf(sessions: Sessions): Record<string, Script> {
  const sessionOf = (cookie: string | undefined) => sessions.get(sessionName(cookie))
  return {
    'POST /login/jwt-session': ({ headers }) => {
      const payload = headers.authorization?.split('.')[1] ?? ''
      const { sub, jti } = JSON.parse(Buffer.from(payload, 'base64url').toString())
      sessions.set(`s${jti}`, { subject: sub, csrfToken: `c+${jti}` })
      return { headers: { 'set-cookie': [`eas.sid=s${jti}`] }, body: {} }
    },
    'GET /api/v1/csrf-token': ({ headers }) => {
      const session = sessionOf(headers.cookie)
      return session === undefined
        ? { status: 401 }
        : { status: 204, headers: { 'qlik-csrf-token': session.csrfToken } }
    },
    'GET /api/v1/users/me': ({ headers }) =>
      sessionOf(headers.cookie) === undefined
        ? { status: 401 }
        : { status: 301, headers: { location: '/api/v1/users/u1' } },
    'GET /api/v1/users/u1': ({ headers }) => {
      const subject = sessionOf(headers.cookie)?.subject
      return {
        body: { id: 'u1', subject, name: 'Ada', assignedGroups: [{ id: 'g', name: 'sales' }] },
      }
    },
    'POST /api/v1/notes': ({ headers, body }) => {
      const session = sessionOf(headers.cookie)
      if (session === undefined) return { status: 401 }
      if (headers['qlik-csrf-token'] === session.csrfToken)
        return { status: 201, body: `got ${body}` }
      return { status: 403, body: { errors: [{ code: 'CSRF-TOKEN-2', title: 'refused' }] } }
    },
    'GET /logout': ({ headers }) => {
      sessions.delete(sessionName(headers.cookie))
      return { status: 302, headers: { location: '/' } }
    },
  }
}

export const pathsOf = (server: ScriptedServer) =>
  server.requests.map(({ method, path }) => `${method} ${path}`)

/** A page in a browser, the application that it comes from, and a Qlik; both end with the test. */
export async function openPage(
  changes: {
    qlik?: Record<string, Script>
    host?: Script
    hostRoutes?: Record<string, Script>
  } = {},
) {
  const sessions: Sessions = new Map()
  const jar = new Map<string, string>()
  let signed = 0
  const tokenFor = (subject: string) => {
    signed += 1
    const payload = Buffer.from(JSON.stringify({ sub: subject, jti: signed })).toString('base64url')
    return `eyJhbGciOiJSUzI1NiJ9.${payload}.c2lnbmF0dXJl`
  }
  const endpoint: Script = () => ({ body: { token: tokenFor(page.person) } })
  const qlik = await startScriptedServer(byRoute({ ...routesOf(sessions), ...changes.qlik }))
  const host = await startScriptedServer(
    byRoute({ 'POST /token': changes.host ?? endpoint, ...changes.hostRoutes }),
  )
  onTestFinished(async () => {
    await Promise.all([qlik.close(), host.close()])
  })

  /** What a browser does around fetch: addresses relative to the page, and Qlik's cookies or none. */
  const browserFetch: typeof globalThis.fetch = async (input, init) => {
    const url = new URL(String(input), host.url)
    const toQlik = url.origin === qlik.url
    const headers = new Headers(init?.headers)
    headers.set('origin', host.url)
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    if (toQlik && page.cookies === 'sent' && init?.credentials === 'include' && cookie)
      headers.set('cookie', cookie)
    // Node would take an own Cookie header away in this mode, as a browser takes one from a page.
    const mode = init?.mode === 'no-cors' ? 'cors' : (init?.mode ?? 'cors')
    const response = await globalThis.fetch(url, { ...init, headers, mode })
    for (const line of toQlik ? response.headers.getSetCookie() : []) {
      const [name = '', value = ''] = line.split(/[=;]/)
      jar.set(name, value)
    }
    return response
  }

  const page = {
    qlik,
    host,
    sessions,
    jar,
    /** Who is logged in to the application. */
    person: '42',
    /** Whether the browser sends Qlik's cookies. */
    cookies: 'sent' as 'sent' | 'blocked',
    tokenFor,
    browserFetch,
    /** An hour passes, after which Qlik has ended its sessions. */
    expire() {
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 })
      onTestFinished(() => void vi.useRealTimers())
      sessions.clear()
    },
    connect: (change: Partial<CloudOptions> = {}) =>
      connect({
        mode: 'direct',
        url: qlik.url,
        webIntegrationId: 'web-1',
        token: { url: '/token' },
        fetch: browserFetch,
        ...change,
      }),
  }
  return page
}
