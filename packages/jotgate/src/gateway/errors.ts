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
