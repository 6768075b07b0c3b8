import {
  type DeploymentOptions,
  durationForm,
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
  { flags: '--prefix <text>', description: 'prefix of the virtual proxy (client-managed)' },
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
    description: 'how long the token is valid: 60s, 5m, 1h; a bare number is seconds',
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

/** A deployment as it was asked for, and what else was said beside it. */
export interface Target {
  readonly settings: Settings
  readonly options: DeploymentOptions
  readonly deployment: Deployment
  /** Where each setting came from, for `config print`. */
  readonly levels: readonly Level[]
}

/** What one place says. */
export interface Level {
  readonly from: string
  readonly settings: Settings
}

/**
 * Finds out which deployment is meant: flags over environment over file over defaults.
 *
 * @param needsUrl whether it will be spoken to
 * @param attributes claims of this call's own, by the attribute of the user that they hold
 */
export async function readTarget(
  call: Call,
  needsUrl: boolean,
  attributes: readonly string[] = [],
): Promise<Target> {
  const levels = await readLevels(call)
  const settings = mergeSettings(levels.map((level) => level.settings))
  refuseForeign(call, settings)
  const options = toDeploymentOptions(withAttributes(settings, attributes), needsUrl)
  return { settings, options, levels, deployment: await toDeployment(options) }
}

/** Everything that is said about the target, the stronger first. */
export async function readLevels(call: Call): Promise<Level[]> {
  const flags = settingsFrom(call, 'flag')
  const environment = settingsFrom(call, 'environment')
  // A product on the command line starts from nothing, whatever deployment the environment names.
  const isHere = (name: string) => call.values.source(name) === 'flag'
  const fresh = isHere('for') && !isHere('deployment') && !isHere('config')
  const file = fresh
    ? undefined
    : await readFileSettings(
        {
          config: call.values.text('config'),
          deployment: call.values.text('deployment'),
          product: call.values.text('for') as ProductName | undefined,
        },
        call.terminal.folder,
      )
  return [
    { from: 'flags', settings: flags },
    { from: 'environment', settings: environment },
    ...(file === undefined
      ? []
      : [{ from: `${file.file}, ${file.name}`, settings: file.settings }]),
  ]
}

function settingsFrom(call: Call, source: ValueSource): Settings {
  const text = (name: string) =>
    call.values.source(name) === source ? call.values.text(name) : undefined
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
    key: placeOf(call, 'key', text('key'), text('keyEnv')),
    passphrase: placeOf(call, 'passphrase', text('passphraseFile'), text('passphraseEnv')),
    kid: text('kid'),
    lifetimeSeconds: secondsOf(call, 'lifetime', text('lifetime')),
    notBeforeSkewSeconds: secondsOf(call, 'not-before-skew', text('notBeforeSkew')),
  }
}

function placeOf(
  call: Call,
  what: string,
  file: string | undefined,
  env: string | undefined,
): SecretPlace | undefined {
  if (file !== undefined && env !== undefined)
    throw call.refuse(`the ${what} is named twice: by a file and by an environment variable`)
  if (file !== undefined) return { file }
  return env === undefined ? undefined : { env }
}

function secondsOf(call: Call, name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const seconds = parseDuration(text)
  if (seconds === undefined) throw call.refuse(`--${name} must be ${durationForm}`)
  return seconds
}

/** What the other product has, typed here, would be dropped without a word. */
function refuseForeign(call: Call, { product }: Settings): void {
  if (product === undefined) return
  const { foreignOptions } = products[product]
  const problems = Object.entries(foreignOptions)
    .filter(([name]) => call.values.source(name) === 'flag')
    .map(
      ([name, why]) =>
        `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} ${why}`,
    )
  if (problems.length > 0) throw call.refuse(...problems)
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
  const settings = mergeSettings(levels)
  refuseForeign(call, settings)
  return { settings, deployment: await toDeployment(toDeploymentOptions(settings, needsUrl)) }
}

async function toDeployment(options: DeploymentOptions): Promise<Deployment> {
  const { cloud, clientManaged } = await import('../token/index.ts')
  return forProduct<Deployment>(options, { cloud, clientManaged })
}
