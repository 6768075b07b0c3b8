import { type DetailsOf, defineErrors } from '../errors/index.ts'
import { failures } from './diagnosis/failures.ts'
import { immediateErrors } from './immediate-errors.ts'

/** Every error of the part `browser`, for what is written about them. A page loads `failures` when something fails. */
export const browserErrors = defineErrors('ERR_BROWSER', { ...immediateErrors, ...failures })

/** The codes of this part. */
export type BrowserErrorCode = keyof typeof browserErrors

declare module '../errors/errors.ts' {
  interface JotgateErrorDetails extends DetailsOf<typeof browserErrors> {}
}
