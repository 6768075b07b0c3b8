/**
 * Fuzzes the parsers of what comes from outside, guided by V8's own coverage: an input that runs a part of the code
 * which none before has run is kept, and changed further. `npm run fuzz -- --seconds 60 --only request,frames --seed 7`. What it keeps goes into
 * corpus.json beside the targets, which `npm test` replays; what breaks a rule is made shorter and kept first.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { Session } from 'node:inspector/promises'
import { parseArgs } from 'node:util'
import { createRandom, mutate } from '../../packages/jotgate/src/gateway/fuzz/mutate.fixture.ts'
import {
  type FuzzTarget,
  problemOf,
} from '../../packages/jotgate/src/gateway/fuzz/target.fixture.ts'
import { fuzzTargets } from '../../packages/jotgate/src/gateway/fuzz/targets.fixture.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    only: { type: 'string' },
  },
})
const corpusFile = new URL('../../packages/jotgate/src/gateway/fuzz/corpus.json', import.meta.url)
const corpora: Record<string, string[]> = JSON.parse(readFileSync(corpusFile, 'utf8'))
/** Coverage is asked for after so many runs: it costs as much as hundreds of them. */
const batch = 50
/** Of a parser, so that replaying stays quick. */
const maxKept = 60

const session = new Session()
session.connect()
await session.post('Profiler.enable')

const only = values.only?.split(',')
const unknown = only?.filter((name) => !fuzzTargets.some((target) => target.name === name)) ?? []
if (unknown.length > 0) {
  const names = fuzzTargets.map(({ name }) => name).join(', ')
  process.stderr.write(`There is no parser ${unknown.join(', ')}; there are ${names}\n`)
  process.exit(2)
}
process.stdout.write(`Seed ${values.seed}, ${values.seconds} s each\n`)
let hasFindings = false
for (const target of fuzzTargets.filter(({ name }) => only?.includes(name) ?? true)) {
  const { runs, functions, part, kept, finding } = await fuzz(target)
  corpora[target.name] = kept
  const told = finding === undefined ? '' : `  BROKEN: ${finding.problem}`
  hasFindings ||= finding !== undefined
  process.stdout.write(
    `${target.name}: ${runs} runs, ${Math.round(part * 100)} % of ${functions} functions, ${kept.length} kept${told}\n`,
  )
}
const sorted = fuzzTargets.map(({ name }) => [name, corpora[name] ?? []])
writeFileSync(corpusFile, `${JSON.stringify(Object.fromEntries(sorted), undefined, 2)}\n`)
process.exit(hasFindings ? 1 : 0)

async function fuzz({ name, seeds, check }: FuzzTarget) {
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  const random = createRandom(Number(values.seed))
  const covered = createCovered()
  const kept: string[] = []
  const pool = [...seeds]
  let finding: { input: string; problem: string } | undefined
  const run = async (input: string) => {
    if (finding !== undefined || (await problemOf(check, input)) === undefined) return
    const short = await shorten(check, input)
    finding = { input: short, problem: (await problemOf(check, short)) ?? '' }
  }
  for (const input of [...seeds, ...(corpora[name] ?? [])]) {
    await run(input)
    if ((await covered.grows()) && !seeds.includes(input)) kept.push(input)
    pool.push(input)
  }
  const until = Date.now() + Number(values.seconds) * 1000
  let runs = 0
  while (Date.now() < until && finding === undefined) {
    const any = () => pool[Math.floor(random() * pool.length)] ?? ''
    const inputs = Array.from({ length: batch }, () => mutate(any(), any(), random))
    const before = covered.copy()
    for (const input of inputs) await run(input)
    runs += batch
    if (!(await covered.grows())) continue
    // Which of them it was is seen when they run once more, one after the other, from where the batch began.
    for (const input of inputs) {
      await problemOf(check, input)
      if (!(await before.grows())) continue
      pool.push(input)
      if (kept.length < maxKept) kept.push(input)
    }
  }
  await session.post('Profiler.stopPreciseCoverage')
  if (finding !== undefined) kept.unshift(finding.input)
  const { size: functions, part } = covered
  return { runs, functions, part, kept: [...new Set(kept)].slice(0, maxKept), finding }
}

type Range = readonly [start: number, end: number]

/** What of jotgate has run: of each function that has, the parts that have not. */
function createCovered(known = new Map<string, readonly Range[]>()) {
  return {
    get size() {
      return known.size
    },
    /** How much of those functions' code has run, from 0 to 1. */
    get part() {
      const missed = [...known.values()].reduce((sum, ranges) => sum + lengthOf(ranges), 0)
      const whole = lengthOf([...known.keys()].map(rangeOf))
      return whole === 0 ? 0 : 1 - missed / whole
    },
    copy: () => createCovered(new Map(known)),
    /** Takes what ran since the last time. @returns whether some of it never had before */
    async grows(): Promise<boolean> {
      let isNew = false
      for (const [name, missed] of await missedSince()) {
        const before = known.get(name)
        const still = before === undefined ? missed : intersect(before, missed)
        if (before === undefined || lengthOf(still) < lengthOf(before)) isNew = true
        known.set(name, still)
      }
      return isNew
    },
  }
}

/** Of a function, by its name in the coverage. */
function rangeOf(name: string): Range {
  const [start = 0, end = 0] = name.split(' ').slice(-2).map(Number)
  return [start, end]
}

function lengthOf(ranges: readonly Range[]): number {
  return ranges.reduce((sum, [start, end]) => sum + end - start, 0)
}

function intersect(some: readonly Range[], others: readonly Range[]): readonly Range[] {
  return some.flatMap(([from, to]) =>
    others
      .map(([start, end]): Range => [Math.max(from, start), Math.min(to, end)])
      .filter(([start, end]) => start < end),
  )
}

/** Of each function of jotgate that ran since this was last asked: the parts that did not. */
async function missedSince(): Promise<Map<string, readonly Range[]>> {
  const { result } = await session.post('Profiler.takePreciseCoverage')
  const missed = new Map<string, readonly Range[]>()
  for (const { url, functions } of result)
    if (url.includes('/jotgate/src/') && !url.includes('/fuzz/'))
      for (const { ranges } of functions) {
        const [whole] = ranges
        if (whole === undefined || whole.count === 0) continue
        const name = `${url} ${whole.startOffset} ${whole.endOffset}`
        missed.set(
          name,
          ranges.filter(({ count }) => count === 0).map((one) => [one.startOffset, one.endOffset]),
        )
      }
  return missed
}

/** Leaves out what is not needed to break a rule. */
async function shorten(check: FuzzTarget['check'], input: string): Promise<string> {
  let short = input
  for (let length = Math.ceil(short.length / 2); length > 0; length = Math.floor(length / 2))
    for (let at = 0; at + length <= short.length; ) {
      const without = short.slice(0, at) + short.slice(at + length)
      if ((await problemOf(check, without)) === undefined) at += length
      else short = without
    }
  return short
}
