import { clientManagedFacts } from '../../config/index.ts'
import type { CommandSpec } from '../command.ts'
import { readOldKey } from './key-files.ts'
import { createOptions, lifetimeOf, noteDifference, requireOptions } from './options.ts'

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
    ...createOptions,
  ],
  foreign: true,
  examples: [
    'jotgate create-qseow --userdir ACME --userid ada --audience hdr --expires 1h \\\n      --cert-privatekey-file privatekey.pem',
    'jotgate create-qseow --userdir ACME --userid ada --username Ada --groups sales finance \\\n      --audience hdr --expires 15m --cert-create --cert-create-expires-days 365',
  ],
  notes: 'docs/guides/from-qs-jwt.md tells what is different, and why.',
  async run(call) {
    const text = (name: string) => call.values.text(name)
    requireOptions(call, {
      userdir: '--userdir',
      userid: '--userid',
      audience: '--audience',
      expires: '--expires',
    })
    const { maxLifetimeSeconds } = clientManagedFacts
    const rule = 'a token cannot be called back, and the session that it opens lives on'
    const lifetimeSeconds = lifetimeOf(call, maxLifetimeSeconds, rule)
    const { clientManaged, createSigner } = await import('../../token/index.ts')
    const deployment = clientManaged({
      url: 'https://qlik.invalid',
      prefix: '',
      userDirectory: text('userdir') ?? '',
      audience: text('audience'),
      claims: {
        userId: 'userId',
        userDirectory: 'userDirectory',
        groups: 'group',
        attributes: { name: 'name', email: 'email' },
      },
    })
    const key = await readOldKey(call, undefined)
    const signer = createSigner({
      deployment,
      key,
      lifetimeSeconds,
      notBeforeSkewSeconds: 0,
      clock: call.clock,
    })
    const { token } = await signer.sign({
      subject: text('userid') ?? '',
      ...(text('username') === undefined ? {} : { name: text('username') ?? '' }),
      ...(text('useremail') === undefined ? {} : { email: text('useremail') ?? '' }),
      groups: call.values.list('groups'),
    })
    noteDifference(call, 'the token has nbf and jti too; stdout holds the token alone')
    return { text: `${token}\n` }
  },
}
