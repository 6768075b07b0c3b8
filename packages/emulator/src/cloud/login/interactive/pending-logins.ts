import { newTextId } from '../../identifiers.ts'
import type { VouchedPerson } from '../vouched-person.ts'

/** A log-in on its way through the identity provider. */
interface PendingLogin {
  readonly returnTo: string
  readonly startedAtMs: number
  readonly hint: string | undefined
}

/** What the identity provider says when it sends the browser back. */
interface Vouching extends VouchedPerson {
  readonly isMember: boolean
}

/** Log-ins that have begun, by state, and what was vouched for, by code. Each is taken once. */
export interface PendingLogins {
  begin(login: PendingLogin): string
  find(state: string): PendingLogin | undefined
  vouch(state: string, person: Vouching): string
  /** Ends a log-in: with the person, when the code belongs to the state. */
  take(
    state: string,
    code: string | undefined,
  ): { login: PendingLogin; person?: Vouching } | undefined
}

const lifetimeMs = 10 * 60_000
const maximumPending = 10_000

export function createPendingLogins(): PendingLogins {
  const logins = new Map<string, PendingLogin>()
  const codes = new Map<string, { state: string; person: Vouching }>()
  return {
    begin(login) {
      for (const [state, { startedAtMs }] of logins) {
        if (logins.size < maximumPending && login.startedAtMs - startedAtMs < lifetimeMs) break
        logins.delete(state)
      }
      const state = newTextId()
      logins.set(state, login)
      return state
    },
    find: (state) => logins.get(state),
    vouch(state, person) {
      const code = newTextId()
      codes.set(code, { state, person })
      return code
    },
    take(state, code) {
      const login = logins.get(state)
      if (login === undefined) return undefined
      logins.delete(state)
      const vouched = code === undefined ? undefined : codes.get(code)
      if (code !== undefined) codes.delete(code)
      return vouched?.state === state ? { login, person: vouched.person } : { login }
    },
  }
}
