import {
  type DeploymentOptions,
  durationForm,
  findDeploymentOptions,
  forProduct,
  mergeSettings,
  type ProductName,
  parseDuration,
  productNames,
  products,
  readFileSettings,
  type SecretPlace,
  type Settings,
  toDeploymentOptions,
} from '../config/index.ts'
import type { Deployment, SigningAlgorithm } from '../token/index.ts'
import type { Call, OptionSpec, ValueSource } from './command.ts'
import { gatherProblems, type Problems } from './problems.ts'

/** Which Qlik it is for. */
export const targetOptions: readonly OptionSpec[] = [
  {
    flags: '--for <product>',
    description: 'the product of Qlik; then the file is read only when --deployment is given',
    choices: productNames,
  },
  { flags: '--deployment <name>', description: 'a deployment of the configuration file' },
  {
    flags: '--config <file>',
    description: 'the configuration file',
    otherwise: 'jotgate.config.json, when it is there',
  },
  { flags: '--url <origin>', description: 'its address, such as https://acme.eu.qlikcloud.com' },
  { flags: '--issuer <text>', description: 'the issuer, as the identity provider has it (Cloud)' },
  {
    flags: '--prefix <text>',
    description: 'prefix of the virtual proxy (client-managed)',
    mayBeEmpty: true,
  },
  { flags: '--user-directory <text>', description: 'the user directory (client-managed)' },
  { flags: '--audience <text>', description: 'JWT audience of the virtual proxy (client-managed)' },
  {
    flags: '--claim-user-id <name>',
    description: 'the claim with the user ID (client-managed)',
    otherwise: 'userId',
  },
  {
    flags: '--claim-user-directory <name>',
    description: 'the claim with the directory (client-managed)',
    otherwise: 'userDirectory',
  },
  {
    flags: '--claim-groups <name>',
    description: 'the claim with the groups (client-managed)',
    otherwise: 'group',
  },
]

/** With which key, and for how long. */
export const signingOptions: readonly OptionSpec[] = [
  {
    flags: '--key <file>',
    description: 'the private key: PEM, DER or PFX; - is the standard input',
  },
  {
    flags: '--key-env <name>',
    description:
      'the environment variable with the private key: PEM, \\n for line breaks, or base64',
  },
  { flags: '--passphrase-file <file>', description: 'what opens an encrypted key; - is stdin' },
  { flags: '--passphrase-env <name>', description: 'the environment variable with the passphrase' },
  {
    flags: '--kid <id>',
    description: 'the key ID, as the identity provider has it',
    otherwise: 'the key’s thumbprint',
  },
  {
    flags: '--alg <name>',
    description: 'the algorithm (client-managed)',
    choices: ['RS256', 'RS384', 'RS512'],
    otherwise: 'RS256',
  },
  {
    flags: '--lifetime <time>',
    description:
      'how long the token is valid: 60s, 5m; a bare number is seconds; at most 1h for Qlik Cloud',
    otherwise: '60s',
  },
  {
    flags: '--not-before-skew <time>',
    description: 'how far its start lies in the past, for slow clocks',
    otherwise: '5s',
  },
  {
    flags: '--insecure-qlik-certificate',
    description: 'take the key of a Qlik site’s own certificate; for a first try on a test site',
  },
]

/** A deployment as it was asked for. */
export interface Target {
  readonly settings: Settings
  readonly options: DeploymentOptions
  readonly deployment: Deployment
}

/** What one place says. */
export interface Level {
  readonly from: string
  readonly settings: Settings
}

/** What could be made out of a target; problems were kept, and it is whole when there were none. */
export interface FoundTarget {
  readonly settings: Settings
  /** With words in the place of what is missing; none while the product is not known. */
  readonly options?: DeploymentOptions | undefined
  readonly deployment?: Deployment | undefined
  /** Whether every place could be read: otherwise, what seems to be missing may stand there. */
  readonly isRead: boolean
}

/**
 * Finds out which deployment is meant: flags over environment over file over defaults.
 *
 * @param asked.needsUrl whether it will be spoken to
 * @param asked.attributes claims of this call's own, by the attribute of the user that they hold
 */
export async function findTarget(
  call: Call,
  asked: { needsUrl: boolean; attributes: readonly string[] },
  problems: Problems,
): Promise<FoundTarget> {
  const { levels, isRead } = await findLevels(call, problems)
  const settings = mergeSettings(levels.map((level) => level.settings))
  problems.add(...foreignProblems(call, settings))
  const { product } = settings
  if (!isRead && product === undefined) return { settings, isRead }
  const own = withAttributes(settings, asked.attributes)
  const { options, missing } = findDeploymentOptions(own, asked.needsUrl)
  if (isRead && missing.length > 0)
    await problems.attempt(() => toDeploymentOptions(own, asked.needsUrl))
  const deployment = options && (await makeDeployment(options, problems))
  return { settings, options, deployment, isRead }
}

