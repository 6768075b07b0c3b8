import {
  clientManagedLifetime,
  readClientManaged,
  readClientManagedUser,
  tokenErrors,
  toUserError,
  type User,
} from '../../token/index.ts'
import type { CommandSpec } from '../command.ts'
import { gatherProblems } from '../problems.ts'
import {
  createOptions,
  expiresOption,
  lifetimeOf,
  noteDifference,
  requireOptions,
} from './options.ts'
import { signRequest } from './sign-request.ts'

/** `jotgate create-qseow`: qs-jwt's command, for scripts that change one word. */
export const createQseow: CommandSpec = {
  name: 'create-qseow',
  summary: 'qs-jwt’s command, for its scripts (client-managed)',
  description:
    'Takes the options of qs-jwt create-qseow and prints the token alone. New scripts write `jotgate token create --for client-managed`.',
  options: [
    { flags: '--userdir <directory>', description: 'the user directory' },
    { flags: '--userid <userid>', description: 'the user ID' },
    { flags: '--audience <audience>', description: 'the JWT audience of the virtual proxy' },
    expiresOption('60m, 48h, 365d'),
    ...createOptions,
  ],
  foreign: true,
  endsOnSignal: true,
  examples: [
    'jotgate create-qseow --userdir ACME --userid ada --audience hdr --expires 1h \\\n      --cert-privatekey-file privatekey.pem',
    'jotgate create-qseow --userdir ACME --userid ada --username Ada --groups sales finance \\\n      --audience hdr --expires 15m --cert-create --cert-create-expires-days 365',
  ],
  notes: 'What is different, and why: docs/guides/from-qs-jwt.md of the project.',
  async run(call) {
    const text = (name: string) => call.values.text(name)
    const problems = gatherProblems(call)
    const needed = { userdir: '--userdir', userid: '--userid', audience: '--audience' }
    await problems.attempt(() => requireOptions(call, needed))
    const lifetimeSeconds = await problems.attempt(() => lifetimeOf(call, clientManagedLifetime))
    const options = {
      url: 'https://qlik.invalid',
      prefix: '',
      userDirectory: text('userdir') ?? 'missing',
      audience: text('audience'),
      claims: {
        userId: 'userId',
        userDirectory: 'userDirectory',
        groups: 'group',
        attributes: { name: 'name', email: 'email' },
      },
    }
    const user: User = {
      subject: text('userid') ?? 'missing',
      ...(text('username') === undefined ? {} : { name: text('username') ?? '' }),
      ...(text('useremail') === undefined ? {} : { email: text('useremail') ?? '' }),
      groups: call.values.list('groups'),
    }
    const deployment = problems.take(readClientManaged(options), tokenErrors.ERR_TOKEN_DEPLOYMENT)
    problems.take(readClientManagedUser(options, user), toUserError)
    const outcome = await signRequest(call, problems, {
      deployment,
      user,
      lifetimeSeconds,
      kid: undefined,
    })
    noteDifference(
      call,
      'the token has nbf and jti too, so that one can be told from another; stdout holds the token alone, so that T=$(…) works',
    )
    return outcome
  },
}
