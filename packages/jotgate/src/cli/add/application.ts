import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { inWords, readFileWithin } from '../../files/index.ts'
import { isObject } from '../../values/index.ts'
import { cliErrors } from '../errors.ts'
import { type Framework, frameworks } from './frameworks.ts'

/** An application that exists, by its package.json. */
export interface Application {
  readonly folder: string
  /** Each package that it names, for whatever purpose. */
  readonly packages: ReadonlySet<string>
  /** Whether its own files are modules, so that `import` stands in them. */
  readonly isModule: boolean
  readonly packageManager: PackageManager
}

export interface PackageManager {
  readonly install: string
  readonly installDev: string
}

const maxBytes = 1_048_576
const npm: PackageManager = { install: 'npm install', installDev: 'npm install --save-dev' }

/** By the lock file that each writes. */
const packageManagers: readonly (readonly [string, PackageManager])[] = [
  ['pnpm-lock.yaml', { install: 'pnpm add', installDev: 'pnpm add --save-dev' }],
  ['yarn.lock', { install: 'yarn add', installDev: 'yarn add --dev' }],
  ['bun.lock', { install: 'bun add', installDev: 'bun add --dev' }],
]

/**
 * Reads what a folder's package.json says of its application.
 *
 * @throws ERR_CLI_ADD_NO_APPLICATION, ERR_CLI_INPUT
 */
export async function readApplication(folder: string): Promise<Application> {
  const { bytes, refusal } = await readFileWithin(join(folder, 'package.json'), maxBytes)
  if (refusal?.reason === 'not-found') throw cliErrors.ERR_CLI_ADD_NO_APPLICATION({})
  if (refusal !== undefined) throw wrong(inWords(refusal))
  const said = parse(bytes)
  const lists = [said.dependencies, said.devDependencies, said.peerDependencies].filter(isObject)
  const has = (name: string) => existsSync(join(folder, name))
  return {
    folder,
    packages: new Set(lists.flatMap((list) => Object.keys(list))),
    isModule: said.type === 'module' || has('tsconfig.json'),
    packageManager: packageManagers.find(([lock]) => has(lock))?.[1] ?? npm,
  }
}

function parse(bytes: Uint8Array): Record<string, unknown> {
  try {
    const said: unknown = JSON.parse(new TextDecoder().decode(bytes))
    if (isObject(said)) return said
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw wrong('is not a JSON object')
}

const wrong = (problem: string) => cliErrors.ERR_CLI_INPUT({ source: 'package.json', problem })

/**
 * The framework of an application: the one that is asked for, or the only one that it has.
 *
 * @throws ERR_CLI_ADD_FRAMEWORK when it has another one, none, or several
 */
export function frameworkOf({ packages }: Application, asked: string | undefined): Framework {
  const found = frameworks.filter(({ name }) => packages.has(name))
  const names = found.map(({ name }) => name)
  const framework =
    asked === undefined && found.length === 1 ? found[0] : found.find(({ name }) => name === asked)
  if (framework !== undefined) return framework
  throw cliErrors.ERR_CLI_ADD_FRAMEWORK({
    asked,
    found: names,
    known: frameworks.map(({ name }) => name),
  })
}

/**
 * The folder of an application below which the files go: `src/` where its routes are there.
 *
 * @throws ERR_CLI_ADD_NO_APP_FOLDER
 */
export function baseOf({ folder }: Application, { title, hasAppFolder }: Framework): '' | 'src/' {
  if (hasAppFolder === undefined || existsSync(join(folder, 'app'))) return ''
  if (existsSync(join(folder, 'src/app'))) return 'src/'
  throw cliErrors.ERR_CLI_ADD_NO_APP_FOLDER({ framework: title })
}
