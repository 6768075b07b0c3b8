import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type GatewayPlace, originOf } from './people.ts'

/** What came of a load. */
export interface Load {
  readonly perSecond: number
  readonly p99Ms: number
  /** How many there were. */
  readonly count: number
}

/** Sends requests in turn, over connections that stay, each again when it is answered. */
export async function loadByWrk(options: {
  readonly folder: string
  readonly place: GatewayPlace
  readonly requests: readonly string[]
  readonly connections: number
  readonly seconds: number
}): Promise<Load> {
  const { folder, place, requests, connections, seconds } = options
  const script = join(folder, 'wrk.lua')
  writeFileSync(script, toScript(requests))
  const child = spawn(
    'wrk',
    [
      ...['-t', '1', '-c', String(connections), '-d', `${seconds}s`, '--timeout', '10s'],
      ...['-s', script, originOf(place)],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const ended = once(child, 'close')
  let output = ''
  for await (const chunk of child.stdout) output += chunk
  await ended
  const [, text] = /^figures (.*)$/m.exec(output) ?? []
  if (text === undefined) throw new Error(`wrk gave no figures: ${output}`)
  const { answers, failures, perSecond, p99Ms } = JSON.parse(text)
  // wrk counts what is under way at its end as failed reads at times.
  if (failures > 0 || answers === 0)
    throw new Error(`${failures} of ${answers} requests were not answered by what was asked for`)
  return { perSecond, p99Ms, count: answers }
}

function toScript(requests: readonly string[]): string {
  return `
local requests = {
${requests.map((text) => `  ${JSON.stringify(text)},`).join('\n')}
}
local at = 0
function request()
  at = at % #requests + 1
  return requests[at]
end
function done(summary, latency)
  local e = summary.errors
  io.write(string.format('figures {"answers":%d,"failures":%d,"perSecond":%f,"p99Ms":%f}\\n', summary.requests,
    e.connect + e.read + e.write + e.timeout + e.status, summary.requests * 1e6 / summary.duration,
    latency:percentile(99) / 1000))
end
`
}
