import { closeSync, constants, fstatSync, open, readSync, type Stats } from 'node:fs'
import { promisify } from 'node:util'
import { isSystemError } from './system-error.ts'

// By a callback: Node loads `node:fs/promises`, and streams with it, at first use, which takes longer
// than the whole reading.
const openFile = promisify(open)

/** Why a file was not read. A part's own error says it, or `inWords` does. */
export type FileRefusal =
  | { readonly reason: 'not-found' }
  | { readonly reason: 'folder' }
  | { readonly reason: 'not-regular' }
  | { readonly reason: 'too-large'; readonly maxBytes: number }
  | { readonly reason: 'unreadable'; readonly code: string; readonly cause: unknown }

/** The bytes of a file and what the system says of it (owner, mode), or why there are none. */
export type FileReading =
  | { readonly bytes: Buffer; readonly stats: Stats; readonly refusal?: never }
  | { readonly refusal: FileRefusal; readonly bytes?: never; readonly stats?: never }

/**
 * Reads a regular file within a limit. A device, a named pipe and a folder are refused: `/dev/zero` has no
 * end, and a pipe may never begin.
 *
 * Opening may take long, on a network file system for example. What is open is read synchronously: for
 * small files that takes less time than handing each step to a thread.
 *
 * @param maxBytes the limit; it holds for a file that grows meanwhile, and for one whose size is unknown
 */
export async function readFileWithin(file: string, maxBytes: number): Promise<FileReading> {
  let descriptor: number | undefined
  try {
    // Without O_NONBLOCK a named pipe without a writer would hold this call, and a thread with it.
    descriptor = await openFile(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    const stats = fstatSync(descriptor)
    if (stats.isDirectory()) return { refusal: { reason: 'folder' } }
    if (!stats.isFile()) return { refusal: { reason: 'not-regular' } }
    const bytes =
      stats.size > maxBytes ? undefined : readDescriptor(descriptor, stats.size, maxBytes)
    if (bytes === undefined) return { refusal: { reason: 'too-large', maxBytes } }
    return { bytes, stats }
  } catch (error) {
    if (!isSystemError(error)) throw error
    return { refusal: toRefusal(error.code, error) }
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}

const leastRoom = 4096

/** Reads to the end, in one piece where the size is right; one byte more would show that it is not. */
function readDescriptor(descriptor: number, size: number, maxBytes: number): Buffer | undefined {
  const chunks: Buffer[] = []
  let length = 0
  for (;;) {
    const room = Math.max(size + 1 - length, leastRoom)
    const chunk = Buffer.allocUnsafe(Math.min(room, maxBytes + 1 - length))
    const count = readSync(descriptor, chunk)
    if (count === 0) return Buffer.concat(chunks)
    length += count
    if (length > maxBytes) return undefined
    chunks.push(chunk.subarray(0, count))
  }
}

function toRefusal(code: string, cause: unknown): FileRefusal {
  if (code === 'ENOENT') return { reason: 'not-found' }
  if (code === 'EISDIR') return { reason: 'folder' }
  // What Linux says of a socket or of a device without a driver.
  if (code === 'ENXIO' || code === 'ENODEV') return { reason: 'not-regular' }
  return { reason: 'unreadable', code, cause }
}

/** A refusal to be read after the file's name. */
export function inWords(refusal: FileRefusal): string {
  switch (refusal.reason) {
    case 'not-found':
      return 'does not exist'
    case 'folder':
      return 'is a folder, not a file'
    case 'not-regular':
      return 'is a device or a pipe, not a regular file'
    case 'too-large':
      return `is larger than ${sizeInWords(refusal.maxBytes)}`
    case 'unreadable':
      return `cannot be read (${refusal.code})`
  }
}

function sizeInWords(bytes: number): string {
  if (bytes % 1_048_576 === 0) return `${bytes / 1_048_576} MiB`
  return bytes % 1024 === 0 ? `${bytes / 1024} KiB` : `${bytes} bytes`
}
