import { isJotgateError } from '../../errors/index.ts'
import { systemCode } from '../../files/index.ts'
import { gatewayErrors } from '../errors.ts'

/** How long is waited, and how much is kept meanwhile. */
export interface CommitLimits {
  /** Within this a line is durable, or its promise rejects. */
  readonly timeoutMs: number
  /** How long after a failure the next attempt is made. */
  readonly retryMs: number
  /** How many lines may wait at once, and their length in characters. */
  readonly maxWaiting: number
  readonly maxWaitingLength: number
}

/** Gathers the lines that come while others are written, so that one fsync serves all of them. */
export interface GroupCommit {
  /**
   * Resolves when the line is durable.
   *
   * @throws ERR_GATEWAY_AUDIT
   */
  add(line: string): Promise<void>
  /** Keeps the line until it can be written; beyond the bounds it is dropped, and counted. */
  addLater(line: string): void
  /** Whether the last attempt succeeded. */
  readonly healthy: boolean
  /** Makes a last attempt, and takes nothing more. */
  close(): Promise<void>
}

interface Waiting {
  readonly line: string
  readonly since: number
  /** Absent for a line that nobody waits for. */
  readonly settle?: { resolve(): void; reject(error: Error): void }
  /** Its promise was rejected while it was being written. */
  refused?: true
}

/**
 * Starts it.
 *
 * @param write writes lines one after another, all or none, and gives the number of the first
 * @param tell makes a line about lines: how many were dropped, or which ones came to the disk after their callers
 * were refused
 */
export function createGroupCommit(
  write: (lines: readonly string[]) => Promise<number>,
  tell: (members: Readonly<Record<string, unknown>>) => string,
  limits: CommitLimits,
): GroupCommit {
  let queue: Waiting[] = []
  let writing: Waiting[] = []
  let waitingLength = 0
  let dropped = 0
  let problem: string | undefined
  let isClosed = false
  let running: Promise<void> | undefined
  let expiry: NodeJS.Timeout | undefined
  let retry: NodeJS.Timeout | undefined

  const error = (cause?: unknown) =>
    gatewayErrors.ERR_GATEWAY_AUDIT({ problem: problem ?? 'is closed' }, { cause })

  const isFull = (line: string) =>
    queue.length + writing.length >= limits.maxWaiting ||
    waitingLength + line.length > limits.maxWaitingLength

  function put(waiting: Waiting): void {
    queue.push(waiting)
    waitingLength += waiting.line.length
    if (problem === undefined) run()
  }

  function run(): void {
    running ??= writeAll()
  }

  async function writeAll(): Promise<void> {
    // What comes in the same turn of the event loop is written together.
    await Promise.resolve()
    do await writeGathered()
    while (queue.length > 0 && problem === undefined)
    running = undefined
  }

  async function writeGathered(): Promise<void> {
    if (dropped > 0) {
      queue.unshift({ line: tell({ event: 'log-dropped', count: dropped }), since: now() })
      dropped = 0
    }
    writing = queue.splice(0, maxTogether)
    try {
      const first = await write(writing.map(({ line }) => line))
      problem = undefined
      const late = seqsOf(writing, first)
      for (const { settle } of writing) settle?.resolve()
      if (late.length > 0)
        queue.push({ line: tell({ event: 'log-late', lines: late }), since: now() })
    } catch (cause) {
      fail(cause)
    }
    writing = []
    waitingLength = queue.reduce((sum, { line }) => sum + line.length, 0)
  }

  /** Who waits is refused at once; what nobody waits for is kept for the next attempt. */
  function fail(cause: unknown): void {
    problem = problemOf(cause)
    const all = [...writing, ...queue]
    for (const { settle } of all) settle?.reject(error(cause))
    queue = all.filter(({ settle }) => settle === undefined)
    if (!isClosed) retry ??= setTimeout(again, limits.retryMs).unref()
  }

  function again(): void {
    retry = undefined
    run()
  }

  /** All wait equally long, so those that came first are first. */
  function expire(): void {
    expiry = undefined
    const latest = now() - limits.timeoutMs
    const isLate = ({ settle, since }: Waiting) => settle !== undefined && since <= latest
    const late = [...writing, ...queue].filter(isLate)
    if (late.length > 0) problem = `is not written within ${limits.timeoutMs} ms`
    for (const waiting of late) {
      waiting.refused = true
      waiting.settle?.reject(error())
    }
    queue = queue.filter((waiting) => !waiting.refused)
    watch()
  }

  function watch(): void {
    const next = [...writing, ...queue].find(({ settle, refused }) => settle && !refused)
    if (next !== undefined && expiry === undefined) {
      const left = next.since + limits.timeoutMs - now()
      // After the event loop was held, what the disk has finished meanwhile is heard first.
      expiry = setTimeout(() => setImmediate(expire), Math.max(left, 1)).unref()
    }
  }

  return {
    add(line) {
      if (isClosed || problem !== undefined) return Promise.reject(error())
      if (isFull(line)) {
        const overfull = 'has too many lines that wait to be written'
        return Promise.reject(gatewayErrors.ERR_GATEWAY_AUDIT({ problem: overfull }))
      }
      return new Promise((resolve, reject) => {
        put({ line, since: now(), settle: { resolve, reject } })
        watch()
      })
    },
    addLater(line) {
      if (isClosed) return
      if (isFull(line)) dropped += 1
      else put({ line, since: now() })
    },
    get healthy() {
      return problem === undefined && !isClosed
    },
    async close() {
      isClosed = true
      clearTimeout(retry)
      const finish = async () => {
        await running
        if (queue.length > 0) await writeGathered()
      }
      // A disk that hangs must not hold the process.
      await Promise.race([
        finish(),
        new Promise((resolve) => setTimeout(resolve, limits.timeoutMs).unref()),
      ])
      clearTimeout(expiry)
    },
  }
}

/** Sealing more at once would hold the event loop. */
const maxTogether = 1000

const now = () => performance.now()

/** The numbers of lines whose callers were refused, as `12` or `12-40`. */
function seqsOf(written: readonly Waiting[], first: number): readonly string[] {
  const ranges: [number, number][] = []
  for (const [index, { refused }] of written.entries()) {
    if (!refused) continue
    const seq = first + index
    const last = ranges.at(-1)
    if (last !== undefined && last[1] === seq - 1) last[1] = seq
    else ranges.push([seq, seq])
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`))
}

function problemOf(cause: unknown): string {
  if (isJotgateError(cause, 'ERR_GATEWAY_AUDIT')) return cause.details.problem
  return `cannot be written (${systemCode(cause)})`
}
