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
  ERR_PROVISION_NO_MEMBER: {
    kind: 'failure',
    status: 502,
    message: (details: { type: string; name: string }) =>
      `The tenant has no ${details.type} ${details.name}, who is to be a member of a space`,
    hint: 'A group comes with the first login whose token names it, a user with their first login; or make them in Qlik’s Administration. Compare upper and lower case.',
  },
  ERR_PROVISION_NOT_EMPTY: {
    kind: 'failure',
    status: 502,
    message: (details: { space: string }) =>
      `The space ${details.space} is not empty, so it is not removed`,
    hint: 'Move or delete its apps first, or put the space back into `setup.spaces`.',
  },
  ERR_PROVISION_SERVICE_USER: {
    kind: 'failure',
    status: 502,
    message: (details: { user: string; prefix: string; reason: string }) =>
      `The service user ${details.user} cannot log in by the virtual proxy ${details.prefix}. ${details.reason}`,
    hint: 'A service user comes in by the virtual proxy: before it is there, linked, and trusts the key, nobody can. Apply once with the client certificate of the server (`qrs` and `clientCertificate`), which makes the virtual proxy and the rules of the service user; from then on the service user is enough.',
  },
})

/** The codes of this part. */
export type ProvisionErrorCode = keyof typeof provisionErrors

declare module '../errors/errors.ts' {
  interface JotgateErrorDetails extends DetailsOf<typeof provisionErrors> {}
}
