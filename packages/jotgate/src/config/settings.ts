import { join, resolve } from 'node:path'
import type { SigningAlgorithm } from '../token/index.ts'
import { parseDuration } from './duration.ts'
import { configErrors } from './errors.ts'
import { meantName } from './nearest-name.ts'
import type { ProductName } from './product-names.ts'
import { type ReadConfig, readConfig } from './read-config.ts'
import type { DeploymentConfig } from './schema.ts'

/** Where a secret is. */
export type SecretPlace = { readonly file: string } | { readonly env: string }

/** What is known of a deployment and of how its tokens are signed, from wherever it was said. */
export interface Settings {
  readonly product?: ProductName | undefined
  readonly url?: string | undefined
  readonly issuer?: string | undefined
  readonly prefix?: string | undefined
  readonly userDirectory?: string | undefined
  readonly audience?: string | undefined
  readonly alg?: SigningAlgorithm | undefined
  readonly claims?: {
    readonly userId?: string | undefined
    readonly userDirectory?: string | undefined
    readonly groups?: string | undefined
    readonly attributes?: Readonly<Record<string, string>> | undefined
  }
  readonly key?: SecretPlace | undefined
  readonly passphrase?: SecretPlace | undefined
  readonly kid?: string | undefined
  readonly lifetimeSeconds?: number | undefined
  readonly notBeforeSkewSeconds?: number | undefined
}

/** The names that a settings object may have; each is taken from the first level that has it. */
const names = [
  'product',
  'url',
  'issuer',
  'prefix',
  'userDirectory',
  'audience',
  'alg',
  'key',
  'passphrase',
  'kid',
  'lifetimeSeconds',
  'notBeforeSkewSeconds',
] as const

/**
 * Lays settings over one another.
 *
 * @param levels the stronger first: flags, environment, file
 */
export function mergeSettings(levels: readonly Settings[]): Settings {
  const merged: Record<string, unknown> = {}
  for (const name of names) {
    const level = levels.find((one) => one[name] !== undefined)
    if (level !== undefined) merged[name] = level[name]
  }
  const claims = Object.assign({}, ...levels.toReversed().map((level) => definedOf(level.claims)))
  return { ...merged, claims } as Settings
}

function definedOf(values: object = {}): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}

/** Which deployment is meant, as flags or environment say it. */
export interface DeploymentChoice {
  readonly config?: string | undefined
  readonly deployment?: string | undefined
  readonly product?: ProductName | undefined
}

/** What the file says of one deployment, and its name there. */
export interface FileSettings {
  readonly name: string
  readonly file: string
  readonly settings: Settings
}

/**
 * Reads what the file says of the deployment that is meant. A product without a name of a deployment
 * starts from nothing: then no file is read.
 *
 * @param folder where `jotgate.config.json` is looked for
 * @throws ERR_CONFIG_FILE, ERR_CONFIG_JSON, ERR_CONFIG_INVALID, ERR_CONFIG_DEPLOYMENT
 */
export async function readFileSettings(
  choice: DeploymentChoice,
  folder: string,
): Promise<FileSettings | undefined> {
  const { config, deployment, product } = choice
  if (product !== undefined && deployment === undefined && config === undefined) return undefined
  const read = await readConfig({ file: config, folder })
  if (read === undefined) {
    if (deployment === undefined) return undefined
    const file = join(folder, 'jotgate.config.json')
    throw configErrors.ERR_CONFIG_FILE({ file, reason: 'ENOENT' })
  }
  const name = deployment ?? chooseDeployment(read, product)
  const found = Object.hasOwn(read.config.deployments, name)
    ? read.config.deployments[name]
    : undefined
  const refuse = (problem: string) =>
    configErrors.ERR_CONFIG_DEPLOYMENT({ file: read.file, problem })
  if (found === undefined)
    throw refuse(
      `has no deployment of that name, only ${namesIn(read).join(', ') || 'none'}${meantName(name, namesIn(read))}`,
    )
  if (product !== undefined && found.product !== product)
    throw refuse(`has the deployment ${name} as ${found.product}, and --for says ${product}`)
  return { name, file: read.file, settings: toSettings(found, read.folder) }
}

const namesIn = ({ config }: ReadConfig) => Object.keys(config.deployments)

function chooseDeployment(read: ReadConfig, product: ProductName | undefined): string {
  const { defaultDeployment, deployments } = read.config
  const fitting = Object.entries(deployments)
    .filter(([, one]) => product === undefined || one.product === product)
    .map(([name]) => name)
  if (defaultDeployment !== undefined && fitting.includes(defaultDeployment))
    return defaultDeployment
  const [only] = fitting
  if (only !== undefined && fitting.length === 1) return only
  const problem =
    fitting.length === 0 ? 'has no deployment' : `has several deployments: ${fitting.join(', ')}`
  throw configErrors.ERR_CONFIG_DEPLOYMENT({ file: read.file, problem })
}

/** What a deployment of the file says, its paths from the folder of the file. */
export function toSettings(deployment: DeploymentConfig, folder: string): Settings {
  const { signing = {}, ...rest } = deployment
  const { lifetime, notBeforeSkew, key, passphrase, ...signer } = signing
  return {
    ...rest,
    ...signer,
    claims: 'claims' in rest ? (rest.claims ?? {}) : {},
    key: fromFolder(key, folder),
    passphrase: fromFolder(passphrase, folder),
    lifetimeSeconds: lifetime === undefined ? undefined : parseDuration(lifetime),
    notBeforeSkewSeconds: notBeforeSkew === undefined ? undefined : parseDuration(notBeforeSkew),
  }
}

function fromFolder(
  place: { file?: string | undefined; env?: string | undefined } | undefined,
  folder: string,
): SecretPlace | undefined {
  if (place?.file !== undefined) return { file: resolve(folder, place.file) }
  return place?.env === undefined ? undefined : { env: place.env }
}
