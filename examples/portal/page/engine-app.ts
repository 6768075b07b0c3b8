import enigma from 'enigma.js'
import schema from 'enigma.js/schemas/12.2027.0.json' with { type: 'json' }
import type { QlikConnection } from 'jotgate/browser'
import { failureError } from './failure.ts'

/** An open app, as nebula.js takes it. */
export type EngineApp = object

/** What is called of the engine's first object; enigma.js makes the methods from its schema. */
interface EngineGlobal {
  openDoc(appId: string): Promise<EngineApp>
}

/**
 * Opens the app at the engine.
 *
 * @param qlik the connection that jotgate made
 * @param appId which app
 * @param onLost hears when the engine's socket closes later on
 */
export async function openApp(
  qlik: QlikConnection,
  appId: string,
  onLost: () => void,
): Promise<EngineApp> {
  const session = enigma.create({
    schema,
    url: qlik.webSocketUrl(appId),
    createSocket: qlik.createSocket,
  })
  const open = async () => {
    const global = (await session.open()) as unknown as EngineGlobal
    return global.openDoc(appId)
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
  if (response?.status === 403)
    return failureError({
      title: 'Qlik knows you, and this app is not for you',
      reason:
        'The login worked. But the app is not shared with any of your groups, so Qlik does not open it: this gate is shut on purpose.',
      remedy:
        'If you should see these films, ask the owner of the app to share it with your group.',
      wayOut: 'try-again',
    })
  if (response?.status === 404)
    return failureError({
      title: 'There is no such app',
      reason: `Qlik has no app ${appId}.`,
      remedy: 'See which app ID the portal was started with.',
      code: 'APP_NOT_FOUND',
      wayOut: 'try-again',
    })
  if (response?.ok)
    return failureError({
      title: 'The engine did not open the app',
      reason: `You may open the app, but its web socket failed: ${messageOf(error)}`,
      remedy:
        'Try again in a moment. If it stays, see that nothing on the way (a proxy, a firewall) stops web sockets.',
      code: 'ENGINE_UNREACHABLE',
      wayOut: 'try-again',
    })
  return error
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : 'it closed'
  return /[.!?]$/.test(message) ? message : `${message}.`
}
