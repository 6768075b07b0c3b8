/**
 * Holds the gateway against nginx, other proxies for Node and `openssl speed` in the same round, and writes
 * docs/benchmarks.md. Run it: `npm run bench -- gateway`; with `--rounds 1 --only small,logIns` it shows figures without
 * writing. It needs Linux, nginx and wrk, which it installs where it may, and the npm registry for the other proxies.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { writeFigures } from './benchmarks-page.ts'
import {
  type Candidate,
  echoCandidates,
  forwardCandidates,
  forwardings,
  logIns,
  type Measurement,
  measureTunnels,
  openssl,
  type TunnelMeasurement,
} from './gateway/measures.ts'
import { installRivals, rivals } from './gateway/rivals.ts'
import { createStage } from './gateway/stage.ts'
import { machineName, runUndisturbed } from './signing/machine.ts'
import { opensslVersion } from './signing/openssl.ts'
import { median, span } from './signing/table.ts'

const { values } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    only: { type: 'string' },
    tunnels: { type: 'string', default: '5000' },
    attempts: { type: 'string', default: '3' },
    patience: { type: 'string', default: '5000' },
  },
})
const [rounds, seconds, tunnelCount] = [
  Number(values.rounds),
  Number(values.seconds),
  Number(values.tunnels),
]
const say = (text: string) => process.stderr.write(`${text}\n`)
const shares: number[] = []
/** A run counts as undisturbed when others used no more of the processors than this. */
const enough = 0.06

/** One table: the first candidate is what the others are held against. */
interface Comparison {
  readonly name: string
  readonly title: string
  /** What the ratio is against. */
  readonly limit: string
  readonly candidates: readonly Candidate[]
  /** What the ratio of `jotgate` should be. */
  readonly atLeast?: number
  readonly goal?: number
}

type Samples = ReadonlyMap<string, Measurement[]>

const others = (of: { rival: (name: (typeof rivals)[number]) => Candidate['run'] }) =>
  rivals.map((name) => ({ name, run: of.rival(name) }))

function forwarding(name: keyof typeof forwardings, title: string, goals: object): Comparison {
  const of = forwardCandidates(forwardings[name])
  const candidates = [
    { name: 'nginx', run: of.nginx },
    { name: 'jotgate', run: of.jotgate },
    ...(name === 'large' ? [{ name: 'nginx, 64 kB buffers', run: of.tunedNginx }] : []),
    ...others(of),
  ]
  return { name, title, limit: 'nginx', candidates, ...goals }
}

function echoing(name: string, title: string, size: number, goals: object): Comparison {
  const of = echoCandidates(size)
  const isLarge = size > 4096
  const nginx = { name: 'nginx', run: of.nginx }
  const tuned = { name: 'nginx, 64 kB buffers', run: of.tunedNginx }
  const jotgate = { name: 'jotgate', run: of.jotgate }
  const candidates = isLarge
    ? [tuned, jotgate, nginx, ...others(of)]
    : [nginx, jotgate, ...others(of)]
  return { name, title, limit: isLarge ? tuned.name : nginx.name, candidates, ...goals }
}

const logInsOf = (bits: number): Comparison => ({
  name: `logIns${bits}`,
  title: `Logins, RSA-${bits}: assertion, audit log, store, Qlik session, first answer`,
  limit: 'openssl’s two processes',
  candidates: [
    { name: 'openssl, two processes', run: openssl(bits) },
    { name: 'jotgate', run: logIns(bits) },
  ],
})

const comparisons: readonly Comparison[] = [
  logInsOf(2048),
  logInsOf(3072),
  forwarding('small', '1 kB, 50 connections, 50 sessions in turn', { atLeast: 0.15, goal: 0.5 }),
  forwarding('json', '1 kB of JSON with a link, 50 connections', {}),
  forwarding('large', '1 MB, 20 connections', { atLeast: 0.75, goal: 1 }),
  forwarding('links', '1 MB of JSON with 1,280 links, 20 connections', {}),
  echoing('echo200', 'Web socket, 200 B there and back, 100 connections', 200, { atLeast: 0.9 }),
  echoing('echo64k', 'Web socket, 64 kB there and back, 100 connections', 65_536, { atLeast: 0.5 }),
]

const only = values.only?.split(',')
const isWanted = (name: string) => only === undefined || only.includes(name)

async function measured<Result>(run: () => Promise<Result>): Promise<Result> {
  const options = { attempts: Number(values.attempts), enough, patienceMs: Number(values.patience) }
  const { result, others } = await runUndisturbed(run, options)
  shares.push(others)
  return result
}

const folder = mkdtempSync(join(tmpdir(), 'jotgate-bench-gateway-'))
say(`${folder}: installing the others`)
installRivals(folder)
const stage = await createStage(folder)
try {
  const tables: string[] = []
  const goals: string[] = []
  for (const comparison of comparisons.filter(({ name }) => isWanted(name))) {
    const samples = await compare(comparison)
    goals.push(...goalLines(comparison, samples))
    tables.push(toTable(comparison, samples))
    say(tables.at(-1) ?? '')
  }
  if (isWanted('tunnels')) tables.push(toTunnelTable(await measureAllTunnels()))
  const figures = [circumstances(), ...goals, '', ...tables].join('\n')
  process.stdout.write(`${figures}\n`)
  // Fewer rounds, or less than all, are for a look.
  if (rounds >= 5 && only === undefined) writeFigures('gateway', figures)
} finally {
  stage.remove()
  rmSync(folder, { recursive: true, force: true })
}

