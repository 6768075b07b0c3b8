import type { RecordKind, Store } from '../store/store.ts'

/** Deletes records of what has ended, however long the store is away. */
export interface Deletions {
  /** Resolves when it was tried. It never rejects: the store says itself that it is away. */
  add(id: string): Promise<void>
  /** Tries again what has failed. */
  retry(): void
}

export function createDeletions(store: Store, kind: RecordKind): Deletions {
  const failed = new Set<string>()
  const tryNow = async (ids: readonly string[]): Promise<void> => {
    try {
      await store.delete(kind, ids)
    } catch {
      for (const id of ids) failed.add(id)
    }
  }
  return {
    add: (id) => tryNow([id]),
    retry() {
      if (failed.size === 0) return
      const ids = [...failed]
      failed.clear()
      void tryNow(ids)
    },
  }
}
