import { isJotgateError } from '../../errors/index.ts'
import {
  callAs,
  endSession,
  type QlikSession,
  type RestAnswer,
  type RestCall,
} from '../../qlik/index.ts'
import type { Call } from '../command.ts'
import type { Opened, SessionOpener } from './credentials.ts'
import { retryOn429 } from './retry-on-429.ts'

/** A session that is opened when it is needed, and once more for a call that finds it ended. */
export interface RestClient {
  call(request: RestCall): Promise<RestAnswer>
  session(): Promise<QlikSession>
  /** The token that opened it; none for a session that was there before. */
  token(): string | undefined
  /** Ends the session at Qlik; a failure to do so does not fail the call before. */
  end(): Promise<void>
}

/** The caller has their answer, or has stopped waiting for one. */
const endTimeoutMs = 5000

/**
 * Makes calls as a user. 401 and 429 say that a call was not carried out, so it is sent again, whatever its
 * method; after any other failure nothing is.
 */
export async function createRestClient(
  opener: SessionOpener,
  { note, signal }: Pick<Call, 'note' | 'signal'>,
): Promise<RestClient> {
  let current: Opened | undefined
  const opened = async () => {
    current ??= await retryOn429(() => opener.open(), { note, signal })
    return current.session
  }
  const call = async (request: RestCall) => {
    const session = await opened()
    const { timeoutMs, how } = opener
    const options = { ...how, timeoutMs, signal, ...request }
    return retryOn429(() => callAs(session, options), { note, signal })
  }
  return {
    async call(request) {
      try {
        return await call(request)
      } catch (error) {
        if (!isJotgateError(error, 'ERR_QLIK_NOT_LOGGED_IN') || !opener.again) throw error
        note('note: the session has ended at Qlik (401); a new one is opened')
        current = undefined
        return await call(request)
      }
    },
    session: opened,
    token: () => current?.token,
    async end() {
      if (current === undefined || opener.stays) return
      const timeoutMs = Math.min(endTimeoutMs, opener.timeoutMs)
      await endSession({ ...opener.how, session: current.session, timeoutMs }).catch(
        () => undefined,
      )
    },
  }
}
