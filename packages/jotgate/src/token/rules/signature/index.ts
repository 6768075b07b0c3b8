import type { TokenRule } from '../rule.ts'
import { certificateDates } from './certificate-dates.ts'
import { signatureMismatch } from './signature-mismatch.ts'
import { signatureNotChecked } from './signature-not-checked.ts'
import { unfitKey } from './unfit-key.ts'

/** Whose signature it is. */
export const signatureRules: readonly TokenRule[] = [
  signatureMismatch,
  signatureNotChecked,
  unfitKey,
  certificateDates,
]
