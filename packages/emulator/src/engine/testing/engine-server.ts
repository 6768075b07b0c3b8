import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { WebSocket, WebSocketServer } from 'ws'
import type { EngineUser } from '../data/section-access.ts'
import type { Engine, EngineRequest } from '../engine.ts'

/** A person for tests; what matters to one is told, the rest is made up. */
export function makeUser(user: Partial<EngineUser> = {}): EngineUser {
  return {
    userId: 'user-1',
    subject: 'ada',
    name: 'Ada',
    email: 'ada@acme.example',
    groups: [],
    ...user,
  }
}

/** An engine behind a real web socket server on a free port. */
export interface EngineServer {
  url(appId: string): string
  /** Closes every socket under the engine, as `emulator.cutSockets` does. */
  cut(code: number, reason: string): void
  close(): Promise<void>
}

/** Serves `/app/{id}`; who comes in, and with which identity, is what `requestFor` says. */
export async function serveEngine(
  engine: Engine,
  requestFor: (appId: string) => EngineRequest = (appId) => ({ appId, user: makeUser() }),
): Promise<EngineServer> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await new Promise((resolve) => server.once('listening', resolve))
  server.on('connection', (socket, request) => {
    const appId = decodeURIComponent((request.url ?? '').replace(/^\/app\//, ''))
    engine.accept(socket, requestFor(appId))
  })
  const { port } = server.address() as AddressInfo
  return {
    url: (appId) => `ws://127.0.0.1:${port}/app/${encodeURIComponent(appId)}`,
    cut: (code, reason) => {
      for (const client of server.clients) client.close(code, reason)
    },
    close: async () => {
      engine.close()
      for (const client of server.clients) client.terminate()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** The rows of Movies as the package has them: from which results are counted again. */
export function movieRows(): readonly Readonly<Record<string, string | number | null>>[] {
  const entry = createRequire(import.meta.url).resolve('vega-datasets')
  return JSON.parse(readFileSync(join(dirname(entry), '..', 'data', 'movies.json'), 'utf8'))
}

/** A frame from the server. */
interface ReceivedFrame {
  readonly id?: number | string | null
  readonly method?: string
  readonly params?: { readonly qSessionState?: string }
  readonly result?: Readonly<Record<string, unknown>>
  readonly error?: { readonly code: number; readonly message: string; readonly parameter: string }
  readonly change?: readonly number[]
  readonly close?: readonly number[]
}

/** A socket without a client library, for frames that no library would send. */
export interface RawSocket {
  readonly socket: WebSocket
  next(): Promise<ReceivedFrame>
  send(frame: unknown): Promise<ReceivedFrame>
  closed: Promise<{ code: number; reason: string }>
}

export async function openRawSocket(url: string): Promise<RawSocket> {
  const socket = new WebSocket(url)
  const frames: ReceivedFrame[] = []
  const waiting: ((frame: ReceivedFrame) => void)[] = []
  socket.on('message', (data) => {
    const frame = JSON.parse(String(data)) as ReceivedFrame
    const first = waiting.shift()
    if (first === undefined) frames.push(frame)
    else first(frame)
  })
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: String(reason) }))
  })
  await new Promise((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  const next = (): Promise<ReceivedFrame> => {
    const frame = frames.shift()
    return frame === undefined
      ? new Promise((resolve) => waiting.push(resolve))
      : Promise.resolve(frame)
  }
  return {
    socket,
    next,
    send: (frame) => {
      socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame))
      return next()
    },
    closed,
  }
}
