import enigma from 'enigma.js'
import schema from 'enigma.js/schemas/12.2027.0.json' with { type: 'json' }
import type { QlikConnection } from 'jotgate/browser'
import type { EngineApp } from './engine-app.ts'
import { failureError } from './failure.ts'

/** Opens the app at the engine of client-managed Qlik. */
export async function openServerApp(
  qlik: QlikConnection,
  { appId, onLost }: { appId: string; onLost: () => void },
): Promise<EngineApp> {
  const session = enigma.create({
    schema,
    url: qlik.webSocketUrl(appId),
    createSocket: qlik.createSocket,
  })
  const open = async () => {
    const global = (await session.open()) as unknown as {
      openDoc(appId: string): Promise<EngineApp>
    }
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
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    throw code === accessDenied ? appRefusal : error
  }
}

/** LocalizedErrorCode of the engine: access denied. */
const accessDenied = 5

const appRefusal = failureError({
  title: 'Qlik knows you, and this app is not for you',
  reason:
    'The login worked. But no security rule lets you read the app, or its Section Access has no rows for your groups.',
  remedy: 'If you should see these films, ask the owner of the app to share it with your group.',
  wayOut: 'try-again',
})
