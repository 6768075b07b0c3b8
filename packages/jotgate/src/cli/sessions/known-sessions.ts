import { isJotgateError } from '../../errors/index.ts'
import type { ProxySession } from '../../qlik/index.ts'
import type { Call } from '../command.ts'
import type { Place } from './site.ts'

/** A session, and where it is. */
export interface KnownSession {
  readonly session: ProxySession
  readonly place: Place
}

/** What every place said, and how many of them said nothing. */
export interface Asked<Value> {
  readonly values: readonly Value[]
  readonly failed: number
}

/**
 * Asks one place after the other; what fails at one is told, and does not stop the rest.
 *
 * @param work what is done, for the progress: `asked`
 */
export async function askEach<Value, Of>(
  call: Call,
  all: readonly Of[],
  {
    work,
    nameOf,
    ask,
  }: { work: string; nameOf: (one: Of) => string; ask: (one: Of) => Promise<readonly Value[]> },
): Promise<Asked<Value>> {
  const { terminal } = call
  const values: Value[] = []
  let failed = 0
  for (const [at, one] of all.entries()) {
    call.signal.throwIfAborted()
    if (terminal.stderrIsTerminal) terminal.showProgress(`${at} of ${all.length} ${work}`)
    try {
      values.push(...(await ask(one)))
    } catch (error) {
      if (!isJotgateError(error)) throw error
      failed += 1
      if (terminal.stderrIsTerminal) terminal.showProgress('')
      call.note(`failed: ${nameOf(one)}: ${error.message}`)
    }
  }
  if (terminal.stderrIsTerminal) terminal.showProgress('')
  return { values, failed }
}

/** The name of a place, for people. */
export const nameOfPlace = ({ node, prefix }: Place) =>
  prefix === '' ? `${node}, default virtual proxy` : `${node}, virtual proxy ${prefix}`

/** All sessions that the places have. */
export function listKnown(call: Call, places: readonly Place[]): Promise<Asked<KnownSession>> {
  return askEach(call, places, {
    work: 'virtual proxies asked',
    nameOf: nameOfPlace,
    ask: async (place) =>
      (await place.api.listSessions(place.prefix)).map((session) => ({ session, place })),
  })
}

/** SECURITY: the ID is the value of the session's cookie, so only its beginning is shown. */
export const shownId = ({ sessionId }: ProxySession) => sessionId.slice(0, 8)

export const userOf = ({ userDirectory, userId }: ProxySession) => `${userDirectory}\\${userId}`

/** A session as --json has it. */
export const toJson = ({ session, place }: KnownSession) => ({
  user: userOf(session),
  session: shownId(session),
  prefix: place.prefix,
  node: place.node,
})
