import { randomUUID } from 'node:crypto'
import type { ExportedFile } from '../../engine/index.ts'
import type { UserName } from '../repository/users.ts'

/** The files that exports have made, each for its user. */
export interface TempContents {
  /** @returns its path below the prefix, as `ExportData` answers it */
  add(user: UserName, nodeId: string, file: ExportedFile): string
  find(id: string): { readonly user: UserName; readonly file: ExportedFile } | undefined
  clear(): void
}

/** So many are kept: the newest. */
const limit = 100

/** Makes the temporary files of a site. */
export function createTempContents(): TempContents {
  const kept = new Map<string, { readonly user: UserName; readonly file: ExportedFile }>()
  return {
    add(user, nodeId, file) {
      const id = randomUUID()
      const [oldest] = kept.keys()
      if (kept.size >= limit && oldest !== undefined) kept.delete(oldest)
      kept.set(id, { user, file })
      return `/tempcontent/${id}/${encodeURIComponent(file.name)}?serverNodeId=${nodeId}`
    },
    find: (id) => kept.get(id),
    clear: () => kept.clear(),
  }
}
