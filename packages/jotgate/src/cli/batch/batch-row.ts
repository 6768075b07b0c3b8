import type { User } from '../../token/index.ts'

/** A user of a batch, or what is wrong with its row; `line` is where it begins in the file. */
export type BatchRow =
  | { readonly line: number; readonly user: Partial<User> }
  | { readonly line: number; readonly problem: string }
