import { join } from 'node:path'
import type { ProductName } from '../values/index.ts'
import { configErrors } from './errors.ts'
import { meantName } from './nearest-name.ts'
import { configFileName, type ReadConfig, readConfig } from './read-config.ts'
import { type Settings, toSettings } from './settings.ts'

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
 * Reads what the file says of the deployment that is meant. With a product and no name of a deployment,
 * no file is read.
 *
 * @param folder where `jotgate.config.json` is looked for
 * @throws ERR_CONFIG_FILE, ERR_CONFIG_OWNER, ERR_CONFIG_JSON, ERR_CONFIG_INVALID, ERR_CONFIG_DEPLOYMENT
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
    const file = join(folder, configFileName)
    throw configErrors.ERR_CONFIG_FILE({ file, problem: 'does not exist' })
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
