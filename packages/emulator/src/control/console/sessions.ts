import { createHash, randomBytes } from 'node:crypto'

/** How long the console may go on without asking for the key again. */
export const consoleSessionSeconds = 12 * 3600
/** More at once than anybody opens tabs; the oldest go. */
const limit = 100

/** Who has shown the administrator's key to the console. */
export interface ConsoleSessions {
  /** Opens one and gives its text, which is kept nowhere here. */
  open(): string
  has(text: string): boolean
  end(text: string): void
  endAll(): void
}

/**
 * Makes the console's sessions. Their text stands in the page's own sessionStorage and comes as a bearer,
 * not as a cookie: cookies ignore ports, so every other program on localhost would get it.
 *
 * @param nowMs real time, as a moved clock of the tenant must not lock the console out
 */
export function createConsoleSessions(nowMs: () => number = Date.now): ConsoleSessions {
  const endsAt = new Map<string, number>()
  const digestOf = (text: string) => createHash('sha256').update(text).digest('base64url')
  return {
    open() {
      const text = randomBytes(32).toString('base64url')
      if (endsAt.size >= limit) {
        const oldest = endsAt.keys().next()
        if (!oldest.done) endsAt.delete(oldest.value)
      }
      endsAt.set(digestOf(text), nowMs() + consoleSessionSeconds * 1000)
      return text
    },
    has(text) {
      const digest = digestOf(text)
      const end = endsAt.get(digest)
      if (end === undefined) return false
      if (end > nowMs()) return true
      endsAt.delete(digest)
      return false
    },
    end(text) {
      endsAt.delete(digestOf(text))
    },
    endAll: () => endsAt.clear(),
  }
}
