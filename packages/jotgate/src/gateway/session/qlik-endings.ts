import type { QlikSession } from '../../qlik/index.ts'
import { createQueue } from '../../token/index.ts'

/** Where failures are written that no request can be told of: what pino has of it. */
export interface UpstreamLog {
  warn(details: object, message: string): void
}

/** Ends sessions at Qlik, while nobody waits for it. */
export interface QlikEndings {
  /** Ends it, and tries once more when that fails. It never throws. */
  end(id: string, session: QlikSession): void
  /** Resolves when all is done that was asked for, or after so long. */
  done(timeoutMs: number): Promise<void>
}

const retryMs = 5000

/** A few at a time, so that the end of all sessions at once does not flood Qlik. */
export function createQlikEndings({
  endSession,
  log,
  onFailed,
}: {
  endSession(session: QlikSession): Promise<void>
  log?: UpstreamLog | undefined
  /** Hears of a session that lasts at Qlik. */
  onFailed?(id: string, error: unknown): void
}): QlikEndings {
  const underWay = new Set<Promise<void>>()
  const queue = createQueue({
    maxConcurrent: 10,
    maxQueued: 1_000_000,
    refusal: () => new Error('Too many sessions end at once'),
  })

  const tryOnce = (session: QlikSession): Promise<void> => queue.run(() => endSession(session))

  const endOrLog = async (id: string, session: QlikSession): Promise<void> => {
    try {
      await tryOnce(session)
    } catch {
      await new Promise<void>((resolve) => setTimeout(resolve, retryMs).unref())
      await tryOnce(session).catch((error: unknown) => {
        onFailed?.(id, error)
        log?.warn(
          { err: error, qlikSession: id },
          'The session could not be ended at Qlik: it lasts there until its own idle end',
        )
      })
    }
  }

  return {
    end(id, session) {
      const ending = endOrLog(id, session).finally(() => underWay.delete(ending))
      underWay.add(ending)
    },
    async done(timeoutMs) {
      let timer: ReturnType<typeof setTimeout> | undefined
      const timeout = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, timeoutMs)
      })
      await Promise.race([Promise.all(underWay), timeout])
      clearTimeout(timer)
    },
  }
}
