import type { KeyObject } from 'node:crypto'
import { open } from 'node:fs/promises'
import { isObject } from '../../values/index.ts'
import { maxLineBytes } from './audit-line.ts'
import { macOf, openLine, type Place, startMac } from './chain.ts'

/** What the first line of a file says. It counts only when that line is authentic. */
export interface FileStart {
  readonly node: string
  readonly boot: string
  readonly part: number
  /** The head of the file before; absent in the first file of a boot. */
  readonly continues?: Place
  /** Of the first file of a boot: where earlier boots ended. */
  readonly links: readonly Place[]
}

/** One line of a file, and whether it belongs where it stands. */
export interface ReadLine {
  /** Counts from 1. */
  readonly number: number
  readonly bytes: Buffer
  /** Undefined for what has not the form of a line. */
  readonly sealed?: { readonly seq: number; readonly mac: string }
  /** Its MAC covers it and the line before it, as that one stands there. */
  readonly isAuthentic: boolean
}

/** How a file ended. */
export interface FileEnd {
  readonly lines: number
  /** Bytes behind the last line break: what the end of a process has cut off. */
  readonly tornBytes: number
}

/**
 * Reads a file line by line with bounded memory, and checks each line against the one before it. A line that is
 * wrong does not make those behind it wrong.
 *
 * @param visit is called with each line; false ends the reading
 * @throws the system's error
 */
export async function readChain(
  path: string,
  key: KeyObject,
  visit: (line: ReadLine) => boolean | undefined,
  options: { signal?: AbortSignal; onBytes?: (bytes: number) => void } = {},
): Promise<FileEnd> {
  let number = 0
  let previousMac: string | undefined
  const check = (bytes: Buffer): boolean => {
    number += 1
    const sealed = openLine(bytes)
    if (sealed === undefined) return visit({ number, bytes, isAuthentic: false }) !== false
    const { seq, mac } = sealed
    const before = number === 1 ? (readStart(bytes)?.continues?.mac ?? startMac) : previousMac
    const isAuthentic = before !== undefined && macOf(key, before, sealed.body) === mac
    previousMac = mac
    return visit({ number, bytes, sealed: { seq, mac }, isAuthentic }) !== false
  }
  const tornBytes = await readLines(path, check, options)
  return { lines: number, tornBytes }
}

/** Gives what is left behind the last line break. */
async function readLines(
  path: string,
  check: (line: Buffer) => boolean,
  { signal, onBytes }: { signal?: AbortSignal; onBytes?: (bytes: number) => void },
): Promise<number> {
  const handle = await open(path, 'r')
  try {
    const { size } = await handle.stat()
    const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, Math.max(size + 1, 4096)))
    let rest: Buffer = Buffer.alloc(0)
    for (;;) {
      signal?.throwIfAborted()
      const { bytesRead } = await handle.read(chunk, 0, chunk.length)
      if (bytesRead === 0) return rest.length
      onBytes?.(bytesRead)
      const bytes = Buffer.concat([rest, chunk.subarray(0, bytesRead)])
      let from = 0
      for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, from)) {
        if (!check(bytes.subarray(from, at))) return 0
        from = at + 1
      }
      // No line of a log is as long: what is kept of it is enough to see that it is not one.
      rest = bytes.subarray(from, from + maxLineBytes)
    }
  } finally {
    await handle.close()
  }
}

const chunkBytes = 262_144

/** Reads what a first line says; undefined when it is not the first line of a file. */
export function readStart(line: Buffer): FileStart | undefined {
  const value = parse(line)
  if (!isObject(value) || value.format !== 1) return undefined
  const { node, boot, part, continues, links = [] } = value
  if (typeof node !== 'string' || typeof boot !== 'string' || typeof part !== 'number')
    return undefined
  if (!Array.isArray(links) || !links.every(isPlace)) return undefined
  if (continues === undefined) return { node, boot, part, links }
  return isPlace(continues) ? { node, boot, part, continues, links } : undefined
}

/** Whether a value names a line by file, number and MAC. */
export function isPlace(value: unknown): value is Place {
  return (
    isObject(value) &&
    typeof value.file === 'string' &&
    Number.isSafeInteger(value.seq) &&
    typeof value.mac === 'string'
  )
}

function parse(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString('utf8'))
  } catch {
    return undefined
  }
}
