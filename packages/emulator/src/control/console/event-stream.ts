import type { RunningWorkbench } from '../product.ts'
import { adviceOn } from './advice.ts'

/** What the stream tells: what came, or which part is to be asked for again. */
type ConsoleEventName = 'request' | 'socket' | 'frame' | 'changed' | 'reset'

/** Events that may wait for a reader; a slower one has to reconnect. */
const waitLimit = 4000
const heartbeatMs = 15_000

/**
 * `GET /_emulator/api/events`: requests, sockets and frames as they come, as server-sent events. A reader asks
 * for what was before by the other addresses.
 */
export function createEventStream(bench: RunningWorkbench): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  const endings: (() => void)[] = []
  const stop = () => {
    for (const end of endings.splice(0)) end()
  }
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const write = (text: string) => {
          // Closed rather than buffered: the page connects again and asks for everything.
          if ((controller.desiredSize ?? 0) <= 0) {
            stop()
            controller.close()
            return
          }
          controller.enqueue(encoder.encode(text))
        }
        const send = (name: ConsoleEventName, value: unknown) =>
          write(`event: ${name}\ndata: ${JSON.stringify(value)}\n\n`)
        const changed = () => send('changed', {})
        const timer = setInterval(() => write(': still here\n\n'), heartbeatMs).unref()
        endings.push(
          () => clearInterval(timer),
          bench.recorder.subscribe((request) =>
            send('request', { ...request, advice: adviceOn(bench, request) }),
          ),
          bench.frames.subscribe((event) =>
            'frame' in event ? send('frame', event.frame) : send('socket', event.socket),
          ),
          bench.clock.onMove(changed),
          bench.faults.onChange(changed),
          ...bench.products.map(({ switches }) => switches.onChange(changed)),
          bench.onReset(() => send('reset', {})),
        )
        write('retry: 1000\n\n')
      },
      cancel: stop,
    },
    { highWaterMark: waitLimit },
  )
}
