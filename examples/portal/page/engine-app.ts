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

/** A message between page and engine, as enigma.js reports it. */
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
 * @param options.onLost is called when the engine's socket closes later on
 * @param options.onFrame is called with each message
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
  // enigma.js does not reject a call that was made before its socket closed.
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
 * Says why an app did not open. A browser hides why a web socket was refused, so REST is asked.
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
        'Try again in a moment. If it fails again, check that no proxy or firewall stops web sockets.',
      code: 'ENGINE_UNREACHABLE',
      wayOut: 'try-again',
    })
  return toAppRefusal(response?.status, appId) ?? error
}

/** For views where another client opens the app: says so when this person may not open it. */
export async function explainAppRefusal(
  qlik: QlikConnection,
  appId: string,
  error: unknown,
): Promise<unknown> {
  const response = await qlik.fetch(`/api/v1/apps/${appId}`).catch(() => undefined)
  return toAppRefusal(response?.status, appId) ?? error
}

/** What the status of REST says about an app that does not open; undefined where it says nothing. */
function toAppRefusal(status: number | undefined, appId: string): Error | undefined {
  if (status === 403)
    return failureError({
      title: 'You are logged in, but you may not open this app',
      reason:
        'The login worked. The app is not shared with any of your groups, so Qlik refuses to open it.',
      remedy: 'If you need these films, ask the owner of the app to share it with your group.',
      wayOut: 'try-again',
    })
  if (status === 404)
    return failureError({
      title: 'There is no such app',
      reason: `Qlik has no app ${appId}.`,
      remedy: 'Check the app ID with which the portal was started.',
      code: 'APP_NOT_FOUND',
      wayOut: 'try-again',
    })
  return undefined
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : 'it closed'
  return /[.!?]$/.test(message) ? message : `${message}.`
}
