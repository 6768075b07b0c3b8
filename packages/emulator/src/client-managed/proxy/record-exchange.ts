import type { IncomingMessage } from 'node:http'
import type { RecordedRequest } from '../../control/recorder.ts'
import { parseCookies } from '../../http/cookies.ts'
import type { ClientManaged } from '../client-managed.ts'
import { askRules } from './ask-rules.ts'
import { type ProxySession, toQualifiedName } from './sessions.ts'

/** The app that an address is about: `/app/ID` of a web socket, `/sense/app/ID`, `/single/?appid=ID`. */
function appIdIn({ pathname, searchParams }: URL): string | undefined {
  const inPath = /\/app\/([^/]+)/.exec(pathname)?.[1]
  return inPath ?? searchParams.get('appid') ?? undefined
}

/** The attributes of the session, and which rule decides about the app that a request is about. */
function factsOf(
  site: ClientManaged,
  session: ProxySession,
  url: URL,
): readonly (readonly [string, string])[] {
  const attributes = [...session.attributes].map(
    ([name, values]) => `${name}: ${values.join(', ')}`,
  )
  const entity = site.repository.apps.find(appIdIn(url) ?? '')
  const resource = entity && { type: 'App', entity }
  const decision = resource && askRules(site, session, { resource })
  return [
    ...(attributes.length === 0 ? [] : [['Attributes', attributes.join('; ')] as const]),
    ...(decision === undefined
      ? []
      : [
          [
            'Security rule',
            decision.rule === undefined
              ? `none lets this user read ${entity?.name}`
              : `${decision.rule.name} lets this user read ${entity?.name}`,
          ] as const,
        ]),
  ]
}

/** What of a request may be written down: names of cookies and parameters, never their values. */
export function describeExchange(
  site: ClientManaged,
  request: IncomingMessage,
  url: URL,
  met: { virtualProxy?: string; session?: ProxySession | undefined } = {},
): Omit<RecordedRequest, 'number' | 'product' | 'status' | 'setCookies'> {
  const { origin, host = '', cookie } = request.headers
  const { virtualProxy, session } = met
  const facts = session === undefined ? [] : factsOf(site, session, url)
  return {
    at: site.clock.now().toISOString(),
    method: request.method ?? 'GET',
    path: url.pathname,
    query: [...new Set(url.searchParams.keys())],
    host,
    ...(origin === undefined ? {} : { origin }),
    ...(virtualProxy === undefined ? {} : { virtualProxy }),
    cookies: [...parseCookies(cookie).keys()],
    caller: session === undefined ? 'nobody' : 'session',
    ...(session === undefined ? {} : { userId: toQualifiedName(session.user) }),
    ...(facts.length === 0 ? {} : { facts }),
    ...(site.isExample ? { isExample: true } : {}),
  }
}
