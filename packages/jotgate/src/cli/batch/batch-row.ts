import type { User } from '../../token/index.ts'

/** A user of a batch, or what is wrong with its row; `line` is where it begins in the file. */
export type BatchRow =
  | {
      readonly line: number
      readonly user: Partial<User>
      /** For columns that mean nothing, the one that was probably meant. */
      readonly meantColumns?: Readonly<Record<string, string>>
    }
  | { readonly line: number; readonly problem: string }
