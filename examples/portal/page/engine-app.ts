import enigma from 'enigma.js'
import schema from 'enigma.js/schemas/12.2027.0.json' with { type: 'json' }
import type { QlikConnection } from 'jotgate/browser'
import type { ChartLayout } from './chart-layout.ts'
import { failureError } from './failure.ts'

/** An open app. enigma.js makes its methods from the schema; these are what the portal calls. */
export interface EngineApp {
  createSessionObject(properties: object): Promise<EngineObject>
  destroySessionObject(objectId: string): Promise<unknown>
}

/** An object of an app. */
export interface EngineObject {
  id: string
  getLayout(): Promise<ChartLayout>
  on(event: 'changed', listener: () => void): void
}

/** What is called of the engine's first object. */
interface EngineGlobal {
  openDoc(appId: string): Promise<EngineApp>
}

/** A message between page and engine, as enigma.js hands it on. */
export interface EngineFrame {
  direction: 'sent' | 'received'
  message: object
}

/**
 * Opens the app at the engine.
 *
 * @param qlik the connection that jotgate made
 * @param options.appId which app
 * @param options.identity the name of the engine session; selections are shared within one
 * @param options.onLost hears when the engine's socket closes later on
 * @param options.onFrame hears each message
 */
export async function openApp(
  qlik: QlikConnection,
  options: {
    appId: string
    identity?: string
    onLost: () => void
    onFrame?: (frame: EngineFrame) => void
  },
): Promise<EngineApp> {
  const { appId, identity, onLost, onFrame } = options
  const engineSession = identity === undefined ? {} : { identity }
  const session = enigma.create({
    schema,
    url: qlik.webSocketUrl(appId, engineSession),
    createSocket: qlik.createSocket,
  })
  const open = async () => {
    const global = (await session.open()) as unknown as EngineGlobal
    return global.openDoc(appId)
  }
  if (onFrame) {
    session.on('traffic:sent', (message: object) => onFrame({ direction: 'sent', message }))
    session.on('traffic:received', (message: object) => onFrame({ direction: 'received', message }))
  }
  // A socket that closes before enigma.js asked its first question leaves that question unanswered.
  const closed = new Promise<never>((_resolve, reject) => {
    session.on('closed', () => reject(new Error('The socket closed')))
  })
  try {
    const app = await Promise.race([open(), closed])
    closed.catch(onLost)
    return app
  } catch (error) {
    void session.close()
    throw await explainRefusal(qlik, appId, error)
  }
}

/**
 * Says why an app did not open. A browser hides how a web socket was refused, so REST is asked: its
 * answer is plain.
 */
async function explainRefusal(
  qlik: QlikConnection,
  appId: string,
  error: unknown,
): Promise<unknown> {
  const response = await qlik.fetch(`/api/v1/apps/${appId}`).catch(() => undefined)
  if (response?.ok)
    return failureError({
      title: 'The engine did not open the app',
      reason: `You may open the app, but its web socket failed: ${messageOf(error)}`,
      remedy:
        'Try again in a moment. If it stays, see that nothing on the way (a proxy, a firewall) stops web sockets.',
      code: 'ENGINE_UNREACHABLE',
      wayOut: 'try-again',
    })
  return toAppRefusal(response?.status, appId) ?? error
}

/** For views whose app is opened by another client: says so when this person may not open the app. */
export async function explainAppRefusal(
  qlik: QlikConnection,
  appId: string,
  error: unknown,
): Promise<unknown> {
  const response = await qlik.fetch(`/api/v1/apps/${appId}`).catch(() => undefined)
  return toAppRefusal(response?.status, appId) ?? error
}

/** What REST says of an app that does not open, in words; undefined where it does not say. */
function toAppRefusal(status: number | undefined, appId: string): Error | undefined {
  if (status === 403)
    return failureError({
      title: 'Qlik knows you, and this app is not for you',
      reason:
        'The login worked. But the app is not shared with any of your groups, so Qlik does not open it: this gate is shut on purpose.',
      remedy:
        'If you should see these films, ask the owner of the app to share it with your group.',
      wayOut: 'try-again',
    })
  if (status === 404)
    return failureError({
      title: 'There is no such app',
      reason: `Qlik has no app ${appId}.`,
      remedy: 'See which app ID the portal was started with.',
      code: 'APP_NOT_FOUND',
      wayOut: 'try-again',
    })
  return undefined
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : 'it closed'
  return /[.!?]$/.test(message) ? message : `${message}.`
}
