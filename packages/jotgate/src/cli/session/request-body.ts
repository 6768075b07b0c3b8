import { checkRestHeader } from '../../qlik/index.ts'
import type { Call, OptionSpec } from '../command.ts'
import { cliErrors } from '../errors.ts'
import { placeOf, readInputFile, readStdin } from '../read-input.ts'

export const bodyOptions: readonly OptionSpec[] = [
  {
    flags: '--data <text>',
    description: 'the body; @FILE takes a file, - the standard input; up to 100 MiB',
    onlyFlag: true,
    mayBeEmpty: true,
  },
  {
    flags: '--content-type <text>',
    description: 'the type of the body; JSON is checked before it is sent',
    otherwise: 'application/json',
  },
]

/** What goes with a call that changes something. */
export interface RequestBody {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly contentType: string
}

const maxBytes = 104_857_600

/** Reads --data as bytes: a file that is uploaded may be no text. */
export async function readBody(call: Call, method: string): Promise<RequestBody | undefined> {
  const { values } = call
  const data = values.text('data')
  const contentType = values.text('contentType') ?? 'application/json'
  if (data === undefined) {
    if (values.source('contentType') !== 'flag') return undefined
    throw call.refuse('--content-type is for a body: give --data too')
  }
  if (method === 'GET' || method === 'HEAD') throw call.refuse(`${method} takes no --data`)
  const problem = checkRestHeader('content-type', contentType)
  if (problem !== undefined) throw call.refuse(`--content-type ${problem}`)
  const source = sourceOf(data)
  const bytes = await readData(call, data)
  if (!/^application\/([\w.-]+\+)?json\b/i.test(contentType)) return { bytes, contentType }
  return { bytes: checkedJson(bytes, source), contentType }
}

function sourceOf(data: string): string {
  if (data === '-' || data === '@-') return 'The standard input'
  return data.startsWith('@') ? data.slice(1) : 'The text of --data'
}

async function readData(call: Call, data: string): Promise<Uint8Array<ArrayBuffer>> {
  if (data === '-' || data === '@-') return readStdin(call, '--data', maxBytes)
  if (data.startsWith('@')) return Uint8Array.from(await readInputFile(data.slice(1), maxBytes))
  return new TextEncoder().encode(data)
}

/** Qlik would say no more than 400. The text itself is not shown: it may be anybody's data. */
function checkedJson(bytes: Uint8Array<ArrayBuffer>, source: string) {
  const wrong = (problem: string) =>
    cliErrors.ERR_CLI_INPUT({
      source,
      problem: `${problem}; a body of another type needs --content-type`,
    })
  let text: string
  try {
    // A byte order mark is dropped: JSON has none (RFC 8259 section 8.1).
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw wrong('is not UTF-8, as JSON is')
  }
  if (text.trim() === '') throw wrong('is empty, where JSON was expected')
  try {
    JSON.parse(text)
  } catch (error) {
    throw wrong(`is not JSON${placeOf(error, text)}`)
  }
  return new TextEncoder().encode(text)
}
