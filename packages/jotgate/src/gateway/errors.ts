import { type DetailsOf, defineErrors } from '../errors/index.ts'

/** The errors of the part `gateway`. No detail holds a token, cookie, key or CSRF token. */
export const gatewayErrors = defineErrors('ERR_GATEWAY', {
  ERR_GATEWAY_OPTION: {
    kind: 'use',
    status: 500,
    message: (details: { option: string; problem: string }) =>
      `The option ${details.option} ${details.problem}`,
    hint: 'Correct the option; the documentation of `createGateway` has the unit and the bounds of each.',
  },
  ERR_GATEWAY_NOT_IDENTIFIED: {
    kind: 'failure',
    status: 401,
    // The reason is for the log: every cause looks the same to a client.
    message: (_details: { reason: string }) => 'Who you are is not known',
    hint: 'Log in to the application, and try again.',
  },
  ERR_GATEWAY_NOT_AUTHORISED: {
    kind: 'failure',
    status: 403,
    message: (_details: object) => 'You may not use Qlik here',
    hint: 'The audit log of the gateway has the reason.',
  },
  ERR_GATEWAY_STORE: {
    kind: 'failure',
    status: 503,
    message: (details: { problem: string }) => `The session store ${details.problem}`,
    hint: 'Without a store no session is opened. Look at the disk, its free space and the rights of the folder; the gateway resumes by itself.',
  },
  ERR_GATEWAY_AUDIT: {
    kind: 'failure',
    status: 503,
    message: (details: { problem: string }) => `The audit log ${details.problem}`,
    hint: 'Without an audit log no session is opened. Look at the disk, its free space and the rights of the folder; the gateway resumes by itself.',
  },
})

/** The codes of this part. */
export type GatewayErrorCode = keyof typeof gatewayErrors

declare module '../errors/errors.ts' {
  interface JotgateErrorDetails extends DetailsOf<typeof gatewayErrors> {}
}
