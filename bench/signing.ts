/**
 * Signs and verifies with jotgate, with Node itself and with the libraries that people use, beside
 * `openssl speed` in the same round, and writes docs/benchmarks.md.
 * Run it: `npm run bench`, or `npm run bench -- --bits 2048 --rounds 1` to see figures without writing.
 */
import { parseArgs } from 'node:util'
import { writeFigures } from './benchmarks-page.ts'
import { type Candidate, candidates, peers, twoProcesses } from './signing/candidates.ts'
import { machineName, runUndisturbed } from './signing/machine.ts'
import { opensslSpeed, opensslVersion } from './signing/openssl.ts'
import { runCandidate } from './signing/run-candidate.ts'
import { median, type Row, span, type Table, toMarkdown } from './signing/table.ts'
import { makeKeyFile } from './signing/workload.ts'

const { values } = parseArgs({
  options: {
    bits: { type: 'string', default: '2048,3072,4096' },
    rounds: { type: 'string', default: '5' },
    ms: { type: 'string', default: '1000' },
    attempts: { type: 'string', default: '6' },
    patience: { type: 'string', default: '10000' },
  },
})
const sizes = values.bits.split(',').map(Number)
const [rounds, ms, attempts, patienceMs] = [
  Number(values.rounds),
  Number(values.ms),
  Number(values.attempts),
  Number(values.patience),
]
const say = (text: string) => process.stderr.write(`${text}\n`)
const shares: number[] = []
let goals: string[] = []
/** A run counts as undisturbed when others used no more of the processors than this. */
const enough = 0.06

interface Sample {
  perSecond: number[]
  ratios: number[]
  delaysMs: number[]
}

type Samples = Map<string, Sample>

function add(samples: Samples, name: string, perSecond: number, limit: number, delayMs?: number) {
  const row = samples.get(name) ?? { perSecond: [], ratios: [], delaysMs: [] }
  row.perSecond.push(perSecond)
  row.ratios.push(perSecond / limit)
  if (delayMs !== undefined) row.delaysMs.push(delayMs)
  samples.set(name, row)
}

async function measured<Result>(run: () => Promise<Result> | Result): Promise<Result> {
  const { result, others } = await runUndisturbed(run, { attempts, enough, patienceMs })
  shares.push(others)
  return result
}

/** One round: the limit, every candidate, and the limit again, whose mean the candidates are held against. */
async function round(bits: number, keyFile: string, signs: Samples, verifies: Samples) {
  const speed = (processes: number) =>
    measured(() => opensslSpeed({ bits, processes, seconds: Math.ceil(ms / 1000) }))
  const [one, first] = [await speed(1), await speed(2)]
  const results: { candidate: Candidate; perSecond: number; delayMs: number }[] = []
  for (const candidate of candidates) {
    const measurement = await measured(() => runCandidate(candidate, { keyFile, ms }))
    results.push({ candidate, ...measurement })
  }
  const last = await speed(2)
  const limit = { sign: (first.sign + last.sign) / 2, verify: (first.verify + last.verify) / 2 }
  for (const [samples, of] of [
    [signs, 'sign'],
    [verifies, 'verify'],
  ] as const) {
    add(samples, 'openssl, one process', one[of], limit[of])
    add(samples, 'openssl, two processes', limit[of], limit[of])
  }
  for (const { candidate, perSecond, delayMs } of results) {
    const samples = candidate.of === 'sign' ? signs : verifies
    add(samples, candidate.name, perSecond, limit[candidate.of], delayMs)
  }
}

/**
 * The goal in one table: 0.95 of the better of jose and the callback in the same round, while the event
 * loop waits no longer than with the callback. Once with as many requests at once as jotgate has, once
 * with as many as it has under way.
 */
function goalTable(signs: Samples): string[] {
  const [own, two] = [signs.get('jotgate'), signs.get(twoProcesses)]
  if (own === undefined || two === undefined) return []
  return [
    `jotgate: ${span(own.ratios, 2)} of openssl’s two processes, ${span(over(own, [two]), 2)} of two Node processes that sign synchronously.`,
    '',
    '| jotgate beside | of the better | of the callback | of jose | p99, ms | the callback’s p99, ms |',
    '|---|---|---|---|---|---|',
    ...Object.values(peers).flatMap((names) => {
      const [callback, jose] = [signs.get(names.callback), signs.get(names.jose)]
      if (callback === undefined || jose === undefined) return []
      const cells = [[callback, jose], [callback], [jose]].map((rows) => span(over(own, rows), 2))
      const delays = [own, callback].map(({ delaysMs }) => span(delaysMs, 1))
      return `| ${[names.callback, ...cells, ...delays].join(' | ')} |`
    }),
  ]
}

/** How much of the best of some others in each round. */
function over(own: Sample, others: readonly Sample[]): number[] {
  return own.perSecond.map((each, round) => {
    const best = Math.max(...others.map(({ perSecond }) => perSecond[round] ?? Number.NaN))
    return each / best
  })
}

const toRows = (samples: Samples): Row[] => [...samples].map(([name, row]) => ({ name, ...row }))

async function measureSize(bits: number): Promise<Table[]> {
  const { file, remove } = makeKeyFile(bits)
  const [signs, verifies]: [Samples, Samples] = [new Map(), new Map()]
  try {
    for (let number = 1; number <= rounds; number += 1) {
      say(`RSA-${bits}, round ${number} of ${rounds}`)
      await round(bits, file, signs, verifies)
    }
  } finally {
    remove()
  }
  goals = goalTable(signs)
  const limit = 'openssl’s two processes'
  return [
    { title: `Sign, RSA-${bits}`, limit, rows: toRows(signs) },
    { title: `Verify, RSA-${bits}`, limit, rows: toRows(verifies) },
  ]
}

for (const bits of sizes) {
  shares.length = 0
  const tables = await measureSize(bits)
  const figures = `${circumstances()}\n\n${tables.map(toMarkdown).join('\n')}`
  process.stdout.write(`${figures}\n`)
  // Fewer rounds are for a look.
  if (rounds >= 5) writeFigures(`RSA-${bits}`, figures)
}

function circumstances(): string {
  const disturbed = shares.filter((share) => share > enough).length
  const percent = (share: number) => `${(100 * share).toFixed(0)} %`
  return [
    `Measured on ${new Date().toISOString().slice(0, 10)}: ${machineName()}; Node ${process.versions.node} with`,
    `OpenSSL ${process.versions.openssl}, beside ${opensslVersion()}. ${rounds} rounds of ${ms} ms. In ${disturbed} of ${shares.length} runs others`,
    `used more than ${percent(enough)} of the machine: ${percent(median(shares))} in the median of all, ${percent(Math.max(...shares))} at most.`,
    '',
    ...goals,
  ].join('\n')
}
