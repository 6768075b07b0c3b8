import { WebSocket } from 'ws'

/** What became of a web socket: its frames, and its close code or the status of its refusal. */
export interface SocketStory {
  readonly frames: readonly Record<string, unknown>[]
  readonly closeCode?: number
  readonly status?: number
}

/** Opens a web socket and waits for its first frame that says that it is open, or for its end. */
export function openSocket(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<SocketStory> {
  const { promise, resolve } = Promise.withResolvers<SocketStory>()
  const frames: Record<string, unknown>[] = []
  const socket = new WebSocket(url.replace(/^http/, 'ws'), { headers })
  socket.on('message', (data) => {
    const frame = JSON.parse(String(data)) as Record<string, unknown>
    frames.push(frame)
    if ('opened' in frame) resolve({ frames })
  })
  socket.on('close', (closeCode) => resolve({ frames, closeCode }))
  socket.on('unexpected-response', (_request, response) => {
    response.resume()
    resolve({ frames, status: response.statusCode ?? 0 })
  })
  socket.on('error', () => undefined)
  return promise.finally(() => socket.terminate())
}
