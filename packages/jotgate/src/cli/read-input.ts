import type { Call } from './command.ts'
import { cliErrors } from './errors.ts'
import { reasonOf } from './result.ts'

const maxBytes = 1_048_576

/**
 * Reads the text that an option names: a file, or the standard input for `-`.
 *
 * @param what how errors call it
 */
export async function readInput(call: Call, option: string, file: string): Promise<string> {
  const source = file === '-' ? 'The standard input' : file
  const tooLarge = () => cliErrors.ERR_CLI_INPUT({ source, problem: 'is larger than 1 MiB' })
  if (file !== '-') {
    const { readFile, stat } = await import('node:fs/promises')
    try {
      const { size } = await stat(file)
      if (size > maxBytes) throw tooLarge()
      return await readFile(file, 'utf8')
    } catch (error) {
      throw asInputError(error, source)
    }
  }
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of call.stdin(option)) {
    const bytes = Buffer.from(chunk as Uint8Array)
    length += bytes.length
    if (length > maxBytes) throw tooLarge()
    chunks.push(bytes)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** An error of the file system, in words; any other as it is. */
export function asInputError(error: unknown, source: string): unknown {
  if (!(error instanceof Error && 'syscall' in error)) return error
  const problem =
    reasonOf(error) === 'ENOENT' ? 'is not there' : `cannot be read (${reasonOf(error)})`
  return cliErrors.ERR_CLI_INPUT({ source, problem }, { cause: error })
}

/** Reads JSON without ever repeating it in an error. */
export function parseJsonInput(text: string, source: string): unknown {
  const json = text.replace(/^\uFEFF/, '')
  if (json.trim() === '') throw cliErrors.ERR_CLI_INPUT({ source, problem: 'is empty' })
  // The decoder has put this sign where the bytes are no UTF-8: a name in it would be another one.
  if (json.includes('\uFFFD')) throw cliErrors.ERR_CLI_INPUT({ source, problem: 'is not UTF-8' })
  try {
    return JSON.parse(json)
  } catch (error) {
    throw cliErrors.ERR_CLI_INPUT({ source, problem: `is not JSON${placeOf(error, json)}` })
  }
}

/** Where JSON.parse stumbled: what it says would quote the text around it. */
export function placeOf(error: unknown, text: string): string {
  const position = / at position (\d+)/.exec(String(error))?.[1]
  if (position === undefined) return ''
  const before = text.slice(0, Number(position)).split('\n')
  return ` (line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1})`
}
