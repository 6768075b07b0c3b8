import type { KeyObject } from 'node:crypto'
import { join } from 'node:path'
import { isJotgateError } from '../../errors/index.ts'
import { isSystemError } from '../../files/index.ts'
import { gatewayErrors } from '../errors.ts'
import { encodeMembers } from './audit-line.ts'
import { type Place, sealLine, startMac } from './chain.ts'
import { type AuditFileName, toFileName } from './file-names.ts'
import type { LogDisk, LogFile } from './log-file.ts'

/** Where an earlier boot's log ended when this one began. */
export interface Link extends Place {
  /** Its last line was cut off by the end of the process. */
  readonly torn?: true
}

/** What a chain is made of. */
export interface ChainOptions {
  readonly folder: string
  readonly key: KeyObject
  readonly name: Omit<AuditFileName, 'name' | 'part'>
  readonly links: readonly Link[]
  readonly disk: LogDisk
  readonly clock: () => number
  /** A file that is as long gets no further line. */
  readonly maxFileBytes: number
}

/** Writes sealed lines, into one file after another. One call at a time. */
export interface ChainWriter {
  /** The last line that is durable; undefined before the first. */
  readonly head: Place | undefined
  /**
   * Writes lines, and resolves with the number of the first when all are durable. When a file fails, they are
   * written into a new one; when that fails too, none counts as written.
   */
  write(lines: readonly string[]): Promise<number>
  close(): Promise<void>
}

interface OpenFile {
  readonly file: LogFile
  readonly name: string
  readonly day: string
  /** How many bytes are durable. */
  length: number
}

/**
 * Starts a chain of lines. Its first file names the ends of earlier boots; each further file begins with the head
 * of the one before.
 */
export function createChainWriter(options: ChainOptions): ChainWriter {
  const { folder, key, disk, clock, maxFileBytes } = options
  let current: OpenFile | undefined
  let head: Place | undefined
  let part = 0

  const today = () => new Date(clock()).toISOString().slice(0, 10)

  function seal(file: string, lines: readonly string[]): { text: string; head: Place | undefined } {
    let { seq, mac } = head ?? { seq: 0, mac: startMac }
    const texts = lines.map((line) => {
      seq += 1
      const sealed = sealLine(key, mac, seq, line)
      mac = sealed.mac
      return sealed.text
    })
    return { text: texts.join(''), head: lines.length === 0 ? head : { file, seq, mac } }
  }

  async function append(open: OpenFile, lines: readonly string[]): Promise<void> {
    const sealed = seal(open.name, lines)
    const bytes = Buffer.from(sealed.text)
    try {
      await open.file.append(bytes)
      await open.file.sync()
    } catch (error) {
      // After a failed fsync nobody knows what is on the disk, so nothing more is written into this file.
      await open.file.shorten(open.length).catch(() => undefined)
      throw error
    }
    // What was written may be gone with the file.
    if (!(await open.file.isIntact(open.length + bytes.length)))
      throw gatewayErrors.ERR_GATEWAY_AUDIT({
        problem: `has lost its file ${open.name}: somebody renamed, deleted or changed it`,
      })
    open.length += bytes.length
    head = sealed.head
  }

  async function openNext(reason: 'size' | 'day' | 'failure'): Promise<OpenFile> {
    const name = toFileName({ ...options.name, part: part + 1 })
    const path = join(folder, name)
    const file = await disk.create(path).catch((error: unknown) => {
      if (isSystemError(error) && error.code === 'EEXIST') part += 1
      throw error
    })
    const open: OpenFile = { file, name, day: today(), length: 0 }
    const { node, boot } = options.name
    const first = { format: 1, node, boot, part: part + 1 }
    const line =
      head === undefined
        ? { event: 'log-open', ...first, links: options.links }
        : { event: 'log-continue', ...first, reason, continues: head }
    const before = head
    try {
      await append(open, [encodeMembers(line, clock())])
      await disk.syncFolder(folder)
    } catch (error) {
      head = before
      await file.close().catch(() => undefined)
      if (!isJotgateError(error)) await disk.remove(path).catch(() => undefined)
      throw error
    }
    part += 1
    current = open
    return open
  }

  async function leave(): Promise<void> {
    const left = current
    current = undefined
    await left?.file.close().catch(() => undefined)
  }

  async function fileToWriteInto(): Promise<OpenFile> {
    if (current === undefined) return openNext('failure')
    const isToday = current.day === today()
    if (isToday && current.length < maxFileBytes) return current
    await leave()
    return openNext(isToday ? 'size' : 'day')
  }

  async function writeOnce(lines: readonly string[]): Promise<number> {
    try {
      const open = await fileToWriteInto()
      const first = (head?.seq ?? 0) + 1
      if (lines.length > 0) await append(open, lines)
      return first
    } catch (error) {
      await leave()
      throw error
    }
  }

  return {
    get head() {
      return head
    },
    write: (lines) => writeOnce(lines).catch(() => writeOnce(lines)),
    close: leave,
  }
}
