import enigma from 'enigma.js'
import schema from 'enigma.js/schemas/12.2027.0.json' with { type: 'json' }
import type { EngineDoc } from '../charts/engine-objects.ts'
import type { PagePlace } from '../page-data.ts'

/** The session's CSRF token for the web socket's address; empty at a release that has none. */
async function fetchCsrfToken(path: string): Promise<string> {
  const answer = await fetch(path)
  if (answer.status === 404) return ''
  if (!answer.ok) throw new Error(`The CSRF token was refused with ${answer.status}`)
  return answer.headers.get('qlik-csrf-token') ?? ''
}

/** What the code of a socket that closed means (qlik-cloud.md §3.4). */
function reasonOf(event: { code?: number; reason?: string }): string {
  return event.reason || `The web socket closed with ${event.code ?? 'no code'}`
}

/**
 * Opens an app at the engine by the browser's own session, as a page of the server does.
 *
 * @param options.place where the page stands
 * @param options.identity another engine session of the same user
 * @param options.csrfToken asked for when omitted
 * @param options.onLost hears when the socket closes later on
 */
export async function openApp(options: {
  appId: string
  place: PagePlace
  identity?: string
  csrfToken?: string
  onLost: (reason: string) => void
}): Promise<EngineDoc> {
  const { appId, place, identity, onLost } = options
  const csrfToken = options.csrfToken ?? (await fetchCsrfToken(place.csrfTokenPath))
  const path = [
    'app',
    encodeURIComponent(appId),
    ...(identity === undefined ? [] : ['identity', encodeURIComponent(identity)]),
  ].join('/')
  const url = new URL(`${place.base}/${path}`, location.href)
  url.protocol = url.protocol.replace('http', 'ws')
  if (csrfToken !== '') url.searchParams.set('qlik-csrf-token', csrfToken)
  const session = enigma.create({ schema, url: url.href })
  const closed = new Promise<never>((_resolve, reject) => {
    session.on('closed', (event: { code?: number; reason?: string }) =>
      reject(new Error(reasonOf(event))),
    )
    // Client-managed Qlik says why before it closes.
    session.on(
      'notification:*',
      (_name: string, params: { severity?: string; message?: string }) => {
        if (params?.severity === 'fatal') reject(new Error(params.message ?? 'The server refused'))
      },
    )
  })
  const open = async () => {
    const global = (await session.open()) as unknown as {
      openDoc(appId: string): Promise<EngineDoc>
    }
    return global.openDoc(appId)
  }
  const doc = await Promise.race([open(), closed])
  closed.catch((error: Error) => onLost(error.message))
  return doc
}
