import { type ErrorDefinition, JotgateError } from '../errors/index.ts'

/** What is wrong with a connection, when nothing but a new one helps. */
export const brokenAs = <Details>(message: (details: Details) => string) => ({
  kind: 'failure' as const,
  status: 401,
  message,
  hint: 'Load the page, or call `connect`, again.',
})

/**
 * The errors that every page loads: those of wrong use, and those that end a connection at once, which nothing
 * may delay. The others are in `diagnosis/`. `details.reason` is the reason for which a connection waits or has ended.
 */
export const immediateErrors = {
  ERR_BROWSER_OPTION: {
    kind: 'use',
    status: 500,
    message: (details: { option: string; problem: string }) =>
      `The option ${details.option} ${details.problem}`,
    hint: 'See the documentation of `connect`.',
  },
  ERR_BROWSER_USER_CHANGED: brokenAs(
    (details: { reason: 'other-person'; at: 'the application' | 'Qlik' }) =>
      `Somebody else has logged in to ${details.at}`,
  ),
  ERR_BROWSER_LOGGED_OUT: brokenAs(
    (_details: { reason: 'signed-out' }) => 'You have signed out of Qlik',
  ),
  ERR_BROWSER_CLOSED: brokenAs(
    (_details: { reason: 'closed' }) => 'The page closed this connection',
  ),
} as const satisfies Record<string, ErrorDefinition<never>>

/** What the message of an error is made of. */
export type DetailsIn<Definition extends ErrorDefinition<never>> = Parameters<
  Definition['message']
>[0]

/** The error of a code. */
export function browserError<Code extends keyof typeof immediateErrors>(
  code: Code,
  details: DetailsIn<(typeof immediateErrors)[Code]>,
): JotgateError {
  const definition: ErrorDefinition<never> = immediateErrors[code]
  return new JotgateError(code, definition, details as never)
}

/** The error of an option, or of an argument, that is wrong. */
export const optionError = (details: { readonly option: string; readonly problem: string }) =>
  browserError('ERR_BROWSER_OPTION', details)
