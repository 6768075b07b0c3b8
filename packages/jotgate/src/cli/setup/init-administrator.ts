import { settingsFrom, settingsTable } from '../../config/index.ts'
import { inWords, readFileWithin } from '../../files/index.ts'
import type { Call } from '../command.ts'
import { readTransport } from '../session/transport.ts'
import { parseUser, readRepositoryAddress } from '../sessions/site.ts'
import {
  askUntilRight,
  type GivenAnswers,
  mayAsk,
  problemOfAnswer,
  sayBefore,
} from './init-answers.ts'

/** How an administrator is reached, and what of it stays in memory. */
export interface AdministratorAnswers {
  readonly settings: ReadonlyMap<string, unknown>
  /** Variables that were not set and whose secrets were typed: for this run alone. */
  readonly secrets: Readonly<Record<string, string>>
  /** False where an administrator does it by hand. */
  readonly isReached: boolean
}

type Settings = Map<string, unknown>

interface Asking {
  readonly call: Call
  readonly name: string
  /** What is known already; answers are put there. */
  readonly settings: Settings
}

/** The ways to an administrator, each by the setting with which it begins. */
const ways: readonly {
  readonly word: string
  readonly first: string
  readonly ask: (asking: Asking) => Promise<void>
}[] = [
  {
    word: 'api-key',
    first: 'administrator.apiKey.env',
    ask: (asking) =>
      askPlace(asking, 'administrator.apiKey', 'The API key of a Tenant Admin', 'QLIK_API_KEY'),
  },
  {
    word: 'oauth',
    first: 'administrator.oauth.clientId',
    async ask(asking) {
      await askSetting(asking, 'administrator.oauth.clientId', 'ID of the OAuth machine client: ')
      const proof = await askUntilRight(
        asking.call,
        'How it proves itself (secret or key): ',
        (tried) => (/^(secret|key)$/.test(tried) ? undefined : 'must be secret or key'),
      )
      const place = `administrator.oauth.${proof}`
      if (proof === 'key') return askPlace(asking, place, 'Its private key', 'QLIK_OAUTH_KEY')
      return askPlace(asking, place, 'Its secret', 'QLIK_OAUTH_SECRET')
    },
  },
  {
    word: 'certificate',
    first: 'clientCertificate.file',
    async ask(asking) {
      const { call, settings } = asking
      sayBefore(call, 'The QMC exports the three files (Certificates), in PEM.')
      await askFile(asking, 'clientCertificate.file', 'Client certificate (client.pem): ')
      await askFile(asking, 'clientCertificate.keyFile', 'Its private key (client_key.pem): ')
      if (!settings.has('caFile'))
        await askFile(
          asking,
          'caFile',
          'Certificate of the authority (root.pem; empty when it is trusted here): ',
        )
      if (!settings.has('qrs.url'))
        await askSetting(
          asking,
          'qrs.url',
          'Address of the repository, QRS (empty for port 4242 of the same host): ',
        )
    },
  },
]

const byHand = 'none'

/** Takes how an administrator is reached from what was given, and asks a person otherwise. */
export async function readAdministrator(
  call: Call,
  { name, settings: known, isAsking }: GivenAnswers,
): Promise<AdministratorAnswers> {
  const settings = new Map(known)
  if (!hasAdministrator(settings) && isAsking) {
    const product = String(settings.get('product'))
    const own = ways.filter(({ first }) => productsOf(first).includes(product))
    const words = own.map(({ word }) => word)
    const answer = await askUntilRight(
      call,
      `Administrator who sets Qlik up (${words.join(', ')}, or ${byHand}: by hand): `,
      (tried) =>
        [...words, byHand].includes(tried) ? undefined : `must be ${words.join(', ')} or ${byHand}`,
    )
    await own.find(({ word }) => word === answer)?.ask({ call, name, settings })
  }
  const isReached = hasAdministrator(settings)
  return { settings, isReached, secrets: await readSecrets(call, settings, isReached) }
}

const productsOf = (setting: string) =>
  settingsTable.find(({ name }) => name === setting)?.products ?? []

const hasAdministrator = (settings: ReadonlyMap<string, unknown>) =>
  [...settings.keys()].some((name) => /^(administrator|clientCertificate)\./.test(name))

async function askSetting(asking: Asking, name: string, question: string): Promise<void> {
  const { call, settings } = asking
  const mayBeEmpty = question.includes('(empty ')
  const answer = await askUntilRight(call, question, (tried) =>
    tried === '' && mayBeEmpty ? undefined : problemOf(asking, name, tried),
  )
  if (answer !== '') settings.set(name, answer)
}

