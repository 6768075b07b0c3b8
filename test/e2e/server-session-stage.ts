import { type ClientManagedDeployment, clientManaged, createSigner, type User } from 'jotgate'
import { createKeyPair, readSigningKey } from 'jotgate/keys'
import { engineSocket, openSession, productFor, type QlikSession } from 'jotgate/qlik'
import {
  type ClientManagedSwitches,
  createEmulators,
  clientManaged as emulatedServer,
  moviesAppId,
} from 'jotgate-emulator'

const ada: User = { subject: 'ada', name: 'Ada Lovelace', groups: ['sales'] }

/** An emulated client-managed server of two nodes, with virtual proxies that trust a key of its own, or another. */
export async function createServerStage(
  switches: Partial<ClientManagedSwitches> = {},
  trusted?: string,
) {
  const pair = await createKeyPair({ bits: 2048 })
  const other = await createKeyPair({ bits: 2048 })
  const key = await readSigningKey({ pem: pair.privateKeyPem })
  const { publicKeyPem } = pair
  const certificate = trusted ?? pair.certificatePem
  const jwtAttributeMap = ['group', 'name'].map((name) => ({
    jwtAttribute: name,
    senseAttribute: name,
    isMandatory: name === 'group',
  }))
  const emulator = await createEmulators({
    products: [
      emulatedServer({
        nodes: 2,
        virtualProxies: [
          { prefix: 'jwt', certificate, jwtAttributeMap },
          { prefix: 'second', certificate },
          { prefix: 'audience', certificate, jwtAudience: 'acme' },
          { prefix: 'constant', certificate, jwtAttributeUserDirectory: '[ACME]' },
          { prefix: 'sub', certificate, jwtAttributeUserId: 'sub' },
          { prefix: 'key', certificate: publicKeyPem },
          { prefix: 'two', certificate: `${other.certificatePem}\n${certificate}` },
          { prefix: 'other', certificate: other.certificatePem },
          { prefix: 'short', certificate, sessionInactivityTimeout: 5 },
        ],
        switches,
      }),
    ],
  })
  const server = emulator.products['client-managed']
  const { proxy = '', proxy2 = '' } = server.urls
  const deploymentOf = (options: { prefix?: string; url?: string; audience?: string } = {}) =>
    clientManaged({
      url: proxy,
      prefix: 'jwt',
      userDirectory: 'ACME',
      claims: {
        userId: options.prefix === 'sub' ? 'sub' : 'userId',
        userDirectory: options.prefix === 'constant' ? '[ACME]' : 'userDirectory',
        groups: 'group',
        attributes: { name: 'name' },
      },
      ...options,
    })
  const clock = () => emulator.clock.now().getTime()
  const sign = async (deployment: ClientManagedDeployment, user = ada) =>
    (await createSigner({ deployment, key, clock }).sign(user)).token
  return {
    emulator,
    server,
    appId: moviesAppId,
    /** Where the second node is. */
    secondUrl: proxy2,
    key,
    privateKeyPem: pair.privateKeyPem,
    certificate,
    deploymentOf,
    sign,
    /** Signs, and opens a session. */
    async enter(deployment = deploymentOf(), user = ada): Promise<QlikSession> {
      return openSession({ deployment, token: await sign(deployment, user) })
    },
    close: () => emulator.close(),
  }
}

/** A notification of the proxy or the engine. */
export interface Notification {
  readonly method: string
  readonly params?: unknown
}

/** A web socket of an engine that is open, and what came over it. */
export interface OpenEngine {
  readonly notifications: readonly Notification[]
  readonly socket: WebSocket
  /** With the last notification, and the code by which the socket was closed. */
  readonly closed: Promise<{ notification?: Notification; closeCode: number }>
}

/** Opens one until the engine says that the session is there; otherwise says why not. */
export async function openEngine(session: QlikSession, appId: string): Promise<OpenEngine> {
  const { createSocket } = await engineSocket({ session, appId })
  const socket = createSocket()
  const notifications: Notification[] = []
  const opened = Promise.withResolvers<void>()
  const closed = Promise.withResolvers<{ notification?: Notification; closeCode: number }>()
  socket.addEventListener('message', ({ data }) => {
    const notification = JSON.parse(String(data)) as Notification
    notifications.push(notification)
    if (notification.method === 'OnConnected') opened.resolve()
  })
  socket.addEventListener('error', () => opened.reject(new Error('the socket was refused')))
  socket.addEventListener('close', ({ code }) => {
    const last = notifications.at(-1)
    closed.resolve({ closeCode: code, ...(last === undefined ? {} : { notification: last }) })
    opened.reject(new Error(`the socket was closed after ${last?.method}`))
  })
  await opened.promise
  return { notifications, socket, closed: closed.promise }
}

/** Whether the product takes what came over a socket for the end of the session. */
export function saysLost(session: QlikSession, engine: Awaited<OpenEngine['closed']>): boolean {
  return productFor(session.deployment).isSessionLost(engine)
}
