import { JotgateError } from '../../errors/index.ts'
import { failure } from '../failure.ts'
import { ignore } from '../ignore.ts'
import { browserError } from '../immediate-errors.ts'
import {
  type ConnectionEvent,
  type ConnectionState,
  type Ended,
  type EndedReason,
  isWaitingReason,
  type WaitingReason,
} from '../reasons.ts'
import type { CheckedOptions } from './direct-options.ts'
import type { QlikSession } from './direct-product.ts'
import { getHostToken } from './host-token.ts'
import { createStepRunner, tell } from './login-step.ts'
import { listenToPage } from './page-events.ts'
import type { HostToken } from './peer.ts'
import { joinTabs, type News } from './tabs.ts'

/** The session of this page as it was read last. */
export interface Login extends QlikSession {
  /** Counts the logins of the page. */
  readonly login: number
}

/** One connection of the page. */
export interface Member {
  readonly options: CheckedOptions
  readonly onEvent: (event: ConnectionEvent) => void
}

/** The login of this page at one Qlik, which all its connections share. */
export interface PageLogin {
  readonly state: ConnectionState
  /** Resolves with the first login. Fails for good when that does. */
  readonly opened: Promise<void>
  /** The login as it is now. Throws when it has ended. */
  current(): Login
  /** Whether who is logged in at Qlik was compared since the page was away. */
  isConfirmed(): boolean
  /** Resolves when that has been done. Fails when the login has ended. */
  confirmed(): Promise<void>
  /** Compares who is logged in at Qlik with this person. The login is renewed if it has expired. */
  confirm(): Promise<void>
  /** Notes that Qlik has closed a socket: perhaps the session has ended, or another tab has a new CSRF token. */
  noteClosed(): void
  /** Notes that Qlik has just answered to the session. */
  noteAlive(): void
  /** Ends it here and in other tabs, and the session at Qlik. */
  signOut(): Promise<void>
  join(member: Member): void
  /** The last one that leaves ends it, without ending the session at Qlik. */
  leave(member: Member): void
}

/**
 * Logs in and keeps the login.
 *
 * Qlik's cookies belong to the browser, not to the person: on a shared computer, or after a change of user in
 * the application, its session may be somebody else's. So a session is used only when Qlik names the person
 * of the application's fresh token, and the two are compared again whenever they may have parted.
 *
 * @param first whose options log in
 * @param site names this Qlik to the other tabs
 * @param onEnd hears that it is over, for whatever reason
 */
