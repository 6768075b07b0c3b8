// Runs one candidate at full rate in a process of its own and prints what came of it, as JSON.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setImmediate } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { candidates, type Operation } from './candidates.ts'

/** What one run of a candidate gave. */
export interface Measurement {
  perSecond: number
  /** The 99th percentile of the event loop's delay. An idle loop reads about 1 ms. */
  delayMs: number
}

/** So many requests wait at once, as on a server that many people come to. */
const allAtOnce = 32
const warmUpMs = 300

async function measure(operation: Operation, ms: number, atOnce: number): Promise<Measurement> {
  let done = 0
  let stop = false
  const clients = Array.from({ length: atOnce }, async () => {
    while (!stop) {
      const result = operation()
      if (result instanceof Promise) await result
      // A synchronous one has to let the others have their turn, as requests do.
      else await setImmediate()
      done += 1
    }
  })
  await new Promise((resolve) => setTimeout(resolve, warmUpMs))
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const [from, before] = [performance.now(), done]
  await new Promise((resolve) => setTimeout(resolve, ms))
  const seconds = (performance.now() - from) / 1000
  const perSecond = (done - before) / seconds
  delay.disable()
  stop = true
  await Promise.all(clients)
  return { perSecond, delayMs: delay.percentile(99) / 1e6 }
}

const { values } = parseArgs({
  options: {
    candidate: { type: 'string' },
    of: { type: 'string' },
    key: { type: 'string' },
    ms: { type: 'string' },
  },
})
const candidate = candidates.find(({ name, of }) => name === values.candidate && of === values.of)
if (candidate === undefined || values.key === undefined) throw new Error('no such candidate')
const operation = await candidate.prepare(values.key)
process.stdout.write(
  JSON.stringify(await measure(operation, Number(values.ms), candidate.atOnce ?? allAtOnce)),
)
