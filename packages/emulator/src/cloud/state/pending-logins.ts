import { newTextId } from './identifiers.ts'
import type { Person } from './people.ts'

/** A log-in on its way through the identity provider. */
interface PendingLogin {
  readonly returnTo: string
  readonly startedAtMs: number
  readonly hint: string | undefined
}

/** Log-ins that have begun, by state, and who was authenticated, by code. Each is used once. */
export interface PendingLogins {
  begin(login: PendingLogin): string
  find(state: string): PendingLogin | undefined
  authenticate(state: string, person: Person): string
  /** Ends a log-in: with the person, when the code belongs to the state. */
  take(
    state: string,
    code: string | undefined,
  ): { login: PendingLogin; person?: Person } | undefined
}

const lifetimeMs = 10 * 60_000
const maximumPending = 10_000

export function createPendingLogins(): PendingLogins {
  const logins = new Map<string, PendingLogin>()
  const codes = new Map<string, { state: string; person: Person }>()
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
    authenticate(state, person) {
      const code = newTextId()
      codes.set(code, { state, person })
      return code
    },
    take(state, code) {
      const login = logins.get(state)
      if (login === undefined) return undefined
      logins.delete(state)
      const authenticated = code === undefined ? undefined : codes.get(code)
      if (code !== undefined) codes.delete(code)
      return authenticated?.state === state ? { login, person: authenticated.person } : { login }
    },
  }
}
