/**
 * Holds the gateway against nginx, other proxies for Node and `openssl speed` in the same round, and writes
 * docs/benchmarks.md after each table. Run it: `npm run bench -- gateway`; with `--rounds 1 --only small,logIns2048` it
 * shows figures without writing. It needs Linux, nginx and wrk, which it installs where it may, and the npm registry for
 * the other proxies.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { writeFigures } from './benchmarks-page.ts'
import type { Candidate, Contender, Measurement } from './gateway/contender.ts'
import { echoCandidates } from './gateway/echoing.ts'
import { forwardCandidates, forwardings } from './gateway/forwarding.ts'
import { logIns, openssl } from './gateway/log-ins.ts'
import { livingProcessorMs } from './gateway/processes.ts'
import { installRivals, rivals } from './gateway/rivals.ts'
import { createStage, type GatewayKind } from './gateway/stage.ts'
import { measureTunnels, type TunnelMeasurement } from './gateway/tunnels.ts'
import { machineName, runUndisturbed } from './signing/machine.ts'
import { opensslVersion } from './signing/openssl.ts'
import { median, span } from './signing/table.ts'

const { values } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    only: { type: 'string' },
    tunnels: { type: 'string', default: '5000' },
    attempts: { type: 'string', default: '2' },
    patience: { type: 'string', default: '3000' },
  },
})
const [rounds, seconds, tunnelCount] = [
  Number(values.rounds),
  Number(values.seconds),
  Number(values.tunnels),
]
const say = (text: string) => process.stderr.write(`${text}\n`)
const shares: number[] = []
/** What died, and where. */
const failures: string[] = []
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

/** One of each round; undefined where it failed twice. */
type Samples = ReadonlyMap<string, (Measurement | undefined)[]>

const others = (of: { rival: (name: (typeof rivals)[number]) => Candidate }) => rivals.map(of.rival)

type Goals = Pick<Comparison, 'atLeast' | 'goal'>

function forwarding(name: keyof typeof forwardings, title: string, goals: Goals): Comparison {
  const of = forwardCandidates(forwardings[name])
  const tuned = name === 'large' ? [of.tunedNginx] : []
  return {
    name,
    title,
    limit: 'nginx',
    candidates: [of.nginx, of.jotgate, ...tuned, ...others(of)],
    ...goals,
  }
}

/** Beside nginx alone: the other proxies are the same whatever Qlik it is. */
function ofKind(
  name: string,
  title: string,
  which: keyof typeof forwardings,
  kind: GatewayKind,
): Comparison {
  const of = forwardCandidates(forwardings[which], kind)
  const nginx = kind.isSecure === true ? of.secureNginx : of.nginx
  return { name, title, limit: 'nginx', candidates: [nginx, of.jotgate] }
}

function echoing(name: string, title: string, size: number, goals: Goals): Comparison {
  const of = echoCandidates(size)
  const isLarge = size > 4096
  const candidates = isLarge
    ? [of.tunedNginx, of.jotgate, of.nginx, ...others(of)]
    : [of.nginx, of.jotgate, ...others(of)]
  return { name, title, limit: isLarge ? of.tunedNginx.name : of.nginx.name, candidates, ...goals }
}

function managedEcho(): Comparison {
  const { nginx, jotgate } = echoCandidates(200, { product: 'client-managed' })
  const title = 'Client-managed Qlik: web socket, 200 B there and back, 100 connections'
  return { name: 'managedEcho200', title, limit: 'nginx', candidates: [nginx, jotgate] }
}

const loggingIn = (name: string, title: string, kind: GatewayKind & { bits: number }) => ({
  name,
  title: `${title}, RSA-${kind.bits}: assertion, audit log, store, Qlik session, first answer`,
  limit: 'openssl’s two processes',
  candidates: [openssl(kind.bits), logIns(kind)],
})

const managed = { product: 'client-managed' } as const

const comparisons: readonly Comparison[] = [
  forwarding('small', '1 kB, 50 connections, 50 sessions in turn', { atLeast: 0.15, goal: 0.5 }),
  forwarding('large', '1 MB, 20 connections', { atLeast: 0.75, goal: 1 }),
  echoing('echo200', 'Web socket, 200 B there and back, 100 connections', 200, { atLeast: 0.9 }),
  echoing('echo64k', 'Web socket, 64 kB there and back, 100 connections', 65_536, { atLeast: 0.5 }),
  ofKind('json', '1 kB of JSON with a link, 50 connections', 'json', {}),
  ofKind('links', '1 MB of JSON with 1,280 links, 20 connections', 'links', {}),
  loggingIn('logIns2048', 'Logins', { bits: 2048 }),
  loggingIn('logIns3072', 'Logins', { bits: 3072 }),
  ofKind('tlsSmall', 'TLS: 1 kB, 50 connections', 'small', { isSecure: true }),
  ofKind('tlsLarge', 'TLS: 1 MB, 20 connections', 'large', { isSecure: true }),
  ofKind('managedSmall', 'Client-managed Qlik: 1 kB, 50 connections', 'managedSmall', managed),
  ofKind('managedLarge', 'Client-managed Qlik: 1 MB, 20 connections', 'managedLarge', managed),
  managedEcho(),
  loggingIn('managedLogIns3072', 'Client-managed Qlik: logins', { ...managed, bits: 3072 }),
]

