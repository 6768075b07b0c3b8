import { isJotgateError, type JotgateError } from '../../errors/index.ts'
import { browserErrors } from '../errors.ts'
import {
  type ConnectionEvent,
  type ConnectionState,
  type EndedReason,
  isEndedReason,
  isWaitingReason,
  reasonOf,
  type Waiting,
} from '../reasons.ts'
import { endQlikSession, openQlikSession, readQlikSession } from './cloud/session.ts'
import type { DirectOptions } from './direct-options.ts'
import { getHostToken, type HostToken } from './host-token.ts'
import { createStepRunner, tellAll } from './login-step.ts'
import { listenToPage } from './page-events.ts'
import { pageOrigin } from './page-globals.ts'
import { joinTabs, type News } from './tabs.ts'

/** A login of this page: which one it is, and the CSRF token that is valid now. */
export interface Login {
  /** Counts the logins, so that many requests that fail at once log in once. */
  readonly login: number
  readonly csrfToken: string
}

/** One connection of the page. */
export interface Member {
  readonly options: DirectOptions
  readonly onEvent: (event: ConnectionEvent) => void
}

/** The login of this page at one Qlik, which all its connections share. */
export interface PageLogin {
  readonly state: ConnectionState
  /** Resolves with the first login. Fails for good when that does. */
  readonly opened: Promise<void>
  /** The login as it is now. Throws when it has ended. */
  current(): Login
  /** Whether it is certain that Qlik's session is still this person's. */
  isConfirmed(): boolean
  /** Resolves when that is certain, after the page was away. Fails when it has ended. */
  confirmed(): Promise<void>
  /**
   * Compares who is logged in at Qlik with this person, and takes the CSRF token of now.
   *
   * @param mayBeSignOut whether a session that is gone without having expired ends the login
   */
  confirm(mayBeSignOut: boolean): Promise<void>
  /** Notes that Qlik has just answered to the session. */
  noteAlive(): void
  /** Logs in again, unless that has been done since `login`. */
  renew(login: number): Promise<void>
  /** Ends it here and in other tabs, and the session at Qlik. */
  signOut(): Promise<void>
  join(member: Member): void
  /** The last one that leaves ends it, without ending the session at Qlik. */
  leave(member: Member): void
}

/** Qlik's shortest inactivity timeout, and the shortest time that a session lasts: before, it cannot have expired. */
const minInactivityMs = 15 * 60_000
const minLifespanMs = 60 * 60_000

/**
 * Logs in and keeps the login.
 *
 * Qlik's cookies belong to the browser, not to the person: on a shared computer, or after a change of user in
 * the application, its session may be somebody else's. So a session is used only when Qlik names the person
 * of the application's fresh token, and the two are compared again whenever they may have parted.
 *
 * @param first whose options log in
 * @param onEnd hears that it is over, for whatever reason
 */