/** Everything that is said about the target, the stronger first. */
export async function readLevels(call: Call): Promise<Level[]> {
  const problems = gatherProblems(call)
  const { levels } = await findLevels(call, problems)
  problems.tell()
  return levels
}

async function findLevels(
  call: Call,
  problems: Problems,
): Promise<{ levels: Level[]; isRead: boolean }> {
  const flags = settingsFrom(call, 'flag', problems)
  const environment = settingsFrom(call, 'environment', problems)
  // A product on the command line starts from nothing, whatever deployment the environment names.
  const isHere = (name: string) => call.values.source(name) === 'flag'
  const fresh = isHere('for') && !isHere('deployment') && !isHere('config')
  const choice = {
    config: call.values.text('config'),
    deployment: call.values.text('deployment'),
    product: call.values.text('for') as ProductName | undefined,
  }
  let isRead = false
  const file = await problems.attempt(async () => {
    const read = fresh ? undefined : await readFileSettings(choice, call.terminal.folder)
    isRead = true
    return read
  })
  const levels = [
    { from: 'flags', settings: flags },
    { from: 'environment', settings: environment },
    ...(file === undefined
      ? []
      : [{ from: `${file.file}, ${file.name}`, settings: file.settings }]),
  ]
  return { levels, isRead }
}

function settingsFrom(call: Call, source: ValueSource, problems: Problems): Settings {
  const text = (name: string) =>
    call.values.source(name) === source ? call.values.text(name) : undefined
  const place = (what: string, file: string | undefined, env: string | undefined) => {
    if (file !== undefined && env !== undefined)
      problems.add(`the ${what} is named twice: by a file and by an environment variable`)
    return file === undefined ? env && { env } : { file }
  }
  const seconds = (name: string, value: string | undefined) => {
    const read = value === undefined ? undefined : parseDuration(value)
    if (value !== undefined && read === undefined) problems.add(`--${name} must be ${durationForm}`)
    return read
  }
  return {
    product: text('for') as ProductName | undefined,
    url: text('url'),
    issuer: text('issuer'),
    prefix: text('prefix'),
    userDirectory: text('userDirectory'),
    audience: text('audience'),
    alg: text('alg') as SigningAlgorithm | undefined,
    claims: {
      userId: text('claimUserId'),
      userDirectory: text('claimUserDirectory'),
      groups: text('claimGroups'),
    },
    key: place('key', text('key'), text('keyEnv')) as SecretPlace | undefined,
    passphrase: place('passphrase', text('passphraseFile'), text('passphraseEnv')) as
      | SecretPlace
      | undefined,
    kid: text('kid'),
    lifetimeSeconds: seconds('lifetime', text('lifetime')),
    notBeforeSkewSeconds: seconds('not-before-skew', text('notBeforeSkew')),
  }
}

/** What the other product has, typed here, would be dropped without a word. */
function foreignProblems(call: Call, { product }: Settings): string[] {
  if (product === undefined) return []
  return Object.entries(products[product].foreignOptions)
    .filter(([name]) => call.values.source(name) === 'flag')
    .map(
      ([name, why]) =>
        `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} ${why}`,
    )
}

function withAttributes(settings: Settings, attributes: readonly string[]): Settings {
  if (attributes.length === 0) return settings
  const { claims = {} } = settings
  const known = claims.attributes ?? { name: 'name', email: 'email' }
  const own = Object.fromEntries(attributes.map((name) => [name, name]))
  return { ...settings, claims: { ...claims, attributes: { ...own, ...known } } }
}

/** Makes a target of settings that were read or assumed elsewhere. */
export async function toTarget(
  call: Call,
  levels: readonly Settings[],
  needsUrl: boolean,
): Promise<{ deployment: Deployment; settings: Settings }> {
  const problems = gatherProblems(call)
  const settings = mergeSettings(levels)
  problems.add(...foreignProblems(call, settings))
  const options = await problems.attempt(() => toDeploymentOptions(settings, needsUrl))
  const deployment = options && (await makeDeployment(options, problems))
  problems.tell()
  return { settings, deployment: deployment as Deployment }
}

async function makeDeployment(
  options: DeploymentOptions,
  problems: Problems,
): Promise<Deployment | undefined> {
  const { cloud, cloudProblems } = await import('../token/deployment.ts')
  const { clientManaged, clientManagedProblems } = await import('../token/client-managed.ts')
  const found = forProduct(options, {
    cloud: cloudProblems,
    clientManaged: clientManagedProblems,
  })
  problems.addError(...found)
  return found.length > 0 ? undefined : forProduct<Deployment>(options, { cloud, clientManaged })
}