async function compare({ name, candidates }: Comparison): Promise<Samples> {
  const samples = new Map<string, Measurement[]>(candidates.map(({ name }) => [name, []]))
  for (let round = 1; round <= rounds; round += 1) {
    say(`${name}, round ${round} of ${rounds}; load ${loadavg()[0]?.toFixed(1)}`)
    for (const candidate of candidates)
      samples.get(candidate.name)?.push(await measured(() => candidate.run(stage, seconds)))
  }
  return samples
}

/** Within each round. */
function ratiosOf(samples: Samples, name: string, limit: string): number[] {
  const against = samples.get(limit) ?? []
  return (samples.get(name) ?? []).map(
    ({ perSecond }, round) => perSecond / (against[round]?.perSecond ?? Number.NaN),
  )
}

function toTable({ title, limit, candidates }: Comparison, samples: Samples): string {
  const first = candidates[0]?.name ?? ''
  const cell = (found: readonly (number | undefined)[], digits: number) => {
    const numbers = found.filter((one) => one !== undefined)
    return numbers.length === 0 ? '–' : span(numbers, digits)
  }
  const lines = candidates.map(({ name }) => {
    const all = samples.get(name) ?? []
    const cells = [
      cell(
        all.map(({ perSecond }) => perSecond),
        0,
      ),
      span(ratiosOf(samples, name, first), 2),
      cell(
        all.map(({ p99Ms }) => p99Ms),
        1,
      ),
      cell(
        all.map(({ eachUs }) => eachUs),
        0,
      ),
      cell(
        all.map(({ memoryMB }) => memoryMB),
        0,
      ),
    ]
    return `| ${[name, ...cells].join(' | ')} |`
  })
  return [
    `### ${title}`,
    '',
    `| | per second | of ${limit} | p99, ms | processor time of one, µs | memory, MB |`,
    '|---|---|---|---|---|---|',
    ...lines,
    '',
  ].join('\n')
}

function goalLines({ title, limit, candidates, atLeast, goal }: Comparison, samples: Samples) {
  if (atLeast === undefined) return []
  const ratio = median(ratiosOf(samples, 'jotgate', candidates[0]?.name ?? ''))
  const wanted = goal === undefined ? `${atLeast}` : `${atLeast}, goal ${goal}`
  const faster = rivals.filter((name) => median(ratiosOf(samples, name, 'jotgate')) >= 1)
  const beside = faster.length === 0 ? 'faster than the others' : `slower than ${faster.join(', ')}`
  return [
    `- ${title}: ${ratio.toFixed(2)} of ${limit} (at least ${wanted}): ${ratio >= atLeast ? 'reached' : '**not reached**'}; ${beside}.`,
  ]
}

async function measureAllTunnels(): Promise<TunnelMeasurement[]> {
  const all: TunnelMeasurement[] = []
  for (let round = 1; round <= rounds; round += 1) {
    say(`tunnels, round ${round} of ${rounds}; load ${loadavg()[0]?.toFixed(1)}`)
    all.push(await measured(() => measureTunnels(stage, tunnelCount)))
  }
  return all
}

function toTunnelTable(all: readonly TunnelMeasurement[]): string {
  const row = (name: string, of: (one: TunnelMeasurement) => number, digits: number) =>
    `| ${name} | ${span(all.map(of), digits)} |`
  const codes = [...new Set(all.flatMap((one) => Object.keys(one.codes)))].join(', ')
  return [
    `### ${tunnelCount.toLocaleString('en')} tunnels of as many people, all revoked at once`,
    '',
    '| | |',
    '|---|---|',
    row('memory of each, idle, kB (at most 25)', ({ idleBytes }) => idleBytes / 1000, 1),
    row('memory of each after 200 B there and back, kB', ({ usedBytes }) => usedBytes / 1000, 1),
    row('opened a second, a Qlik session each', ({ openedPerSecond }) => openedPerSecond, 0),
    row('order given → closed, median, ms', ({ p50Ms }) => p50Ms, 0),
    row('order given → closed, p99, ms (at most 1000)', ({ p99Ms }) => p99Ms, 0),
    row('order given → last one closed, ms', ({ lastMs }) => lastMs, 0),
    '',
    `Close codes that clients saw: ${codes}.`,
    '',
  ].join('\n')
}

function circumstances(): string {
  const disturbed = shares.filter((share) => share > enough).length
  const percent = (share: number) => `${(100 * share).toFixed(0)} %`
  return [
    `Measured on ${new Date().toISOString().slice(0, 10)}: ${machineName()}; Node ${process.versions.node}, beside ${opensslVersion()}.`,
    `${rounds} rounds of ${seconds} s. In ${disturbed} of ${shares.length} runs others used more than ${percent(enough)} of the machine:`,
    `${percent(median(shares))} in the median of all, ${percent(Math.max(...shares))} at most.`,
    '',
    '',
  ].join('\n')
}
