import { type DetailsOf, defineErrors } from '../errors/index.ts'

const listed = (names: readonly string[]) => names.join('; ')

/** What was done when a plan could not be carried out to its end. Each object as `kind "key"`. */
export interface Progress {
  readonly done: readonly string[]
  /** Qlik was asked to change it, and nobody knows how far it did. */
  readonly unknown: readonly string[]
  readonly notDone: readonly string[]
}

/** The errors of the part `provision`. No detail holds a key, token or secret. */
export const provisionErrors = defineErrors('ERR_PROVISION', {
  ERR_PROVISION_OPTION: {
    kind: 'use',
    status: 500,
    message: (details: { option: string; problem: string }) =>
      `The option ${details.option} ${details.problem}`,
    hint: 'Correct the option; its documentation gives its form and bounds.',
  },
  ERR_PROVISION_IMPORT: {
    kind: 'use',
    status: 404,
    message: (details: { problem: string; found: readonly string[] }) =>
      `${details.problem}${details.found.length === 0 ? '' : `: ${listed(details.found)}`}`,
    hint: 'Name the one that is meant: an identity provider by --issuer and --kid, a web integration by --web-integration (empty for none), a CSP entry by --csp-entry, a space by --space, a virtual proxy by --prefix.',
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
  ERR_PROVISION_CONFLICT: {
    kind: 'failure',
    status: 409,
    message: (details: { objects: readonly string[] }) =>
      `Objects with these keys are there that this setup has not made: ${listed(details.objects)}`,
    hint: 'Look at each: the plan says whose it is. What another setup has marked belongs to that one; --adopt takes over only what no setup has marked. Nothing was changed.',
  },
  ERR_PROVISION_REPLACE: {
    kind: 'failure',
    status: 409,
    message: (details: { objects: readonly string[]; cost: string }) =>
      `Qlik lets nobody change what would have to change of: ${listed(details.objects)}. ${details.cost}`,
    hint: 'Change the settings back, or make a new object beside the old one by hand. Nothing was changed.',
  },
  ERR_PROVISION_RIGHTS: {
    kind: 'failure',
    status: 403,
    message: (details: { missing: readonly { what: string; givenBy: string }[] }) =>
      `These rights are missing: ${details.missing.map(({ what, givenBy }) => `${what} (given by ${givenBy})`).join('; ')}`,
    hint: 'Give the administrator’s access these rights, or use another access. Nothing was changed.',
  },
  ERR_PROVISION_CHANGED: {
    kind: 'failure',
    status: 409,
    message: (details: { object: string; how: string }) =>
      `The ${details.object} ${details.how} since the plan was made`,
    hint: 'Somebody else is at work. Look at a new plan before you apply it.',
  },
  ERR_PROVISION_NOT_PROVED: {
    kind: 'failure',
    status: 502,
    message: (details: { object: string; fields: readonly string[] }) =>
      details.fields.length === 0
        ? `Qlik accepted the change of the ${details.object}, but does not have it as it was sent`
        : `Qlik accepted the change of the ${details.object}, but still has other values of ${details.fields.join(', ')}`,
    hint: 'Look at a new plan: it shows what Qlik has. Another program may change the same object.',
  },
  ERR_PROVISION_STOPPED: {
    kind: 'failure',
    status: 502,
    message: (details: Progress & { at: string; reason: string; hint?: string }) =>
      `Stopped at the ${details.at}, after ${details.done.length} steps: ${details.reason}`,
    hintFor: ({ hint }: { hint?: string }) =>
      hint === undefined ? undefined : `${hint} Then apply again: what is done is found done.`,
    hint: 'Apply again: what is done is found done.',
  },
})

/** The codes of this part. */
export type ProvisionErrorCode = keyof typeof provisionErrors

declare module '../errors/errors.ts' {
  interface JotgateErrorDetails extends DetailsOf<typeof provisionErrors> {}
}
