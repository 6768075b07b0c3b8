import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { filesIn, firstChartFile } from '../../scripts/docs/first-chart.ts'
import { findFreePort } from '../e2e/free-port.ts'
import {
  type RunningApplication,
  startApplication,
  startLocalQlik,
  succeed,
} from './first-chart-checks.ts'
import type { Newcomer } from './newcomer.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const guide = await readFile(join(root, firstChartFile), 'utf8')

/** The frameworks of the guide, and what their servers say when they run. */
export const guided = [
  { framework: 'Express', isReady: /Open http/ },
  { framework: 'Next.js', isReady: /Ready in/ },
] as const

/** The part of the guide below a heading. */
export function section(heading: string): string {
  const [, text] = guide.split(`\n## ${heading}\n`)
  if (text === undefined) throw new Error(`The guide has no part ${heading}`)
  return text.split(/\n## /)[0] ?? ''
}

/** The lines of its blocks for the shell. */
export function blocksIn(text: string): string[][] {
  return [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block = '']) =>
    block.trim().split('\n'),
  )
}

/** The files that a part shows, and those of Express that it names in one sentence. */
export function filesOf(part: string): Map<string, string> {
  const [sentence = ''] = /^.*are \[those of Express\]/m.exec(part) ?? []
  const ofExpress = filesIn(section('With Express'))
  const named = [...sentence.matchAll(/`([^`]+)`/g)].map(
    ([, name = '']) => [name, ofExpress.get(name) ?? ''] as const,
  )
  return new Map([...named, ...filesIn(part)])
}

/**
 * Does what the guide says, from an empty folder to a server that runs.
 *
 * @param options.installs whether the lines that install packages are typed too
 */
export async function followGuide(
  newcomer: Newcomer,
  options: (typeof guided)[number] & { installs: boolean },
): Promise<RunningApplication> {
  const { framework, isReady, installs } = options
  const part = section(`With ${framework}`)
  const [init = [], [emulator = ''] = [], setUp = []] = blocksIn(part)
  const skipped = installs ? /^mkdir / : /^(mkdir|npm install) /
  for (const line of init) if (!skipped.test(line)) await succeed(newcomer, line)
  for (const [file, text] of filesOf(part)) await newcomer.write(file, text)
  const qlik = await startLocalQlik(newcomer, emulator)
  const port = await findFreePort()
  const env = { QLIK_URL: qlik, PAGE_ORIGIN: `http://localhost:${port}` }
  for (const line of setUp.slice(0, -1)) await succeed(newcomer, line, env)
  return startApplication(newcomer, setUp.at(-1) ?? '', { port, isReady })
}
