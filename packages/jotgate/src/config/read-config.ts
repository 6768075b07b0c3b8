import { dirname, resolve } from 'node:path'
import { inWords, readFileWithin } from '../files/index.ts'
import { surveyJson } from '../values/index.ts'
import { configErrors } from './errors.ts'
import { ownerProblem } from './file-owner.ts'
import type { JsonSchema } from './json-schema.ts'
import { meantName } from './nearest-name.ts'
import type { Config } from './schema.ts'

/** A configuration file that has been read, and where it was. */
export interface ReadConfig {
  readonly config: Config
  readonly file: string
  /** The folder from which the file's paths go. */
  readonly folder: string
}

/** What the file is called where none is named. */
export const configFileName = 'jotgate.config.json'
const maxBytes = 1_048_576

/**
 * Reads the configuration file.
 *
 * @param options.file the one that was named; it must be there
 * @param options.folder where `jotgate.config.json` is looked for otherwise; without one, nothing is read
 * @throws ERR_CONFIG_FILE, ERR_CONFIG_OWNER, ERR_CONFIG_JSON, ERR_CONFIG_INVALID with every problem
 */
export async function readConfig(options: {
  file?: string | undefined
  folder: string
}): Promise<ReadConfig | undefined> {
  const { file = configFileName, folder } = options
  const path = resolve(folder, file)
  const text = await readText(path, file, options.file !== undefined)
  if (text === undefined) return undefined
  return { config: await parseConfig(text, file), file, folder: dirname(path) }
}

/** The text of the file alone; for what else is read, see `readConfig`. */
export async function readConfigText(options: {
  file?: string | undefined
  folder: string
}): Promise<{ file: string; text: string } | undefined> {
  const { file = configFileName, folder } = options
  const text = await readText(resolve(folder, file), file, options.file !== undefined)
  return text === undefined ? undefined : { file, text }
}

async function readText(path: string, file: string, isNamed: boolean): Promise<string | undefined> {
  const { bytes, stats, refusal } = await readFileWithin(path, maxBytes)
  if (refusal?.reason === 'not-found' && !isNamed) return undefined
  if (refusal !== undefined) throw configErrors.ERR_CONFIG_FILE({ file, problem: inWords(refusal) })
  const problem = isNamed ? undefined : ownerProblem(path, stats)
  if (problem !== undefined) throw configErrors.ERR_CONFIG_OWNER({ file, problem })
  return bytes.toString('utf8')
}

/**
 * Reads the text of a configuration file and lists all its problems, each with its place and, for an
 * unknown name, the one that was probably meant.
 *
 * @throws ERR_CONFIG_JSON, ERR_CONFIG_INVALID
 */
export async function parseConfig(text: string, file: string): Promise<Config> {
  const json = text.replace(/^\uFEFF/, '')
  const value = parseJson(json, file)
  // Loaded here, so that a command without a file does not wait for it.
  const { configSchema } = await import('./schema.ts')
  const result = configSchema.safeParse(value)
  const problems = [...nameProblems(json), ...defaultProblems(value)]
  if (!result.success) {
    const { problemsOf } = await import('./problems.ts')
    problems.push(...problemsOf(result.error, value))
  }
  if (problems.length > 0 || !result.success)
    throw configErrors.ERR_CONFIG_INVALID({ file, problems })
  return result.data
}

/**
 * The deployments of a file that have the right form, whatever else is wrong with the file: for a check of
 * more than the form.
 */
export async function soundDeployments(text: string): Promise<Config['deployments']> {
  const { configSchema } = await import('./schema.ts')
  const { deployments } = Object(JSON.parse(text.replace(/^\uFEFF/, '')))
  const alone = Object.entries(Object(deployments)).map(([name, value]) =>
    configSchema.safeParse({ deployments: { [name]: value } }),
  )
  return Object.assign({}, ...alone.map(({ data }) => data?.deployments))
}

/** The JSON Schema of the file for editors; loaded when asked for, since it brings zod. */
export async function loadConfigJsonSchema(): Promise<JsonSchema> {
  const { configJsonSchema } = await import('./json-schema.ts')
  return configJsonSchema()
}

/**
 * Finds names that occur twice in one object, of which JSON.parse takes the last silently, and `__proto__`,
 * which is lost when an object is copied.
 *
 * @param text what JSON.parse has found well formed
 */
export function nameProblems(text: string): string[] {
  const { duplicates, prototypes } = surveyJson(text)
  return [
    ...duplicates.map((path) => `${path.join('.')}: occurs twice`),
    ...prototypes.map((path) => `${path.join('.')}: cannot be a name`),
  ]
}

/** Checked whatever else is wrong, so that all problems are listed at once. */
function defaultProblems(value: unknown): string[] {
  const { defaultDeployment: name, deployments } = Object(value) as Record<string, unknown>
  if (typeof name !== 'string' || typeof deployments !== 'object' || deployments === null) return []
  if (Object.hasOwn(deployments, name)) return []
  const names = Object.keys(deployments)
  if (names.length === 0) return ['defaultDeployment: there are no deployments']
  return [`defaultDeployment: must be one of ${names.join(', ')}${meantName(name, names)}`]
}

/** The message of JSON.parse quotes the text around the mistake, so only the place is kept. */
function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const position = /position (\d+)/.exec(String(error))?.[1]
    const before = text.slice(0, position === undefined ? text.length : Number(position))
    const line = before.split('\n').length
    const column = before.length - before.lastIndexOf('\n')
    throw configErrors.ERR_CONFIG_JSON({ file, line, column })
  }
}