const problemOf = ({ name, settings }: Asking, setting: string, value: string) =>
  problemOfAnswer(
    { name, settings: new Map([...settings, [setting, value]]) },
    { place: placeOf(setting) },
  )

const placeOf = (setting: string) =>
  settingsTable.find(({ name }) => name === setting)?.place ?? setting

async function askFile({ call, settings }: Asking, name: string, question: string) {
  const mayBeEmpty = question.includes('empty ')
  const answer = await askUntilRight(call, question, (tried) =>
    tried === '' ? (mayBeEmpty ? undefined : 'is empty') : problemOfFile(tried),
  )
  if (answer !== '') settings.set(name, answer)
}

/** A variable of the environment or a file; what has a dot or a slash is a file. */
async function askPlace(asking: Asking, name: string, what: string, otherwise: string) {
  const { call, settings } = asking
  sayBefore(
    call,
    `${what} is not written into the configuration: name the variable that holds it, or its file.`,
  )
  const nameFor = (answer: string) => `${name}.${/[./\\]/.test(answer) ? 'file' : 'env'}`
  const question = `Variable or file (empty for ${otherwise}): `
  const answer = await askUntilRight(call, question, async (tried) => {
    const setting = nameFor(tried)
    const problem = await problemOf(asking, setting, tried || otherwise)
    return problem ?? (setting.endsWith('.file') ? problemOfFile(tried) : undefined)
  })
  settings.set(nameFor(answer), answer || otherwise)
}

/** No key, certificate or secret is larger. */
const maxBytes = 1_048_576

async function problemOfFile(file: string): Promise<string | undefined> {
  const { refusal } = await readFileWithin(file, maxBytes)
  return refusal === undefined ? undefined : inWords(refusal)
}

/**
 * Looks at everything that an administrator needs, before anything is written.
 *
 * @returns the secrets that were typed for variables that are not set
 */
async function readSecrets(
  call: Call,
  settings: Settings,
  isReached: boolean,
): Promise<Record<string, string>> {
  const problems: string[] = []
  const secrets: Record<string, string> = {}
  if (isReached && !isComplete(settings, problems)) throw call.refuse(...problems)
  for (const { name, flag = '', form } of settingsTable) {
    const value = String(settings.get(name) ?? '')
    const option = flag.split(' ')[0]
    if (value === '') continue
    const problem = form === 'file' ? await problemOfFile(value) : undefined
    if (problem !== undefined) problems.push(`${option}: ${value} ${problem}`)
    if (!name.startsWith('administrator.') || !name.endsWith('.env')) continue
    if ((call.terminal.environment[value] ?? '') !== '') continue
    // A private key has many lines, which nobody types.
    if (!mayAsk(call) || name === 'administrator.oauth.key.env')
      problems.push(`${option} names ${value}, a variable that is not set or empty`)
    else secrets[value] = await askSecret(call, value)
  }
  if (problems.length > 0) throw call.refuse(...problems)
  const read = settingsFrom(settings)
  if (settings.has('administrator.user'))
    parseUser(call, String(settings.get('administrator.user')), '--service-user')
  if (settings.has('qrs.user')) readRepositoryAddress(call, read)
  const transport = await readTransport(call, read, settings.has('clientCertificate.file'))
  await transport?.close()
  return secrets
}

async function askSecret(call: Call, variable: string): Promise<string> {
  sayBefore(
    call,
    `${variable} is not set. What is typed here is not shown, and is for this run alone.`,
  )
  for (;;) {
    const secret = (await call.terminal.ask(`${variable}: `, { secret: true })).trim()
    if (/^[\x21-\x7e]{1,8192}$/.test(secret)) return secret
    sayBefore(call, 'It must be visible ASCII text in one line.')
  }
}

/** Whether an administrator can come in with what was given. */
function isComplete(settings: Settings, problems: string[]): boolean {
  const has = (start: string) => [...settings.keys()].some((name) => name.startsWith(start))
  if (has('administrator.oauth.') && !has('administrator.oauth.clientId'))
    problems.push('--oauth-client-id is missing')
  if (
    has('administrator.oauth.clientId') &&
    !has('administrator.oauth.secret.') &&
    !has('administrator.oauth.key.')
  )
    problems.push(
      'the OAuth client has neither a secret nor a key: give --oauth-secret-env NAME or --oauth-key-file FILE',
    )
  if (has('clientCertificate.file') !== has('clientCertificate.keyFile'))
    problems.push('--client-certificate and --client-key go together: one is missing')
  if (has('administrator.user') && !has('clientCertificate.'))
    problems.push(
      '--service-user alone cannot come in: no virtual proxy trusts the new key yet. Give --client-certificate and --client-key as well; the service user gets its rights by them, and is enough from then on',
    )
  return problems.length === 0
}
