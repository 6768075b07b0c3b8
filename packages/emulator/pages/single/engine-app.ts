import enigma from 'enigma.js'
import schema from 'enigma.js/schemas/12.2027.0.json' with { type: 'json' }
import type { EngineDoc } from '../charts/engine-objects.ts'

/** The session's CSRF token, for the web socket's address. */
async function fetchCsrfToken(): Promise<string> {
  const answer = await fetch('/api/v1/csrf-token')
  if (!answer.ok) throw new Error(`The CSRF token was refused with ${answer.status}`)
  return answer.headers.get('qlik-csrf-token') ?? ''
}

/** What the code of a socket that closed means (qlik-cloud.md §3.4). */
function reasonOf(event: { code?: number; reason?: string }): string {
  return event.reason || `The web socket closed with ${event.code ?? 'no code'}`
}

/**
 * Opens an app at the engine by the browser's own session, as a page of the tenant does.
 *
 * @param options.identity another engine session of the same user
 * @param options.csrfToken asked for when left out
 * @param options.onLost hears when the socket closes later on
 */
export async function openApp(options: {
  appId: string
  identity?: string
  csrfToken?: string
  onLost: (reason: string) => void
}): Promise<EngineDoc> {
  const { appId, identity, csrfToken = await fetchCsrfToken(), onLost } = options
  const path = [
    'app',
    encodeURIComponent(appId),
    ...(identity === undefined ? [] : ['identity', encodeURIComponent(identity)]),
  ].join('/')
  const url = new URL(`/${path}`, location.href)
  url.protocol = url.protocol.replace('http', 'ws')
  url.searchParams.set('qlik-csrf-token', csrfToken)
  const session = enigma.create({ schema, url: url.href })
  const closed = new Promise<never>((_resolve, reject) => {
    session.on('closed', (event: { code?: number; reason?: string }) =>
      reject(new Error(reasonOf(event))),
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
