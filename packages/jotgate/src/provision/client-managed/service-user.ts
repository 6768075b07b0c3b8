import { setTimeout as waitFor } from 'node:timers/promises'
import {
  type CallOptions,
  createRepository,
  endSession,
  isJotgateError,
  openSession,
  type QlikSession,
  type Repository,
} from '../../qlik/index.ts'
import type { ClientManagedDeployment, Signer } from '../../token/index.ts'
import { provisionErrors } from '../errors.ts'

/** What `openServiceUser` takes, beside what holds for each call. */
export interface ServiceUserOptions extends CallOptions {
  /** The virtual proxy by which the service user logs in. */
  deployment: ClientManagedDeployment
  /** Of the deployment: it signs the service user's tokens. */
  signer: Pick<Signer, 'sign'>
  user: { readonly directory: string; readonly id: string }
  /** Waits between logins while the proxy restarts. A timer when omitted. */
  wait?: (ms: number) => Promise<unknown>
}

/** The repository as a service user has it. */
export interface ServiceUser {
  /** Logs in again by itself where a change of the virtual proxy has ended the session. */
  readonly repository: Repository
  /** By which it came in, for other calls: a change of the virtual proxy ends it. */
  readonly session: QlikSession
  /** Ends the session. */
  close(): Promise<void>
}

/** How long a proxy may take to restart: users report half a minute. */
const restartSeconds = 60

/**
 * Logs a service user in by a virtual proxy with JWT, so that the repository can be called without a client
 * certificate, within the security rules.
 *
 * A change of the virtual proxy ends the session by which it was made, and a link may restart the proxy. So a call
 * that finds the session gone is made once more with a new one, for which the proxy has a minute after a change. A call that changes
 * something is repeated only where Qlik has said that nobody was logged in.
 *
 * @param options see `ServiceUserOptions`
 * @throws ERR_PROVISION_SERVICE_USER when they cannot log in, as before the virtual proxy is there
 * @see https://help.qlik.com/en-US/sense-developer/, Connect to the Repository Service API
 * @example
 * import { type ClientManagedDeployment, createSigner, type SigningKey } from 'jotgate'
 * import { openServiceUser } from 'jotgate/provision'
 *
 * async function listPrefixes(deployment: ClientManagedDeployment, key: SigningKey) {
 *   const user = { directory: 'SERVICE', id: 'jotgate' }
 *   const signer = createSigner({ deployment, key })
 *   const { repository, close } = await openServiceUser({ deployment, signer, user })
 *   const prefixes = (await repository.listVirtualProxies()).map(({ prefix }) => prefix)
 *   await close()
 *   return prefixes
 * }
 */
export async function openServiceUser(options: ServiceUserOptions): Promise<ServiceUser> {
  const { deployment, signer, user, wait = waitFor, ...calls } = options
  const enter = async (): Promise<QlikSession> => {
    const { directory, id } = user
    const { token } = await signer.sign({ subject: id, directory, name: id })
    return openSession({ ...calls, deployment, token })
  }
  let hasWritten = false
  const enterAgain = async (): Promise<QlikSession> => {
    const tries = hasWritten ? restartSeconds : 1
    for (let made = 1; ; made += 1) {
      try {
        return await enter()
      } catch (error) {
        if (made === tries || !isJotgateError(error)) throw refusedBy(options, error)
        await wait(1000)
        calls.signal?.throwIfAborted()
      }
    }
  }
  const open = (session: QlikSession) => ({
    session,
    repository: createRepository({ ...calls, session }),
  })
  let current = open(
    await enter().catch((error: unknown) => {
      throw isJotgateError(error) ? refusedBy(options, error) : error
    }),
  )
  let reopening: Promise<void> | undefined
  /** A new session in place of one that is gone; calls that find it gone together share one. */
  const renew = async (gone: typeof current) => {
    if (gone !== current) return
    reopening ??= enterAgain()
      .then((session) => {
        current = open(session)
      })
      .finally(() => {
        reopening = undefined
      })
    await reopening
  }
  const call = async (name: keyof Repository, args: readonly unknown[]): Promise<unknown> => {
    const used = current
    hasWritten ||= !isRead(name)
    try {
      return await methodOf(used.repository, name)(...args)
    } catch (error) {
      if (!mayRepeat(name, error)) throw error
      await renew(used)
      return methodOf(current.repository, name)(...args)
    }
  }
  const { session } = current
  const names = Object.keys(current.repository) as (keyof Repository)[]
  const repository = Object.fromEntries(
    names.map((name) => [name, (...args: readonly unknown[]) => call(name, args)]),
  )
  return {
    repository: Object.freeze(repository) as unknown as Repository,
    session,
    async close() {
      await endSession({ ...calls, session: current.session })
    },
  }
}

const methodOf = (repository: Repository, name: keyof Repository) =>
  repository[name] as (...args: readonly unknown[]) => Promise<unknown>

/** Reading can be repeated whatever became of it; writing only where it was not done. */
function mayRepeat(name: string, error: unknown): boolean {
  if (isJotgateError(error, 'ERR_QLIK_NOT_LOGGED_IN')) return true
  const isLost =
    isJotgateError(error, 'ERR_QLIK_UNREACHABLE') || isJotgateError(error, 'ERR_QLIK_BROKEN_OFF')
  return isLost && isRead(name)
}

const isRead = (name: string) => /^(?:list|get|read)/.test(name)

function refusedBy({ user, deployment }: ServiceUserOptions, cause: unknown) {
  return provisionErrors.ERR_PROVISION_SERVICE_USER(
    {
      user: `${user.directory}\\${user.id}`,
      prefix: deployment.prefix,
      reason: cause instanceof Error ? cause.message : 'it failed',
    },
    { cause },
  )
}
