import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { systemCode } from '../../files/index.ts'
import { gatewayErrors } from '../errors.ts'
import { deriveChainKey, formatPlace, type Place, parsePlace } from './chain.ts'
import { type Claims, createClaims } from './claims.ts'
import { type AuditFileName, compareFileNames, parseFileName, sortFileNames } from './file-names.ts'
import { type FileStart, type ReadLine, readChain, readStart } from './read-chain.ts'

/** What `verifyAuditLog` takes. */
export interface VerifyOptions {
  /** The folder of the log. */
  readonly folder: string
  /** The key with which it was written. */
  readonly key: Uint8Array
  /** Anchors that the store holds. Read them before: a log that is being written has at least those lines. */
  readonly anchors?: readonly Place[]
  /** Heads that the gateway wrote elsewhere, as it wrote them. */
  readonly heads?: readonly string[]
  /** The name of the oldest file that must be there, when older ones were moved away. Default: none were. */
  readonly from?: string
  /** Hears how many bytes of how many were read. */
  readonly onProgress?: (bytes: number, total: number) => void
  /** Stops it. */
  readonly signal?: AbortSignal
}

/** Something about a line, or about a file where `line` is 0. */
export interface AuditFinding {
  readonly file: string
  readonly line: number
  readonly problem: string
}

/** What came out. The log is whole when there are no findings. */
export interface AuditVerification {
  readonly files: number
  readonly boots: number
  readonly lines: number
  /** What shows that lines were removed, changed, swapped or inserted. The first 1000. */
  readonly findings: readonly AuditFinding[]
  /** How many more there are. */
  readonly furtherFindings: number
  /** What is not tampering: a last line that the end of the process cut off, lines whose callers were refused. The first 1000. */
  readonly notes: readonly AuditFinding[]
  /** The last line of the newest boot, in the form of a head. */
  readonly head: string | undefined
}

const maxFindings = 1000

/**
 * Verifies an audit log: finds lines that were removed, changed, swapped or inserted, files that are missing, and an
 * end that was cut off, up to the last anchor or head that is known. Reads with bounded memory.
 *
 * @throws ERR_GATEWAY_AUDIT_UNREADABLE, ERR_GATEWAY_OPTION for a head or file name of another form
 * @example
 * import { readAuditKey, verifyAuditLog } from 'jotgate/gateway'
 *
 * const key = await readAuditKey('/etc/jotgate/audit.key')
 * const { findings } = await verifyAuditLog({ folder: '/var/log/jotgate', key, heads: ['FILE:NUMBER:MAC'] })
 * for (const { file, line, problem } of findings) console.error(file, line, problem)
 */
export async function verifyAuditLog(options: VerifyOptions): Promise<AuditVerification> {
  const { folder } = options
  const outside = readOutside(options)
  try {
    const from = options.from === undefined ? undefined : readFrom(options.from)
    const found = sortFileNames(await readdir(folder))
    const files = found.filter((file) => from === undefined || compareFileNames(file, from) >= 0)
    if (files.length === 0 && outside.length === 0)
      throw unreadable(folder, 'has no file of an audit log')
    return await verifyFiles(options, files, outside, from)
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error
    throw unreadable(folder, `cannot be read (${systemCode(error)})`, error)
  }
}

async function verifyFiles(
  options: VerifyOptions,
  files: readonly AuditFileName[],
  outside: readonly { readonly place: Place; readonly by: string }[],
  from: AuditFileName | undefined,
): Promise<AuditVerification> {
  const { folder, key, onProgress, signal } = options
  const claims = createClaims()
  const report = createReport()
  const claim = (place: Place, by: string) => {
    const name = parseFileName(place.file)
    const isOlder = from !== undefined && name !== undefined && compareFileNames(name, from) < 0
    if (!isOlder) claims.add({ place, by })
  }
  for (const { place, by } of outside) claim(place, by)
  let total = 0
  const continued = new Map<string, Place>()
  for (const file of files) {
    total += (await stat(join(folder, file.name))).size
    const start = await readAuthenticStart(folder, file, key)
    if (start === undefined) continue
    const by = `the first line of ${file.name}`
    for (const link of start.links) claim(link, by)
    if (start.continues === undefined) continue
    claim(start.continues, by)
    continued.set(start.continues.file, start.continues)
  }

  let bytes = 0
  let lines = 0
  const lastOf = new Map<string, Place>()
  for (const { name, boot } of files) {
    const check = createFileCheck(name, claims, report)
    const end = await readChain(join(folder, name), deriveChainKey(key, boot), check.visit, {
      ...(signal === undefined ? {} : { signal }),
      onBytes(count) {
        bytes += count
        onProgress?.(Math.min(bytes, total), total)
      },
    })
    lines += end.lines
    if (end.tornBytes > 0)
      report.note(
        name,
        end.lines + 1,
        `is torn: ${end.tornBytes} bytes of a line that was never finished`,
      )
    else if (end.lines === 0) report.note(name, 0, 'is empty')
    const { last } = check
    if (last === undefined) continue
    lastOf.set(boot, { file: name, ...last })
    const unconfirmed = last.seq - (continued.get(name)?.seq ?? last.seq)
    if (unconfirmed > 0)
      report.note(
        name,
        end.lines - unconfirmed + 1,
        `${plural(unconfirmed, 'line')} from here on do not count: the file failed, and the log went on without them`,
      )
  }
  reportUnmet(claims, files, lastOf, report)
  const head = lastOf.get(files.at(-1)?.boot ?? '')
  return {
    files: files.length,
    boots: new Set(files.map(({ boot }) => boot)).size,
    lines,
    ...report.result(),
    head: head && formatPlace(head),
  }
}

