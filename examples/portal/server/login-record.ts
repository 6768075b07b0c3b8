/** Who takes part in a login. */
export type Party = 'browser' | 'portal' | 'gateway' | 'qlik'

/** Something that happened in a login, as somebody who took part wrote it down. */
export interface LoginRecord {
  /** Milliseconds since 1970, by the clock of who wrote it. */
  readonly at: number
  readonly from: Party
  /** The same as `from` where somebody did something by themselves. */
  readonly to: Party
  /** What it was, such as `POST /token`. */
  readonly what: string
  /** What went with it, in words: never a token, the value of a cookie, or a key. */
  readonly sent: string
  /** Whose record it is in. */
  readonly source: string
}

/** A token or an assertion that the portal has signed: a login begins with it. */
export interface SignedLogin {
  /** The ID of the request, which its answer has as `X-Request-Id`. */
  readonly requestId: string
  readonly at: number
  /** How long the signature took. */
  readonly durationMs: number
  readonly jti: string
  /** Who it says it is. */
  readonly subject: string
  /** Where the page asked for it. */
  readonly path: string
}

/** What somebody beside the portal wrote down about a login. */
export type LoginSource = (login: SignedLogin & LoginTime) => Promise<readonly LoginRecord[]>

/** A later login of the same person, or the time after which nothing belongs to this one. */
interface LoginTime {
  readonly until: number
}

/** How many logins are kept of each session. */
const maxLogins = 20

/** What happens later than so long after the signature does not belong to the login. */
const longestMs = 60_000

/** Keeps the last logins of each session of the portal, and forgets them with it. */
export function createLoginTrail<Session extends object>(sources: readonly LoginSource[]) {
  const loginsOf = new WeakMap<Session, SignedLogin[]>()
  return {
    add(session: Session, login: SignedLogin): void {
      const logins = loginsOf.get(session) ?? []
      logins.push(login)
      loginsOf.set(session, logins.slice(-maxLogins))
    },
    /** What is known of a login, in its order; undefined where this session had none of that name. */
    async read(session: Session, requestId: string): Promise<LoginRecord[] | undefined> {
      const logins = loginsOf.get(session) ?? []
      const login = logins.find((one) => one.requestId === requestId)
      if (login === undefined) return undefined
      const next = logins.find(({ at, path }) => at > login.at && path === login.path)
      const until = Math.min(next?.at ?? Number.POSITIVE_INFINITY, login.at + longestMs)
      const known = await Promise.all(sources.map((source) => source({ ...login, until })))
      return [toRecord(login), ...known.flat()].sort((a, b) => a.at - b.at)
    },
  }
}

function toRecord({ at, durationMs, jti, subject, path }: SignedLogin): LoginRecord {
  const name = path.startsWith('/assertion') ? 'assertion' : 'token'
  return {
    at,
    from: 'portal',
    to: 'portal',
    what: `${name} signed`,
    sent: `for ${subject}; jti ${jti.slice(0, 8)}…, in ${Math.max(1, Math.round(durationMs))} ms`,
    source: 'the portal',
  }
}