export function createPageLogin(first: Member, site: string, onEnd: () => void): PageLogin {
  const members = new Set([first])
  let state: ConnectionState = { state: 'connected' }
  let session: Login | undefined
  /** The end of the signature that was given to Qlik last: enough to know a token again, no use to anybody. */
  let usedSignature: string | undefined
  let openedAt = 0
  let aliveAt = 0
  let failures = 0
  let notBefore = 0
  /** How often the page was away, and for how many of these times the person was compared afterwards. */
  let absences = 0
  let confirmedAbsences = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let working: Promise<void> | undefined

  const options = () => ([...members].at(-1) ?? first).options
  const product = () => options().product
  const emit = (event: ConnectionEvent) => {
    for (const { onEvent } of members) tell(onEvent, event)
  }
  const inStep = createStepRunner((event) => {
    for (const { options } of members) tell(options.onStep, event)
  })
  const tabs = joinTabs(site, hear)
  const stopListening = listenToPage(doubt, () => state.state === 'waiting' && look())

  function assertOpen(): void {
    if (state.state === 'ended') throw state.error
  }

  /** A connection, which asks for it, exists from the first login on. */
  function current(): Login {
    assertOpen()
    return session as Login
  }

  async function logIn(): Promise<void> {
    const login = (session?.login ?? 0) + 1
    const isUsed = (token: string) => token.slice(-22) === usedSignature
    const host = await inStep('token', login, () => getHostToken(options(), isUsed))
    assertOpen()
    if (session && !product().isOf(host.claims, session)) throw otherPerson('the application')
    const entered = await tabs.duringLogin(options().timeoutMs, () => enter(host, login))
    assertOpen()
    session = { ...entered, login }
    if (login > 1) emit({ state: 'renewed', login })
  }

  /** Gives a session of this person: the one that the browser has, or a new one. */
  async function enter(host: HostToken, login: number): Promise<QlikSession> {
    const isOf = (found: QlikSession) => product().isOf(host.claims, found)
    const present = await inStep('session', login, async () => {
      const since = tabs.sessionSince()
      const found = (session ?? since) ? await product().readSession(session) : undefined
      if (found && isOf(found) && !product().sendsEveryToken) {
        openedAt = since ?? 0
        return found
      }
      // A page that was this person's stays theirs; a new page takes over from whoever was there before.
      if (found && session) assertSame(found)
      assertOpen()
      usedSignature = host.token.slice(-22)
      await product().openSession(host)
      return undefined
    })
    return inStep('csrf-token', login, async () => {
      if (present) return present
      const opened = await product().readSession(session)
      if (!opened) {
        const { url } = product().peer
        throw await failure('ERR_BROWSER_COOKIES_BLOCKED', { reason: 'cookies-blocked', url })
      }
      if (!isOf(opened)) throw otherPerson('Qlik')
      if (session) assertSame(opened)
      openedAt = Date.now()
      tabs.noteSession(true)
      tabs.tell('changed')
      return opened
    })
  }

  function assertSame({ person }: QlikSession): void {
    if (person !== current().person) throw otherPerson('Qlik')
  }

  /** The rule is in docs/decisions/0007: another person ends the login, and so does nobody. */
  async function compare(): Promise<void> {
    const found = await product().readSession(session)
    assertOpen()
    if (found) {
      assertSame(found)
      session = { ...current(), ...found }
    } else if (Date.now() < product().safeUntil(aliveAt, openedAt)) throw signedOut()
    else await logIn()
  }

  /** One piece of work at a time. */
  function run(task: () => Promise<void>): Promise<void> {
    if (working) return working
    if (state.state === 'waiting' && Date.now() < notBefore) return Promise.reject(state.error)
    clearTimeout(timer)
    const since = absences
    working = task()
      .then(() => {
        confirmedAbsences = since
        failures = 0
        aliveAt = Date.now()
        const { readInMs } = current()
        state = { state: 'connected' }
        if (readInMs) timer = setTimeout(look, readInMs)
      }, onFailure)
      .finally(() => {
        working = undefined
      })
    return working
  }

  function onFailure(error: unknown): never {
    // The first login does not wait: `connect` fails, and the page decides.
    if (!session) stop()
    else if (state.state !== 'ended' && error instanceof JotgateError) {
      const { reason, retryAfterSeconds } = error.details as FailureDetails
      if (isWaitingReason(reason)) wait(reason, error, retryAfterSeconds)
      else {
        tabs.tell('changed')
        end(error, reason)
      }
    }
    throw error
  }

  function wait(reason: WaitingReason, error: JotgateError, retryAfterSeconds = 0): void {
    failures += 1
    const askedMs = retryAfterSeconds * 1000
    notBefore = Date.now() + askedMs
    // As long as the answer asks; or twice as long after each failure, up to a minute, and not all pages at once.
    const backOffMs = Math.min(60_000, 1000 * 2 ** failures) * (0.5 + Math.random() / 2)
    const retryInMs = askedMs || backOffMs
    state = { state: 'waiting', reason, error, retryInMs }
    timer = setTimeout(look, retryInMs)
    emit(state)
  }

  function look(): void {
    run(compare).catch(ignore)
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

  /** What was certain is not certain now: the page was away, or another tab has news. */
  function doubt(): void {
    if (!session) return
    absences += 1
    confirmed().catch(ignore)
  }

  const isConfirmed = () => confirmedAbsences === absences

  async function confirmed(): Promise<void> {
    assertOpen()
    while (!isConfirmed()) {
      // What began before the page was away says nothing of now.
      await run(compare)
      assertOpen()
    }
  }

  function hear(news: News): void {
    if (news === 'changed') doubt()
    else if (session) end(signedOut(), 'signed-out')
  }

  return {
    get state() {
      return state
    },
    opened: run(logIn),
    current,
    isConfirmed,
    confirmed,
    confirm: () => run(compare),
    async noteClosed() {
      // What began before the socket closed says nothing of now.
      await working?.catch(ignore)
      if (state.state === 'connected') await run(compare).catch(ignore)
    },
    noteAlive() {
      aliveAt = Date.now()
    },
    async signOut() {
      // Whoever is logged in at Qlik now is not to be signed out by this page.
      if ((state as Partial<Ended>).reason === 'other-person') return
      tabs.noteSession(false)
      if (state.state !== 'ended') tabs.tell('signed-out')
      end(signedOut(), 'signed-out')
      // A login under way would otherwise open a session after the logout.
      await working?.catch(ignore)
      await product().endSession()
    },
    join: (member) => members.add(member),
    leave(member) {
      members.delete(member)
      if (members.size === 0)
        end(browserError('ERR_BROWSER_CLOSED', { reason: 'closed' }), 'closed')
    },
  }
}

/** What the errors of a login have in their details. */
interface FailureDetails {
  readonly reason: WaitingReason | EndedReason
  readonly retryAfterSeconds?: number
}

const otherPerson = (at: 'the application' | 'Qlik') =>
  browserError('ERR_BROWSER_USER_CHANGED', { reason: 'other-person', at })

const signedOut = () => browserError('ERR_BROWSER_LOGGED_OUT', { reason: 'signed-out' })
