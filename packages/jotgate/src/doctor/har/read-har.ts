import { inWords, readFileWithin } from '../../files/index.ts'
import { isObject, type JsonObject } from '../../values/index.ts'
import { doctorErrors } from '../errors.ts'
import type { Exchange } from './exchange.ts'
import { readExchange } from './read-exchange.ts'

/** What a HAR says, without what no login needs. */
export interface Har {
  /** The program that wrote it, and the browser. */
  readonly recordedBy: string
  /** In the order in which they began. */
  readonly exchanges: readonly Exchange[]
  /** How many entries could not be read, or did not go over HTTP. */
  readonly leftOut: number
}

/** 128 MiB: a portal’s page with all its scripts has 10, and the file is held in memory as a whole. */
const maxBytes = 134_217_728

/** Each is looked at. */
const maxEntries = 20_000

/**
 * Reads a HAR 1.1 or 1.2 file, as the browsers and Playwright write it.
 *
 * @param file at most 128 MiB, with at most 20000 entries
 * @param name how the file is called in an error
 * @throws ERR_DOCTOR_HAR_FILE when it cannot be read, ERR_DOCTOR_HAR_FORM when it is something else
 * @see http://www.softwareishard.com/blog/har-12-spec/
 * @example
 * const report = await diagnoseHar(await readHar('login.har'))
 */
export async function readHar(file: string, name: string = file): Promise<Har> {
  const { bytes, refusal } = await readFileWithin(file, maxBytes)
  if (refusal !== undefined)
    throw doctorErrors.ERR_DOCTOR_HAR_FILE({ file: name, problem: inWords(refusal) })
  return parseHar(bytes, name)
}

/** Reads the bytes of a HAR. */
export function parseHar(bytes: Uint8Array, file: string): Har {
  const refuse = (problem: string): never => {
    throw doctorErrors.ERR_DOCTOR_HAR_FORM({ file, problem })
  }
  const value = parseJson(textOf(bytes, refuse), refuse)
  const log = isObject(value) && isObject(value.log) ? value.log : refuse('has no member log')
  const { entries } = log
  if (!Array.isArray(entries)) return refuse('has no list log.entries')
  if (entries.length === 0)
    return refuse(
      'has no requests: the network panel was opened after the page had loaded, or was cleared',
    )
  if (entries.length > maxEntries)
    throw doctorErrors.ERR_DOCTOR_HAR_FILE({
      file,
      problem: `has ${entries.length} requests, more than ${maxEntries}`,
    })
  const read = entries.map(readExchange).filter((one) => one !== undefined)
  if (read.length === 0) return refuse('has no request whose address and time can be read')
  return {
    recordedBy: [programOf(log.creator), programOf(log.browser)].filter(Boolean).join(', '),
    exchanges: read.sort((one, other) => one.at - other.at),
    leftOut: entries.length - read.length,
  }
}

/** The first bytes of other files that people take for a HAR, and what they are. */
const otherForms: readonly [readonly number[], string][] = [
  [[0x1f, 0x8b], 'is compressed by gzip: unpack it with `gunzip` first'],
  [[0x50, 0x4b], 'is a ZIP archive: unpack it first, and give the file that ends in .har'],
  [[0xff, 0xfe], 'is in UTF-16: save it as UTF-8'],
  [[0xfe, 0xff], 'is in UTF-16: save it as UTF-8'],
]

function textOf(bytes: Uint8Array, refuse: (problem: string) => never): string {
  if (bytes.length === 0) return refuse('is empty')
  for (const [start, problem] of otherForms)
    if (start.every((byte, index) => bytes[index] === byte)) return refuse(problem)
  try {
    // Takes a byte order mark off, as some editors write it.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return refuse('is not UTF-8')
  }
}

/** What JSON.parse says would quote the file. */
function parseJson(text: string, refuse: (problem: string) => never): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (/^\s*</.test(text)) return refuse('is HTML or XML')
    const end = text.trimEnd().length
    const at = Number(/ at position (\d+)/.exec(String(error))?.[1] ?? end)
    return refuse(
      at >= end - 1 && /^\s*\{/.test(text)
        ? 'ends in the middle: it was cut off while it was saved or sent'
        : `is not JSON from line ${text.slice(0, at).split('\n').length} on`,
    )
  }
}

function programOf(value: unknown): string {
  const { name, version }: JsonObject = isObject(value) ? value : {}
  return [name, version]
    .filter((one) => typeof one === 'string' && /^[\w .+-]{1,40}$/.test(one))
    .join(' ')
}
