import { resolve } from 'node:path'
import { cleanHar, diagnoseHar, readHar } from '../../doctor/index.ts'
import type { Call, Outcome } from '../command.ts'
import { toFile } from '../result-file.ts'
import { harInWords } from './har-in-words.ts'

/** What the command line says of a HAR. */
export interface HarLine {
  readonly file: string
  /** Where the HAR goes without its secrets. */
  readonly cleaned: string | undefined
}

/** Reads the command line. */
export function readHarLine(call: Call): HarLine {
  const file = call.values.text('har')
  if (file === undefined) throw call.refuse('missing: --har, the file that a browser exported')
  return { file, cleaned: call.values.text('cleaned') }
}

/** `jotgate doctor --har`. */
export async function runHar(call: Call, { file, cleaned }: HarLine): Promise<Outcome> {
  const at = (name: string) => resolve(call.terminal.folder, name)
  const har = await readHar(at(file), file)
  const report = await diagnoseHar(har)
  if (cleaned !== undefined) {
    const result = toFile(at(cleaned))
    await result.mustBeNew()
    await result.write(`${JSON.stringify(cleanHar(har), undefined, 2)}\n`)
    await result.commit()
    call.note(`${cleaned}: the HAR without its secrets; look at it once more before you send it`)
  }
  const isBroken = report.findings.some(({ verdict }) => verdict === 'failed')
  return { text: harInWords(report, call.terminal), json: report, exitCode: isBroken ? 3 : 0 }
}