export function createPageLogin(first: Member, onEnd: () => void): PageLogin {
  const { url } = first.options
  const members = new Set([first])
  let state: ConnectionState = { state: 'connected' }
  let session: Login | undefined
  let subject: string | undefined
  /** The end of the signature that was given to Qlik last: enough to know a token again, no use to anybody. */
  let usedSignature: string | undefined
  let openedAt = 0
  let aliveAt = 0
  let failures = 0
  let notBefore = 0
  let isConfirmed = true
  let timer: ReturnType<typeof setTimeout> | undefined
  let working: { readonly isLogin: boolean; readonly done: Promise<void> } | undefined
  let again = logIn

  const options = () => [...members].at(-1)?.options ?? first.options
  const emit = (event: ConnectionEvent) =>
    tellAll(
      [...members].map((one) => one.onEvent),
      event,
    )
  const inStep = createStepRunner((event) =>
    tellAll(
      [...members].map((one) => one.options.onStep),
      event,
    ),
  )
  const tabs = joinTabs(url, hear)
  const stopListening = listenToPage(wake, retryNow)

  function assertOpen(): void {
    if (state.state === 'ended') throw state.error
  }

  function current(): Login {
    assertOpen()
    if (session === undefined) throw new TypeError('The first login is still under way')
    return session
  }

  async function logIn(): Promise<void> {
    const login = (session?.login ?? 0) + 1
    const used = (token: string) => token.slice(-22) === usedSignature
    const host = await inStep('token', login, () => getHostToken(options(), used))
    assertOpen()
    if (subject !== undefined && host.subject !== subject) throw otherPerson('the application')
    subject = host.subject
    const csrfToken = await tabs.duringLogin(options().timeoutMs, () => enter(host, login))
    assertOpen()
    session = { login, csrfToken }
    if (login > 1) emit({ state: 'renewed', login })
  }

  /** Gives the CSRF token of a session of this person: one that the browser has, or a new one. */
  async function enter(host: HostToken, login: number): Promise<string> {
    const present = await inStep('session', login, async () => {
      const since = tabs.sessionSince()
      const mayReuse = session !== undefined || since !== undefined
      const found = mayReuse ? await readQlikSession(options()) : undefined
      if (found?.subject === host.subject) {
        openedAt = since ?? 0
        return found
      }
      // A page that was this person's stays theirs; a new page takes over from whoever was there before.
      if (found !== undefined && session !== undefined) throw otherPerson('Qlik')
      assertOpen()
      usedSignature = host.token.slice(-22)
      await openQlikSession(host, options())
      return undefined
    })
    return inStep('csrf-token', login, async () => {
      if (present !== undefined) return present.csrfToken
      const opened = await readQlikSession(options())
      if (opened === undefined) throw cookiesBlocked(url)
      if (opened.subject !== host.subject) throw otherPerson('Qlik')
      openedAt = Date.now()
      tabs.noteSession(true)
      tabs.tell('changed')
      return opened.csrfToken
    })
  }

  async function compare(mayBeSignOut: boolean): Promise<void> {
    const found = await readQlikSession(options())
    assertOpen()
    if (found === undefined) {
      if (mayBeSignOut && !mayHaveExpired()) throw signedOut()
      return logIn()
    }
    if (found.subject !== subject) throw otherPerson('Qlik')
    session = { ...current(), csrfToken: found.csrfToken }
  }

  function mayHaveExpired(): boolean {
    const now = Date.now()
    return now - aliveAt >= minInactivityMs || now - openedAt >= minLifespanMs
  }

  /** One piece of work at a time. */
  function run(task: () => Promise<void>): Promise<void> {
    if (working !== undefined) return working.done
    if (state.state === 'waiting' && Date.now() < notBefore) return Promise.reject(state.error)
    clearTimeout(timer)
    again = task
    const done = task()
      .then(onSuccess, onFailure)
      .finally(() => {
        working = undefined
      })
    working = { isLogin: task === logIn, done }
    return done
  }

  function onSuccess(): void {
    isConfirmed = true
    failures = 0
    aliveAt = Date.now()
    if (state.state === 'waiting') state = { state: 'connected' }
  }

  function onFailure(error: unknown): never {
    const reason = reasonOf(error)
    // The first login does not wait: `connect` fails, and the page decides.
    if (session === undefined) stop()
    else if (!isJotgateError(error)) throw error
    else if (isWaitingReason(reason)) wait(reason, error)
    else if (isEndedReason(reason)) {
      if (state.state !== 'ended') tabs.tell('changed')
      end(error, reason)
    }
    throw error
  }

  function wait(reason: Waiting['reason'], error: JotgateError): void {
    failures += 1
    const { retryAfterSeconds } = error.details as { retryAfterSeconds?: number }
    const retryInMs = retryDelayMs(failures, retryAfterSeconds)
    notBefore = retryAfterSeconds === undefined ? 0 : Date.now() + retryInMs
    state = { state: 'waiting', reason, error, retryInMs }
    timer = setTimeout(retryNow, retryInMs)
    emit(state)
  }

  function retryNow(): void {
    if (state.state === 'waiting') run(again).catch(ignore)
  }

  function end(error: JotgateError, reason: EndedReason): void {
    if (state.state === 'ended') return
    state = { state: 'ended', reason, error }
    stop()
    emit(state)
  }

  function stop(): void {
    clearTimeout(timer)
    stopListening()
    tabs.close()
    onEnd()
  }

  /** What was certain is not certain now: another tab, or another person, may have been here. */
  function wake(): void {
    if (session === undefined) return
    isConfirmed = false
    run(compareAfterWake).catch(ignore)
  }

  function hear(news: News): void {
    if (news === 'changed') wake()
    else if (session !== undefined) end(signedOut(), 'signed-out')
  }

  const compareAfterWake = () => compare(true)
  const compareNow = () => compare(false)

  return {
    get state() {
      return state
    },
    opened: run(logIn),
    current,
    isConfirmed: () => isConfirmed,
    async confirmed() {
      assertOpen()
      if (!isConfirmed) await run(compareAfterWake)
      assertOpen()
    },
    confirm: (mayBeSignOut) => run(mayBeSignOut ? compareAfterWake : compareNow),
    noteAlive() {
      aliveAt = Date.now()
    },
    async renew(login) {
      // A comparison under way may log in, or find that somebody has.
      if (working !== undefined && !working.isLogin) await working.done.catch(ignore)
      if (current().login === login) await run(logIn)
    },
    async signOut() {
      // Whoever is logged in at Qlik now is not to be signed out by this page.
      if (state.state === 'ended' && state.reason === 'other-person') return
      const underWay = working?.done
      tabs.noteSession(false)
      if (state.state !== 'ended') tabs.tell('signed-out')
      end(signedOut(), 'signed-out')
      // A login under way would otherwise open a session after the logout.
      await underWay?.catch(ignore)
      await endQlikSession(options())
    },
    join: (member) => members.add(member),
    leave(member) {
      members.delete(member)
      if (members.size === 0) end(browserErrors.ERR_BROWSER_CLOSED({ reason: 'closed' }), 'closed')
    },
  }
}

/** Twice as long after each failure, up to a minute, and not all pages at once; or as long as the answer asks. */
function retryDelayMs(failures: number, retryAfterSeconds: number | undefined): number {
  if (retryAfterSeconds !== undefined) return retryAfterSeconds * 1000
  return Math.min(60_000, 1000 * 2 ** failures) * (0.5 + Math.random() / 2)
}

const ignore = () => undefined

const otherPerson = (at: 'the application' | 'Qlik') =>
  browserErrors.ERR_BROWSER_USER_CHANGED({ reason: 'other-person', at })

const signedOut = () => browserErrors.ERR_BROWSER_LOGGED_OUT({ reason: 'signed-out' })

const cookiesBlocked = (url: string) =>
  browserErrors.ERR_BROWSER_COOKIES_BLOCKED({
    reason: 'cookies-blocked',
    url,
    pageOrigin: pageOrigin(),
  })
