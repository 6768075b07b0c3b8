import { browserErrors } from '../errors.ts'
import { getCsrfToken, openQlikSession } from './cloud/login.ts'
import type { DirectOptions } from './direct-options.ts'
import { getHostToken } from './host-token.ts'
import { createStepRunner } from './login-step.ts'

/** The session that Qlik's cookies in this browser stand for. */
export interface DirectSession {
  /** Counts the logins, so that many requests that fail at once log in once. */
  login: number
  csrfToken: string
}

/** Keeps a session of one person. */
export interface SessionKeeper {
  /** The session as it is now. Throws after a logout. */
  current(): DirectSession
  /** Logs in again, unless another request has done so since `login`. */
  renewLogin(login: number): Promise<void>
  /** Asks for a new CSRF token, unless another request has done so since `csrfToken`. */
  renewCsrfToken(csrfToken: string): Promise<void>
  /** From here on nothing logs in any more, and no login is under way. */
  close(): Promise<void>
}

/**
 * Logs in and keeps the session.
 *
 * It logs in always, even where a session at Qlik exists already. Qlik's cookies belong to the browser, not to the
 * person: on a shared computer, or after a change of user in the application, that session may be
 * somebody else's, and nothing in this browser could tell. The application's fresh token does tell.
 */
export async function createSessionKeeper(options: DirectOptions): Promise<SessionKeeper> {
  let ended: (() => Error) | undefined
  let loggingIn: Promise<void> | undefined
  let renewing: Promise<void> | undefined

  const assertOpen = () => {
    if (ended !== undefined) throw ended()
  }

  const inStep = createStepRunner(options.onStep)
  const askHost = (login: number) => inStep('token', login, () => getHostToken(options))
  const enter = async (token: string, login: number): Promise<DirectSession> => {
    await inStep('session', login, () => openQlikSession(token, options))
    const csrfToken = await inStep('csrf-token', login, () => getCsrfToken(options, true))
    return { login, csrfToken }
  }

  const first = await askHost(1)
  const { subject } = first
  let session = await enter(first.token, 1)

  const logIn = async () => {
    const login = session.login + 1
    const { token, subject: now } = await askHost(login)
    assertOpen()
    // What the page shows is the first person's: it must not fill up with the data of the next.
    if (now !== subject) {
      ended = () => browserErrors.ERR_BROWSER_USER_CHANGED({})
      throw ended()
    }
    session = await enter(token, login)
  }

  const renewToken = async (login: number) => {
    const csrfToken = await getCsrfToken(options, false)
    // A login that came in between has brought a token of its own.
    if (session.login === login) session = { login, csrfToken }
  }

  return {
    current: () => {
      assertOpen()
      return session
    },
    // Who comes while a renewal is under way waits for that one, and fails with it.
    renewLogin: async (login) => {
      assertOpen()
      if (session.login !== login) return
      loggingIn ??= logIn().finally(() => {
        loggingIn = undefined
      })
      await loggingIn
    },
    renewCsrfToken: async (csrfToken) => {
      assertOpen()
      if (session.csrfToken !== csrfToken) return
      renewing ??= (loggingIn ?? renewToken(session.login)).finally(() => {
        renewing = undefined
      })
      await renewing
    },
    close: async () => {
      ended = () => browserErrors.ERR_BROWSER_LOGGED_OUT({})
      // A login under way would otherwise open a session behind the logout.
      await loggingIn?.catch(() => undefined)
    },
  }
}
