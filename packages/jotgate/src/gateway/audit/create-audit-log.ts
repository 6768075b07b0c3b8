import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { readWholeNumber, valueOrThrow } from '../../values/index.ts'
import { gatewayErrors } from '../errors.ts'
import type { Store } from '../store/store.ts'
import { folderError, prepareAuditFolder } from './audit-folder.ts'
import { encodeMembers, toMembers } from './audit-line.ts'
import type { AuditLog } from './audit-log.ts'
import { deriveChainKey, formatPlace } from './chain.ts'
import { createChainWriter } from './chain-writer.ts'
import { createDenialCounts } from './denial-counts.ts'
import { findEarlierBoots } from './earlier-boots.ts'
import { isNodeName, toBootTime } from './file-names.ts'
import { type CommitLimits, createGroupCommit } from './group-commit.ts'
import { type LogDisk, realDisk } from './log-file.ts'

/** What `createAuditLog` takes. */
export interface AuditLogOptions {
  /** A folder of its own; made with mode 0700 when it is missing. */
  readonly folder: string
  /** Chains the lines: 32 to 4096 bytes, which are not kept in the folder of the log. */
  readonly key: Uint8Array
  /** Keeps the anchor: how far the log was a second ago. */
  readonly store: Store
  /** How long the disk may take, in milliseconds, before the log is away. Default 1000, 100 to 60000. */
  readonly timeoutMs?: number | undefined
  /** Names this node in the names of files. Default the host's name. */
  readonly node?: string
  /** The time now, in milliseconds since 1970. Default `Date.now`. */
  readonly clock?: () => number
  /** Gets the head every minute in which it changed, for a place that this machine cannot change. Default: a line of JSON on stdout. */
  readonly writeHead?: (head: string) => void
  readonly limits?: Partial<AuditLimits>
  /** For tests. Default the disk of this machine. */
  readonly disk?: LogDisk
}

/** The bounds of an audit log. */
export interface AuditLimits extends CommitLimits {
  /** A file that is as long gets no further line. Default 64 MiB. */
  readonly maxFileBytes: number
  /** Pairs of address and reason whose denials are counted each for itself in a minute. Default 100. */
  readonly maxDenialPairs: number
}

const defaults: Omit<AuditLimits, 'timeoutMs'> = {
  retryMs: 1000,
  maxWaiting: 10_000,
  maxWaitingLength: 16_777_216,
  maxFileBytes: 67_108_864,
  maxDenialPairs: 100,
}

const anchorEveryMs = 1000
const headEveryMs = 60_000
/** How long an anchor is kept when no later boot links to its log. */
const anchorLifetimeMs = 10 * 365 * 86_400_000

/**
 * Opens the audit log: a new file for this boot, which names the end of the boot before.
 *
 * @throws ERR_GATEWAY_OPTION, ERR_GATEWAY_AUDIT when nothing can be written, ERR_GATEWAY_STORE
 */
export async function createAuditLog(options: AuditLogOptions): Promise<AuditLog> {
  const { folder, key, store, clock = Date.now, writeHead = toStdout, disk = realDisk } = options
  const limits = { ...defaults, timeoutMs: readTimeout(options.timeoutMs), ...options.limits }
  const node = options.node ?? defaultNode()
  checkOptions(folder, key, node)
  await prepareAuditFolder(folder, key)
  const boot = randomBytes(8).toString('hex')
  const { links, anchorIds } = await findEarlierBoots({ folder, key, node, store }).catch(
    folderError(folder),
  )
  const writer = createChainWriter({
    folder,
    key: deriveChainKey(key, boot),
    name: { node, bootTime: toBootTime(clock()), boot },
    links,
    disk,
    clock,
    maxFileBytes: limits.maxFileBytes,
  })
  await writer.write([]).catch(folderError(folder))
  const commit = createGroupCommit(
    (lines) => writer.write(lines),
    (members) => encodeMembers(members, clock()),
    limits,
  )
  const denials = createDenialCounts(limits.maxDenialPairs)

  let superseded = anchorIds
  let anchoring: Promise<void> | undefined
  let anchoredMac: string | undefined
  async function anchor(): Promise<void> {
    const { head } = writer
    if (head === undefined || head.mac === anchoredMac) return
    const at = clock()
    const expiresAt = at + anchorLifetimeMs
    await store.put('audit-anchor', { id: boot, record: { ...head, node, at }, expiresAt })
    anchoredMac = head.mac
    // The first line of this boot names where they ended, and this anchor covers that line.
    if (superseded.length > 0) await store.delete('audit-anchor', superseded)
    superseded = []
  }
  /** A store that is away says so itself, and the next second tries again. */
  function anchorOnce(): Promise<void> {
    anchoring ??= anchor()
      .catch(() => undefined)
      .finally(() => {
        anchoring = undefined
      })
    return anchoring
  }

  let toldMac: string | undefined
  function tellHead(): void {
    const { head } = writer
    if (head === undefined || head.mac === toldMac) return
    toldMac = head.mac
    writeHead(formatPlace(head))
  }
  /** While the log is away the counts go on, so that they take no further memory. */
  function writeDenials(): void {
    if (commit.healthy) for (const line of denials.take(clock())) commit.addLater(line)
  }
  const everySecond = setInterval(anchorOnce, anchorEveryMs).unref()
  const everyMinute = setInterval(() => {
    writeDenials()
    tellHead()
  }, headEveryMs).unref()
  await anchorOnce()

  return {
    async record(event) {
      await commit.add(toMembers(event, clock()))
    },
    recordLater: (event) => commit.addLater(toMembers(event, clock())),
    countDenial: denials.add,
    get healthy() {
      return commit.healthy
    },
    async close() {
      clearInterval(everySecond)
      clearInterval(everyMinute)
      writeDenials()
      commit.addLater(encodeMembers({ event: 'log-close' }, clock()))
      await commit.close()
      await anchoring
      await anchorOnce()
      tellHead()
      await writer.close()
    },
  }
}

function checkOptions(folder: unknown, key: unknown, node: string): void {
  const refuse = (option: string, problem: string) =>
    gatewayErrors.ERR_GATEWAY_OPTION({ option, problem })
  if (typeof folder !== 'string' || folder === '')
    throw refuse('audit.folder', 'must be the name of a folder')
  if (!(key instanceof Uint8Array) || key.length < 32 || key.length > 4096)
    throw refuse('audit.key', 'must be 32 to 4096 bytes, such as `openssl rand -out FILE 32` makes')
  if (!isNodeName(node))
    throw refuse('audit.node', 'must be 1 to 63 letters, digits, dots and hyphens')
}

function readTimeout(timeoutMs: unknown): number {
  const bounds = { min: 100, max: 60_000, fallback: 1000, unit: 'milliseconds' }
  const reading = readWholeNumber('audit.timeoutMs', timeoutMs, bounds)
  return valueOrThrow(reading, gatewayErrors.ERR_GATEWAY_OPTION)
}

/** Names of hosts may hold an underscore, which separates the parts of a file's name. */
function defaultNode(): string {
  const name = hostname()
    .replaceAll(/[^A-Za-z0-9.-]/g, '-')
    .slice(0, 63)
  return isNodeName(name) ? name : 'node'
}

function toStdout(head: string): void {
  process.stdout.write(`${JSON.stringify({ auditHead: head })}\n`)
}
