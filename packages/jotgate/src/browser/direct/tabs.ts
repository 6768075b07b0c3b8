import { type PageStorage, page } from './page-globals.ts'

/** What tabs of one origin tell each other. Never who it is about, never a secret. */
export type News =
  /** Somebody has logged in, or a tab has found somebody else or nobody at Qlik: compare. */
  | 'changed'
  /** The person has signed out. */
  | 'signed-out'

/** The other tabs of this origin. They save work; nothing relies on reaching them. */
export interface Tabs {
  /** Does the work of a login while no other tab logs in. */
  duringLogin<Result>(timeoutMs: number, work: () => Promise<Result>): Promise<Result>
  tell(news: News): void
  /** Keeps in mind for later pages that a session was opened now, or that it has ended. */
  noteSession(isThere: boolean): void
  /** When a session was opened that may still be there, so that asking Qlik may save a login. */
  sessionSince(): number | undefined
  close(): void
}

/** Qlik ends each session after 24 hours, unless an administrator allows longer ones. */
const maxSessionMs = 86_400_000

/**
 * Joins the tabs that use the same Qlik.
 *
 * @param url the Qlik
 * @param hear hears what other tabs tell
 */
export function joinTabs(url: string, hear: (news: News) => void): Tabs {
  const name = `jotgate ${url}`
  const channel = globalThis.BroadcastChannel && new BroadcastChannel(name)
  channel?.addEventListener('message', ({ data }: Event & { readonly data?: unknown }) =>
    hear(data === 'signed-out' ? data : 'changed'),
  )
  // Node's would keep a program running; browsers' have no such method.
  ;(channel as { unref?(): void } | undefined)?.unref?.()
  return {
    async duringLogin(timeoutMs, work) {
      const { locks } = globalThis.navigator ?? {}
      if (!locks) return work()
      let begun = false
      const begin = () => {
        begun = true
        return work()
      }
      try {
        // The awaited type: TypeScript's own of `request` does not unwrap the promise of its callback.
        return (await locks.request(
          name,
          { signal: AbortSignal.timeout(timeoutMs) },
          begin,
        )) as Awaited<ReturnType<typeof work>>
      } catch (error) {
        if (begun) throw error
        // Another tab holds the lock too long, or this browser refuses locks here: the login goes on without.
        return work()
      }
    },
    tell: (news) => channel?.postMessage(news),
    noteSession(isThere) {
      inStorage((storage) => storage.setItem(name, isThere ? String(Date.now()) : ''))
    },
    sessionSince() {
      const time = Number(inStorage((storage) => storage.getItem(name)))
      return Date.now() - time < maxSessionMs ? time : undefined
    },
    close: () => channel?.close(),
  }
}

/** Storage that is full, refused or not there costs later pages a login that they might have saved. */
function inStorage<Result>(use: (storage: PageStorage) => Result): Result | undefined {
  try {
    return use(page.localStorage as PageStorage)
  } catch {
    return undefined
  }
}
