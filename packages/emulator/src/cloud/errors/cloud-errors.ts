import type { ErrorCatalogue } from '../../control/faults/error-catalogue.ts'
import { clientTexts } from './client-texts.ts'
import { documentedCloses } from './documented-closes.ts'
import { documentedErrors } from './documented-errors.ts'

/** Everything that public material shows of Qlik Cloud’s errors. */
export const cloudErrors: ErrorCatalogue = {
  errors: documentedErrors,
  closes: documentedCloses,
  clientTexts,
}
