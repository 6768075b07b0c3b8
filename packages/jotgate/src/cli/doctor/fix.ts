import { setTimeout as waitFor } from 'node:timers/promises'
import type { CheckResult } from '../../doctor/index.ts'
import type { Call } from '../command.ts'
import { interrupted } from '../interruption.ts'
import { applySettings } from '../provision/apply.ts'
import type { CarriedOut } from '../provision/carry-out.ts'
import { resultsInWords } from './results-in-words.ts'

type Results = readonly CheckResult[]

interface Fixed {
  /** Of the checks after it; undefined when nothing was changed. */
  readonly results?: Results
  readonly applied?: CarriedOut['json']
  /** What became of the findings. */
  readonly inWords: string
}

const isFinding = ({ verdict }: CheckResult) => verdict === 'failed' || verdict === 'warning'
const isMended = (result: CheckResult) => isFinding(result) && result.isMendedByApply === true

/** What a person does next about findings that `jotgate apply` mends; undefined where there are none. */
export function nextInWords(results: Results): string | undefined {
  if (!results.some(isMended)) return undefined
  return `Next: \`--fix\` mends ${idsOf(results.filter(isMended))}. It shows what \`jotgate apply\` would change, and asks first.`
}

/**
 * Mends by `jotgate apply` what it can: shows the results so far and the plan, asks, applies, and checks again.
 *
 * @param check runs all checks again
 */
export async function fix(
  call: Call,
  before: Results,
  check: () => Promise<Results>,
): Promise<Fixed> {
  if (!before.some(isMended))
    return {
      inWords: before.some(isFinding)
        ? 'Nothing was changed: `jotgate apply` mends none of this.'
        : 'Nothing was changed: nothing is broken.',
    }
  const { terminal } = call
  // The result is that of the checks after it; here only what is not in order is to be seen.
  if (!call.values.isOn('json'))
    terminal.writeErr(`${resultsInWords(before.filter(isFinding), terminal, 'stderr')}\n`)
  const { text, json: applied } = await applySettings(call, { adopt: false, allowDelete: false })
  if (applied.done.length === 0)
    return {
      applied,
      inWords:
        'Nothing was changed: Qlik is as the settings say. Change the settings, or what each “To do” names.',
    }
  call.note(`${text}Checking again.`)
  const wasThere = (id: string) =>
    before.some((one) => one.check === id && one.verdict !== 'failed')
  const results = await untilBack(wasThere, check, call.signal)
  return { results, applied, inWords: becameInWords(before, results) }
}

/** How long a proxy may restart that was given another virtual proxy: users report half a minute. */
const restartSeconds = 60

/**
 * What could be reached before is asked again until it can be, for as long as a restart takes.
 *
 * @param wasThere whether a check of the network did not fail before
 */
export async function untilBack(
  wasThere: (check: string) => boolean,
  check: () => Promise<Results>,
  signal: AbortSignal,
  wait: (ms: number) => Promise<unknown> = waitFor,
): Promise<Results> {
  const gone = (results: Results) =>
    results.some(
      ({ check: id, category, verdict }) =>
        category === 'network' && verdict === 'failed' && wasThere(id),
    )
  for (let waited = 0; ; waited += 2) {
    const results = await check()
    if (!gone(results) || waited >= restartSeconds) return results
    await wait(2000)
    if (signal.aborted) throw interrupted
  }
}

function becameInWords(before: Results, after: Results): string {
  const isOpen = (id: string) => after.some((one) => one.check === id && isFinding(one))
  const mended = before.filter((one) => isFinding(one) && !isOpen(one.check))
  const left = after.filter(isFinding)
  return [
    ...(mended.length === 0 ? [] : [`Mended: ${idsOf(mended)}.`]),
    ...(left.length === 0 ? [] : [`Not mended: ${idsOf(left)}.`]),
  ].join(' ')
}

const idsOf = (results: Results) => [...new Set(results.map(({ check }) => check))].join(', ')
