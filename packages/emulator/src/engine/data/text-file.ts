import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { dataError, isDataError } from './data-error.ts'

/** A larger file would not fit into one string; the data of Movies has 1.3 MB. */
const maximumDataBytes = 256 * 1024 * 1024

/**
 * Reads a file that must be UTF-8, with or without byte order mark; tells what else it seems to be.
 *
 * @param maximumBytes what a larger file is refused at, before it is read; 256 MiB by default
 */
export async function readTextFile(
  path: string,
  maximumBytes: number = maximumDataBytes,
): Promise<string> {
  return decodeText(await readRegularFile(path, maximumBytes), path)
}

/** A device or a pipe may have no end, so only a file of a known size is read. */
async function readRegularFile(path: string, maximumBytes: number): Promise<Uint8Array> {
  let file: FileHandle | undefined
  try {
    // Opening a pipe would wait for its writer.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const stats = await file.stat()
    if (!stats.isFile()) {
      const problem = stats.isDirectory() ? 'it is a folder' : 'it is not a regular file'
      throw dataError({ file: path, problem, hint: 'Name a file that can be read.' })
    }
    if (stats.size > maximumBytes) {
      const problem = `it is larger than ${maximumBytes} bytes`
      throw dataError({ file: path, problem, hint: 'Give a smaller file.' })
    }
    return await file.readFile()
  } catch (cause) {
    if (isDataError(cause)) throw cause
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
    const problem = code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`
    throw dataError({ file: path, problem, hint: 'Name a file that can be read.' }, { cause })
  } finally {
    await file?.close()
  }
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