const only = values.only?.split(',')
const isWanted = (name: string) => only === undefined || only.includes(name)

async function measured<Result>(run: () => Promise<Result>): Promise<Result> {
  const options = {
    attempts: Number(values.attempts),
    enough,
    patienceMs: Number(values.patience),
    livingMs: livingProcessorMs,
  }
  const { result, others } = await runUndisturbed(run, options)
  shares.push(others)
  return result
}

const folder = mkdtempSync(join(tmpdir(), 'jotgate-bench-gateway-'))
say(`${folder}: installing the others`)
installRivals(folder)
const stage = await createStage(folder)
const tables: string[] = []
const goals: string[] = []
try {
  for (const comparison of comparisons.filter(({ name }) => isWanted(name))) {
    const samples = await compare(comparison)
    goals.push(...goalLines(comparison, samples))
    keep(toTable(comparison, samples))
  }
  if (isWanted('tunnels')) keep(toTunnelTable(await measureAllTunnels()))
  process.stdout.write(`${figures()}\n`)
} finally {
  stage.remove()
  rmSync(folder, { recursive: true, force: true })
}

/** Fewer rounds, or less than all, are for a look. A run that dies loses nothing of what it has measured. */
function keep(table: string): void {
  tables.push(table)
  say(table)
  if (rounds >= 5 && only === undefined) writeFigures('gateway', figures())
}

function figures(): string {
  const failed = failures.map((line) => `- Failed and started again: ${line}`)
  return [circumstances(), ...goals, ...failed, '', ...tables].join('\n')
}

/** All of them run until the last round is over, so that none begins a round colder than another. */
async function compare({ name, candidates }: Comparison): Promise<Samples> {
  const samples = new Map<string, (Measurement | undefined)[]>()
  const running = new Map<string, Contender>()
  const start = async (candidate: Candidate) => {
    const contender = await candidate.start(stage)
    running.set(candidate.name, contender)
    await contender.warmUp()
    return contender
  }
  const end = async (candidate: string) => {
    const contender = running.get(candidate)
    running.delete(candidate)
    await contender?.stop()
  }
  /** Twice, since what died once says little about the others. */
  const measure = async (candidate: Candidate, round: number) => {
    for (let attempt = 1; attempt <= 2; attempt += 1)
      try {
        const contender = running.get(candidate.name) ?? (await start(candidate))
        return await measured(() => contender.measure(seconds))
      } catch (error) {
        failures.push(`${name}, ${candidate.name}, round ${round}: ${String(error)}`)
        say(failures.at(-1) ?? '')
        await end(candidate.name)
      }
    return undefined
  }
  try {
    for (let round = 1; round <= rounds; round += 1) {
      say(`${name}, round ${round} of ${rounds}; load ${loadavg()[0]?.toFixed(1)}`)
      for (const candidate of candidates) {
        const all = samples.get(candidate.name) ?? []
        samples.set(candidate.name, [...all, await measure(candidate, round)])
      }
    }
  } finally {
    for (const candidate of running.keys()) await end(candidate)
  }
  return samples
}

/** Within each round. */
function ratiosOf(samples: Samples, name: string, limit: string): number[] {
  const against = samples.get(limit) ?? []
  return (samples.get(name) ?? [])
    .map((one, round) => (one?.perSecond ?? Number.NaN) / (against[round]?.perSecond ?? Number.NaN))
    .filter((ratio) => !Number.isNaN(ratio))
}

function toTable({ title, limit, candidates }: Comparison, samples: Samples): string {
  const first = candidates[0]?.name ?? ''
  const cell = (found: readonly (number | undefined)[], digits: number) => {
    const numbers = found.filter((one) => one !== undefined)
    return numbers.length === 0 ? '–' : span(numbers, digits)
  }
  const lines = candidates.map(({ name }) => {
    const all = (samples.get(name) ?? []).filter((one) => one !== undefined)
    const cells = [
      cell(
        all.map(({ perSecond }) => perSecond),
        0,
      ),
      cell(ratiosOf(samples, name, first), 2),
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
