import type { Logger } from 'pino'
import { isJotgateError } from '../../errors/index.ts'
import { systemCode, watchFiles } from '../../files/index.ts'
import type { Registry } from '../metrics/registry.ts'

/** Files that the gateway reads now, and again when they change. */
export interface ReloadOptions {
  /** Names them in the log and in metrics: `signing key`. */
  readonly name: string
  readonly files: readonly string[]
  /**
   * Reads them and takes what they hold. When it throws, the gateway goes on with what it had, and tries again.
   *
   * @returns of certificates, when the first of them expires: milliseconds since 1970
   */
  load(): Promise<{ readonly expiresAt?: number | undefined } | undefined>
}

/** The files that a gateway watches. */
export interface Reloads {
  /** @throws what the first `load` throws */
  add(options: ReloadOptions): Promise<void>
  close(): void
}

/** Watches files, and tells of them in the log and in metrics. */
export function createReloads({
  log,
  registry,
}: {
  log: Pick<Logger, 'info' | 'warn'>
  registry: Registry
}): Reloads {
  const watches: { close(): void }[] = []
  const problems = new Map<string, string | undefined>()
  const ends = new Map<string, number>()
  let isClosed = false
  const outcomes = registry.counter({
    name: 'jotgate_reloads_total',
    help: 'Keys and certificates that were read again, by outcome: done or failed.',
    label: 'outcome',
    values: ['done', 'failed'],
  })
  registry.gauges({
    name: 'jotgate_reload_failing',
    help: 'Whether files cannot be read, so that what they held before is used.',
    label: 'files',
    read: () => [...problems].map(([name, problem]) => [name, problem === undefined ? 0 : 1]),
  })
  registry.gauges({
    name: 'jotgate_certificate_expiry_timestamp_seconds',
    help: 'When the first certificate of some files expires, in seconds since 1970.',
    label: 'files',
    read: () => [...ends].map(([name, at]) => [name, at / 1000]),
  })

  return {
    async add({ name, files, load }) {
      const watch = await watchFiles({
        files,
        async load() {
          const { expiresAt } = (await load()) ?? {}
          if (expiresAt === undefined) ends.delete(name)
          else ends.set(name, expiresAt)
        },
        onLoaded() {
          outcomes.add('done')
          problems.set(name, undefined)
          log.info({ event: 'reloaded', files: name }, 'Files have changed and are in use')
        },
        onFailure(error) {
          outcomes.add('failed')
          const problem = problemOf(error)
          if (problem !== problems.get(name))
            log.warn(
              { event: 'reload-failed', files: name, problem },
              'Files have changed and cannot be read: what they held before stays in use',
            )
          problems.set(name, problem)
        },
      })
      problems.set(name, undefined)
      watches.push(watch)
      if (isClosed) watch.close()
    },
    close() {
      isClosed = true
      for (const watch of watches) watch.close()
    },
  }
}

/** What is known of an error without what may be secret: an error of the system may hold a part of a file. */
function problemOf(error: unknown): string {
  return isJotgateError(error) ? error.message : `failed (${systemCode(error)})`
}
