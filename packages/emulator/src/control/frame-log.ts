/** An engine socket as the console shows it. */
export interface LoggedSocket {
  /** Counts up from 1. */
  readonly number: number
  readonly appId: string
  readonly identity?: string
  readonly userId: string
  readonly openedAt: string
  readonly closedAt?: string
  readonly closeCode?: number
  readonly closeReason?: string
}

/** One frame of an engine socket. */
export interface LoggedFrame {
  /** Counts up from 1. */
  readonly number: number
  readonly socket: number
  readonly at: string
  /** `in` from the client, `out` to it. */
  readonly direction: 'in' | 'out'
  readonly bytes: number
  readonly id?: number | string
  readonly handle?: number
  /** Of a request, of a notification, and of the request that an answer belongs to. */
  readonly method?: string
  readonly error?: {
    readonly code?: number
    readonly message?: string
    readonly parameter?: string
  }
  /** The handles that changed. */
  readonly change?: readonly number[]
  /** The beginning of the frame, as it stood on the wire. */
  readonly text: string
  readonly isCut: boolean
}

type Listener = (event: { socket: LoggedSocket } | { frame: LoggedFrame }) => void

/** Keeps the last frames of the engine's sockets. */
export interface FrameLog {
  sockets(): LoggedSocket[]
  frames(): LoggedFrame[]
  /** Writes down a new socket; what it gives takes the socket's frames and its end. */
  open(socket: { appId: string; identity?: string; userId: string }): {
    frame(direction: 'in' | 'out', text: string): void
    closed(code: number, reason: string): void
  }
  /** Calls a listener for each frame and each change of a socket; gives what ends that. */
  subscribe(listener: Listener): () => void
  clear(): void
}

/** A frame of more is not read as JSON: reading it twice would cost the engine's speed. */
const readLimit = 256 * 1024
/** How much of a frame is kept. */
const keepLimit = 8 * 1024

type Head = Pick<LoggedFrame, 'id' | 'handle' | 'method' | 'error' | 'change'>

function readHead(text: string): Head {
  if (text.length > readLimit) {
    const id = /^\{"jsonrpc":"2\.0","id":(\d{1,15})[,}]/.exec(text.slice(0, 60))?.[1]
    return id === undefined ? {} : { id: Number(id) }
  }
  let frame: unknown
  try {
    frame = JSON.parse(text)
  } catch {
    return {}
  }
  if (typeof frame !== 'object' || frame === null) return {}
  const { id, handle, method, error, change } = frame as Readonly<Record<string, unknown>>
  return {
    ...(typeof id === 'number' || typeof id === 'string' ? { id } : {}),
    ...(typeof handle === 'number' ? { handle } : {}),
    ...(typeof method === 'string' ? { method } : {}),
    ...(typeof error === 'object' && error !== null ? { error } : {}),
    ...(Array.isArray(change) ? { change: change as number[] } : {}),
  }
}

/**
 * Makes a log of frames.
 *
 * @param options.now the emulator's clock
 * @param options.frameLimit how many frames are kept; default 2000
 * @param options.socketLimit how many sockets are kept; default 200
 */
export function createFrameLog(options: {
  now: () => Date
  frameLimit?: number
  socketLimit?: number
}): FrameLog {
  const { now, frameLimit = 2000, socketLimit = 200 } = options
  let sockets: LoggedSocket[] = []
  let frames: LoggedFrame[] = []
  let socketCount = 0
  let frameCount = 0
  const listeners = new Set<Listener>()
  const tell: Listener = (event) => {
    for (const listener of [...listeners]) listener(event)
  }
  return {
    sockets: () => sockets.slice(-socketLimit),
    frames: () => frames.slice(-frameLimit),
    open(opened) {
      socketCount += 1
      let socket: LoggedSocket = { number: socketCount, ...opened, openedAt: now().toISOString() }
      // Trimmed in blocks: a new array for each frame would cost the whole list each time.
      if (sockets.length >= socketLimit * 2) sockets = sockets.slice(-socketLimit)
      sockets.push(socket)
      tell({ socket })
      /** Requests that wait for their answer; bounded, as a client may never get one. */
      const asked = new Map<number | string, string>()
      return {
        frame(direction, text) {
          frameCount += 1
          const head = readHead(text)
          const { id, method } = head
          if (direction === 'in' && id !== undefined && method !== undefined && asked.size < 1000)
            asked.set(id, method)
          const answers = direction === 'out' && id !== undefined ? asked.get(id) : undefined
          if (direction === 'out' && id !== undefined) asked.delete(id)
          const frame: LoggedFrame = {
            number: frameCount,
            socket: socket.number,
            at: now().toISOString(),
            direction,
            bytes: Buffer.byteLength(text),
            ...head,
            ...(answers === undefined ? {} : { method: answers }),
            text: text.slice(0, keepLimit),
            isCut: text.length > keepLimit,
          }
          if (frames.length >= frameLimit * 2) frames = frames.slice(-frameLimit)
          frames.push(frame)
          tell({ frame })
        },
        closed(closeCode, closeReason) {
          const before = socket
          socket = { ...before, closedAt: now().toISOString(), closeCode, closeReason }
          sockets = sockets.map((one) => (one === before ? socket : one))
          tell({ socket })
        },
      }
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    clear() {
      frames = []
      sockets = sockets.filter((one) => one.closedAt === undefined)
    },
  }
}
