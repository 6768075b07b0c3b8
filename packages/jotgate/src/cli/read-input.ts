import { inWords, isSystemError, readFileWithin } from '../files/index.ts'
import { readBytes } from '../values/index.ts'
import type { Call } from './command.ts'
import { cliErrors } from './errors.ts'

const maxTextBytes = 1_048_576

/** Reads the text that an option names: a regular file, or the standard input for `-`. */
export async function readInput(call: Call, option: string, file: string): Promise<string> {
  return file === '-'
    ? decoder.decode(await readStdin(call, option, maxTextBytes))
    : await readTextFile(file)
}

/** Reads the text of a regular file. */
export async function readTextFile(file: string): Promise<string> {
  return decoder.decode(await readInputFile(file, maxTextBytes))
}

/** Reads the bytes of a regular file. */
export async function readInputFile(file: string, maxBytes: number): Promise<Uint8Array> {
  const { bytes, refusal } = await readFileWithin(file, maxBytes)
  if (refusal === undefined) return bytes
  throw cliErrors.ERR_CLI_INPUT({ source: file, problem: inWords(refusal) })
}

/** Reads the standard input to its end. */
export async function readStdin(
  call: Call,
  option: string,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const problem = inWords({ reason: 'too-large', maxBytes })
  const tooLarge = () => cliErrors.ERR_CLI_INPUT({ source: 'The standard input', problem })
  return readBytes(call.stdin(option), maxBytes, tooLarge)
}

/** Keeps a byte order mark, as the readers of these texts expect. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** An error of the file system, in words; any other as it is. */
export function asInputError(error: unknown, source: string): unknown {
  if (!isSystemError(error)) return error
  const problem = error.code === 'ENOENT' ? 'does not exist' : `cannot be read (${error.code})`
  return cliErrors.ERR_CLI_INPUT({ source, problem }, { cause: error })
}

/** Reads JSON without ever repeating it in an error. */
export function parseJsonInput(text: string, source: string): unknown {
  const json = text.replace(/^\uFEFF/, '')
  if (json.trim() === '') throw cliErrors.ERR_CLI_INPUT({ source, problem: 'is empty' })
  // The decoder puts this character where the bytes are not UTF-8: a name with it would be another name.
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
