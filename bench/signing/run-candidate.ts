import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Candidate } from './candidates.ts'
import type { Measurement } from './measure.ts'

const script = fileURLToPath(new URL('measure.ts', import.meta.url))

/** Runs a candidate in as many processes as it wants, at the same time, and adds up what they do. */
export async function runCandidate(
  candidate: Candidate,
  options: { keyFile: string; ms: number },
): Promise<Measurement> {
  const runs = Array.from({ length: candidate.processes ?? 1 }, () => runOnce(candidate, options))
  const measurements = await Promise.all(runs)
  return {
    perSecond: measurements.reduce((sum, { perSecond }) => sum + perSecond, 0),
    delayMs: Math.max(...measurements.map(({ delayMs }) => delayMs)),
  }
}

async function runOnce(
  { name, of, poolSize }: Candidate,
  { keyFile, ms }: { keyFile: string; ms: number },
): Promise<Measurement> {
  const { UV_THREADPOOL_SIZE: _, ...environment } = process.env
  const child = spawn(
    process.execPath,
    [
      '--conditions=jotgate-source',
      script,
      '--candidate',
      name,
      '--of',
      of,
      '--key',
      keyFile,
      '--ms',
      String(ms),
    ],
    {
      env: { ...environment, ...(poolSize && { UV_THREADPOOL_SIZE: String(poolSize) }) },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  // Its CPU time is counted as ours only after it has ended.
  const ended = once(child, 'close')
  let output = ''
  for await (const chunk of child.stdout) output += chunk
  await ended
  try {
    return JSON.parse(output) as Measurement
  } catch {
    throw new Error(`${name} gave no figures`)
  }
}
