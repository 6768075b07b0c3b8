import { readFile } from 'node:fs/promises'
import { dataError } from './data-error.ts'

/** Reads a file that must be UTF-8, with or without byte order mark; tells what else it seems to be. */
export async function readTextFile(path: string): Promise<string> {
  let bytes: Uint8Array
  try {
    bytes = await readFile(path)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
    const problem = code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`
    throw dataError({ file: path, problem, hint: 'Name a file that can be read.' }, { cause })
  }
  return decodeText(bytes, path)
}

/** Decodes UTF-8 strictly. */
function decodeText(bytes: Uint8Array, file: string): string {
  const first = bytes[0]
  const second = bytes[1]
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw dataError({ file, problem: 'it is UTF-16', hint: 'Save it as UTF-8.' })
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    const zero = text.indexOf('\0')
    if (zero < 0) return text
    const line = text.slice(0, zero).split('\n').length
    throw dataError({
      file,
      line,
      problem: 'it holds zero bytes, so it is binary or UTF-16',
      hint: 'Save it as UTF-8 text.',
    })
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause
    throw dataError(
      {
        file,
        line: lineOfFirstFault(bytes),
        problem: 'it is not UTF-8; Windows-1252 or Latin-1 perhaps',
        hint: 'Save it as UTF-8.',
      },
      { cause },
    )
  }
}

/** A byte of 0x0A is a line feed wherever it stands in UTF-8, so lines can be decoded one by one. */
function lineOfFirstFault(bytes: Uint8Array): number {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let start = 0
  for (let line = 1; start < bytes.length; line += 1) {
    const end = bytes.indexOf(0x0a, start)
    const stop = end < 0 ? bytes.length : end
    try {
      decoder.decode(bytes.subarray(start, stop))
    } catch {
      return line
    }
    start = stop + 1
  }
  return 1
}
