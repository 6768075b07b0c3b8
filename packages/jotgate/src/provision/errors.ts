import { type DetailsOf, defineErrors } from '../errors/index.ts'

/** The errors of the part `provision`. No detail holds a key, token or secret. */
export const provisionErrors = defineErrors('ERR_PROVISION', {
  ERR_PROVISION_OPTION: {
    kind: 'use',
    status: 500,
    message: (details: { option: string; problem: string }) =>
      `The option ${details.option} ${details.problem}`,
    hint: 'Correct the option; its documentation gives its form and bounds.',
  },
})

/** The codes of this part. */
export type ProvisionErrorCode = keyof typeof provisionErrors

declare module '../errors/errors.ts' {
  interface JotgateErrorDetails extends DetailsOf<typeof provisionErrors> {}
}
