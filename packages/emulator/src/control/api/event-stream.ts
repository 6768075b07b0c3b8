import type { Cloud } from '../../cloud/cloud.ts'
import { adviceOn } from './advice.ts'

/** What the stream tells: what came, or which part is to be asked for again. */
type ConsoleEventName = 'request' | 'socket' | 'frame' | 'changed' | 'reset'

/** Events that may wait for a reader; who is slower than that begins again. */
const waitLimit = 4000
const heartbeatMs = 15_000

/** Passes on what the whole emulator does to its parts. */
export interface ResetBell {
  ring(): void
  onRing(listener: () => void): () => void
}

export function createResetBell(): ResetBell {
  const listeners = new Set<() => void>()
  return {
    ring() {
      for (const listener of [...listeners]) listener()
    },
    onRing(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/**
 * `GET /_emulator/api/events`: requests, sockets and frames as they come, as server-sent events. A reader asks
 * for what was before by the other addresses.
 */
export function createEventStream(
  cloud: Cloud,
  bells: { changed: ResetBell; reset: ResetBell },
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  const endings: (() => void)[] = []
  const stop = () => {
    for (const end of endings.splice(0)) end()
  }
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const write = (text: string) => {
          // Closed rather than held: the page connects again and asks for the whole.
          if ((controller.desiredSize ?? 0) <= 0) {
            stop()
            controller.close()
            return
          }
          controller.enqueue(encoder.encode(text))
        }
        const send = (name: ConsoleEventName, value: unknown) =>
          write(`event: ${name}\ndata: ${JSON.stringify(value)}\n\n`)
        const timer = setInterval(() => write(': still here\n\n'), heartbeatMs).unref()
        endings.push(
          () => clearInterval(timer),
          cloud.recorder.subscribe((request) =>
            send('request', { ...request, advice: adviceOn(request) }),
          ),
          cloud.frames.subscribe((event) =>
            'frame' in event ? send('frame', event.frame) : send('socket', event.socket),
          ),
          bells.changed.onRing(() => send('changed', {})),
          bells.reset.onRing(() => send('reset', {})),
        )
        write('retry: 1000\n\n')
      },
      cancel: stop,
    },
    { highWaterMark: waitLimit },
  )
}
