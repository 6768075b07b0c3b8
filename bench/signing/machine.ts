import { readFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { setTimeout } from 'node:timers/promises'

/** A result, and which part of the processors others used meanwhile, 0 to 1. */
export interface Undisturbed<Result> {
  result: Result
  others: number
}

/**
 * Waits until others leave the processors alone, at most `patienceMs`, and runs a measurement; again
 * when they came back meanwhile. Gives the least disturbed run. Only Linux says what others do;
 * elsewhere the first run counts.
 */
export async function runUndisturbed<Result>(
  run: () => Promise<Result> | Result,
  options: {
    attempts: number
    enough: number
    patienceMs: number
    /** The processor time of this program's children that are running. Default 0. */
    livingMs?: () => number
  },
): Promise<Undisturbed<Result>> {
  let best: Undisturbed<Result> | undefined
  for (let attempt = 1; attempt <= options.attempts; attempt += 1) {
    await waitForQuiet(options)
    const before = readTicks(options.livingMs)
    const result = await run()
    const others = shareOfOthers(before, readTicks(options.livingMs))
    if (best === undefined || others < best.others) best = { result, others }
    if (best.others <= options.enough) break
  }
  if (best === undefined) throw new Error('at least one attempt is needed')
  return best
}

/** In hundredths of a second: of all processors, and of this process with its children that ended. */
interface Ticks {
  all: number
  busy: number
  own: number
}

async function waitForQuiet(options: { enough: number; patienceMs: number }): Promise<void> {
  const until = performance.now() + options.patienceMs
  while (performance.now() < until) {
    const before = readTicks()
    await setTimeout(200)
    // A tick is a hundredth of a second, so a short look is a coarse one.
    if (shareOfOthers(before, readTicks()) <= options.enough + 0.05) return
  }
}

function shareOfOthers(before: Ticks | undefined, after: Ticks | undefined): number {
  if (before === undefined || after === undefined) return 0
  const all = Math.max(1, after.all - before.all)
  return Math.max(0, after.busy - before.busy - (after.own - before.own)) / all
}

function readTicks(livingMs = () => 0): Ticks | undefined {
  try {
    // user, nice, system, idle, iowait, irq, softirq, steal
    const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n')
    const counts = line.split(/\s+/).slice(1, 9).map(Number)
    const all = counts.reduce((sum, each) => sum + each, 0)
    // utime, stime, cutime and cstime stand at 12 to 15 behind the name in parentheses.
    const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ') ?? []
    const own = fields.slice(11, 15).reduce((sum, each) => sum + Number(each), livingMs() / 10)
    return { all, busy: all - (counts[3] ?? 0) - (counts[4] ?? 0), own }
  } catch {
    return undefined
  }
}

export function machineName(): string {
  const [cpu] = cpus()
  return `${availableParallelism()} processors (${cpu?.model.trim() ?? 'unknown'}), ${process.platform}`
}