/** Checks the lines of one file as they go by. */
function createFileCheck(file: string, claims: Claims, report: Report) {
  let last: { seq: number; mac: string } | undefined
  return {
    get last() {
      return last
    },
    visit({ number, bytes, sealed, isAuthentic }: ReadLine): true {
      if (number === 1 && !isStartOf(file, bytes))
        report.find(
          file,
          number,
          'is not the first line of this file: lines are missing, or the file was renamed',
        )
      else if (sealed === undefined) report.find(file, number, 'is not a line of the log')
      else if (!isAuthentic) report.find(file, number, explain(sealed.seq, last?.seq))
      else claims.meet(sealed)
      if (sealed !== undefined) last = sealed
      return true
    },
  }
}

function explain(seq: number, before: number | undefined): string {
  if (before === undefined || seq === before + 1)
    return 'was changed, or the line before it was, or it was written with another key'
  if (seq <= before) return `has the number ${seq} and stands behind ${before}: swapped or inserted`
  return `has the number ${seq} and stands behind ${before}: ${plural(seq - before - 1, 'line')} before it missing`
}

function isStartOf(file: string, line: Buffer): boolean {
  const start = readStart(line)
  const name = parseFileName(file)
  return start?.node === name?.node && start?.boot === name?.boot && start?.part === name?.part
}

async function readAuthenticStart(
  folder: string,
  { name, boot }: AuditFileName,
  key: Uint8Array,
): Promise<FileStart | undefined> {
  let start: FileStart | undefined
  await readChain(join(folder, name), deriveChainKey(key, boot), ({ bytes, isAuthentic }) => {
    if (isAuthentic && isStartOf(name, bytes)) start = readStart(bytes)
    return false
  })
  return start
}

function reportUnmet(
  claims: Claims,
  files: readonly AuditFileName[],
  lastOf: ReadonlyMap<string, Place>,
  report: Report,
): void {
  for (const { place, by } of claims.unmet()) {
    const { file, seq } = place
    const last = lastOf.get(parseFileName(file)?.boot ?? '')
    if (!files.some(({ name }) => name === file))
      report.find(file, 0, `is missing: ${by} names its line number ${seq}`)
    else if (last === undefined || last.seq < seq)
      report.find(
        file,
        0,
        `was cut off: ${by} names line number ${seq}, and the last that is left is ${last?.seq ?? 'none'}`,
      )
    else report.find(file, 0, `has not the line number ${seq} that ${by} names`)
  }
}

type Report = ReturnType<typeof createReport>

function createReport() {
  const findings: AuditFinding[] = []
  const notes: AuditFinding[] = []
  let furtherFindings = 0
  return {
    find(file: string, line: number, problem: string): void {
      if (findings.length < maxFindings) findings.push({ file, line, problem })
      else furtherFindings += 1
    },
    note(file: string, line: number, problem: string): void {
      if (notes.length < maxFindings) notes.push({ file, line, problem })
    },
    result: () => ({ findings, furtherFindings, notes }),
  }
}

function readOutside({ anchors = [], heads = [] }: VerifyOptions) {
  return [
    ...anchors.map((place) => ({ place, by: 'the anchor in the store' })),
    ...heads.map((head) => {
      const place = parsePlace(head)
      if (place !== undefined && parseFileName(place.file) !== undefined)
        return { place, by: 'the given head' }
      throw gatewayErrors.ERR_GATEWAY_OPTION({
        option: 'heads',
        problem: 'must be heads as the gateway writes them: FILE:NUMBER:MAC',
      })
    }),
  ]
}

function readFrom(name: string): AuditFileName {
  const from = parseFileName(name)
  if (from !== undefined) return from
  throw gatewayErrors.ERR_GATEWAY_OPTION({
    option: 'from',
    problem: 'must be the name of a file of the log, without its folder',
  })
}

const unreadable = (folder: string, problem: string, cause?: unknown) =>
  gatewayErrors.ERR_GATEWAY_AUDIT_UNREADABLE({ source: folder, problem }, { cause })

const plural = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`
