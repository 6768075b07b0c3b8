import { cloud, cloudLifetime, readCloudUser, toUserError } from '../../token/index.ts'
import type { Call, CommandSpec } from '../command.ts'
import { gatherProblems } from '../problems.ts'
import {
  createOptions,
  expiresOption,
  lifetimeOf,
  noteDifference,
  requireOptions,
} from './options.ts'
import { signRequest } from './sign-request.ts'

/** `jotgate create-qscloud`: qs-jwt's command, for scripts that change one word. */
export const createQscloud: CommandSpec = {
  name: 'create-qscloud',
  summary: 'qs-jwt’s command, for its scripts (Qlik Cloud)',
  description:
    'Takes the options of qs-jwt create-qscloud, and --sub, and prints the token alone. New scripts write `jotgate token create --for cloud`.',
  options: [
    {
      flags: '--sub <text>',
      description: 'who it is; must never change',
      otherwise: 'the e-mail address in lower case',
    },
    {
      flags: '--useremail-verified <bool>',
      description: 'whether the address is proved: true or false',
    },
    { flags: '--issuer <issuer>', description: 'the issuer of the identity provider' },
    { flags: '--keyid <id>', description: 'the key ID of the identity provider' },
    expiresOption('15m, 1h at most'),
    ...createOptions,
  ],
  foreign: true,
  endsOnSignal: true,
  examples: [
    'jotgate create-qscloud --sub 42 --username Ada --useremail ada@acme.example \\\n      --useremail-verified true --issuer acme.example --keyid acme-1 --expires 1h \\\n      --cert-privatekey-file privatekey.pem',
    'jotgate create-qscloud --username Ada --useremail Ada@acme.example --useremail-verified true \\\n      --groups sales --issuer acme.example --keyid acme-1 --expires 60m --cert-privatekey-file k.pem',
  ],
  notes: 'What is different, and why: docs/guides/from-qs-jwt.md of the project.',
  async run(call) {
    const text = (name: string) => call.values.text(name)
    const problems = gatherProblems(call)
    await problems.attempt(() => requireOptions(call, { issuer: '--issuer', keyid: '--keyid' }))
    const user = await problems.attempt(() => readPerson(call))
    const lifetimeSeconds = await problems.attempt(() => lifetimeOf(call, cloudLifetime))
    const issuer = text('issuer') ?? 'missing'
    const deployment = await problems.attempt(() => cloud({ url: 'https://qlik.invalid', issuer }))
    if (user !== undefined) problems.take(readCloudUser(user), toUserError)
    const outcome = await signRequest(call, problems, {
      deployment,
      user,
      lifetimeSeconds,
      kid: text('keyid'),
    })
    if (text('sub') === undefined)
      noteDifference(
        call,
        'the subject is the e-mail address in lower case, since a random one was another person each time; --sub gives another',
      )
    noteDifference(
      call,
      'the subject is stable, since each new one takes a licence; groups are the claim `groups`, the only one that Qlik Cloud reads, and email_verified is true or false, its form there; stdout holds the token alone, so that T=$(…) works',
    )
    return outcome
  },
}

function readPerson(call: Call) {
  const text = (name: string) => call.values.text(name)
  const [name, email, verified] = [text('username'), text('useremail'), text('useremailVerified')]
  const problems: string[] = []
  const subject = text('sub') ?? email?.toLowerCase()
  if (subject === undefined)
    problems.push(
      'the subject is missing: give --sub (or --useremail, which stands in for it); qs-jwt made up another person each time',
    )
  if (name === undefined) problems.push('--username is missing: Qlik Cloud asks for a name')
  if (email === undefined)
    problems.push('--useremail is missing: Qlik Cloud asks for an e-mail address')
  else if (verified === undefined)
    problems.push('--useremail-verified is missing: --useremail needs it')
  if (verified !== undefined && !/^(true|false)$/i.test(verified))
    problems.push('--useremail-verified must be true or false: Qlik Cloud reads a JSON boolean')
  if (problems.length > 0 || subject === undefined || name === undefined || email === undefined)
    throw call.refuse(...problems)
  const emailVerified = verified?.toLowerCase() === 'true'
  return { subject, name, email, emailVerified, groups: call.values.list('groups') }
}
