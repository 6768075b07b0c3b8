import {
  configErrors,
  configFileName,
  type DeploymentOptions,
  findDeploymentOptions,
  mergeSettings,
  readFileSettings,
  type Settings,
  toDeploymentOptions,
} from '../config/index.ts'
import { type Deployment, tokenErrors } from '../token/index.ts'
import type { ProductName } from '../values/index.ts'
import type { Call, OptionSpec } from './command.ts'
import { gatherProblems, type Problems } from './problems.ts'
import { factsFor } from './product-facts.ts'
import { choiceOptions, foreignOptions, readSettings, settingOptions } from './setting-options.ts'
import { userOptions } from './user-options.ts'

/** Which Qlik it is for. */
export const targetOptions: readonly OptionSpec[] = [
  ...choiceOptions,
  ...settingOptions(({ group }) => group === 'deployment'),
]

/** With which key, and for how long. */
export const signingOptions: readonly OptionSpec[] = [
  ...settingOptions(({ group }) => group === 'signing'),
  {
    flags: '--insecure-qlik-certificate',
    description:
      'use the key of a Qlik site’s own certificate; only for a first try on a test site',
  },
  {
    flags: '--insecure-key-owner',
    description: 'read a private key that belongs to another user of this machine',
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
  /** What the file calls it; undefined where no file is read. */
  readonly name?: string | undefined
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
  const { levels, name, isRead } = await findLevels(call, problems)
  const settings = mergeSettings(levels.map((level) => level.settings))
  problems.add(...foreignProblems(call, settings))
  const { product } = settings
  if (!isRead && product === undefined) return { settings, isRead }
  const own = withAttributes(settings, asked.attributes)
  const { options, missing } = findDeploymentOptions(own, asked.needsUrl)
  // Every deployment of a file has a product: none was read.
  const noFile = `${missing[0]}; there is no ${configFileName} in this folder, --config FILE names another`
  const told = product === undefined ? [noFile] : missing
  if (isRead && missing.length > 0)
    problems.addError(configErrors.ERR_CONFIG_MISSING({ missing: told }))
  const deployment = options && makeDeployment(options, problems)
  return { settings, options, deployment, name, isRead }
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
): Promise<{ levels: Level[]; name: string | undefined; isRead: boolean }> {
  const flags = readSettings(call, 'flag', problems)
  const environment = readSettings(call, 'environment', problems)
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
  return { levels, name: file?.name, isRead }
}

function foreignProblems(call: Call, { product }: Settings): string[] {
  const options = [...targetOptions, ...signingOptions, ...userOptions]
  return product === undefined ? [] : foreignOptions(call, product, options)
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
  const deployment = options && makeDeployment(options, problems)
  problems.tell()
  return { settings, deployment: deployment as Deployment }
}

function makeDeployment(options: DeploymentOptions, problems: Problems): Deployment | undefined {
  return problems.take(factsFor(options).readDeployment(), tokenErrors.ERR_TOKEN_DEPLOYMENT)
}
