import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import enigma from 'enigma.js'
import { WebSocket } from 'ws'
import type { JsonObject } from '../json.ts'
import type { EngineServer } from './engine-server.ts'

const require = createRequire(import.meta.url)
const schema = JSON.parse(readFileSync(require.resolve('enigma.js/schemas/12.2027.0.json'), 'utf8'))

/** An object that enigma.js made of an answer: its methods come from the schema, so by name. */
export interface Remote {
  call<Result = JsonObject>(method: string, ...parameters: unknown[]): Promise<Result>
  /** The same, for a method that answers a reference to another object. */
  open(method: string, ...parameters: unknown[]): Promise<Remote>
  readonly handle: number
  on(event: string, listener: () => void): void
}

/** A client as a user of enigma.js writes it. */
export interface EnigmaClient {
  readonly session: EnigmaJS.Session
  readonly global: Remote
  readonly doc: Remote
}

interface Generated {
  readonly handle: number
  on(event: string, listener: () => void): void
}

function toRemote(generated: Generated): Remote {
  const call = async <Result>(method: string, ...parameters: unknown[]): Promise<Result> => {
    const found: unknown = Reflect.get(generated, method)
    if (typeof found !== 'function') throw new Error(`enigma.js made no method ${method}`)
    return found.call(generated, ...parameters)
  }
  return {
    call,
    open: async (method, ...parameters) => toRemote(await call<Generated>(method, ...parameters)),
    handle: generated.handle,
    on: (event, listener) => generated.on(event, listener),
  }
}

/** Makes a session that is not open yet. */
export function createSession(
  url: string,
  options: { suspendOnClose?: boolean } = {},
): EnigmaJS.Session {
  return enigma.create({
    ...options,
    schema,
    url,
    createSocket: (address) => new WebSocket(address) as unknown as globalThis.WebSocket,
  })
}

/** Opens a session and its global object. */
export async function openGlobal(session: EnigmaJS.Session): Promise<Remote> {
  return toRemote((await session.open()) as unknown as Generated)
}

/** Opens a session and an app. */
export async function openApp(
  server: EngineServer,
  appId: string,
  options: { suspendOnClose?: boolean } = {},
): Promise<EnigmaClient> {
  const session = createSession(server.url(appId), options)
  try {
    const global = await openGlobal(session)
    return { session, global, doc: await global.open('openDoc', appId) }
  } catch (error) {
    await session.close()
    throw error
  }
}
