import { dirname, relative, resolve } from 'node:path'
import {
  configErrors,
  configFileName,
  meantName,
  optionOf,
  parseConfig,
  placeSettings,
  type Setting,
  settingsFrom,
  settingsTable,
  valuesOf,
} from '../../config/index.ts'
import { isJotgateError } from '../../errors/index.ts'
import { type ProductName, productNames, readOrigin } from '../../values/index.ts'
import type { Call, OptionSpec } from '../command.ts'
import { layoutFor } from '../layout.ts'
import {
  foreignOptions,
  readGivenSettings,
  settingOption,
  settingOptions,
} from '../setting-options.ts'
import { deploymentProblems } from './deployment-problems.ts'

/** What `jotgate init` writes into the file. */
export interface Answers {
  /** The name of the deployment. */
  readonly name: string
  /** The answers by the names of their settings; `product` is the first. Files go from the working folder. */
  readonly settings: ReadonlyMap<string, unknown>
}

/** The answers, and whether somebody is being asked: who says all that is needed at once is asked for no more. */
export interface GivenAnswers extends Answers {
  readonly isAsking: boolean
}

const isAsked = ({ name, question }: Setting) => name === 'product' || question !== undefined

/** How Qlik is reached, and its administrator: what is given of it is written into the file. */
const isTaken = ({ group }: Setting) =>
  group === 'administrator' || group === 'service' || group === 'connection'

/** What the settings of the deployment come from. */
export const answerOptions: readonly OptionSpec[] = [
  settingOption('product'),
  ...settingOptions(({ question }) => question !== undefined),
  {
    flags: '--origin <origin>',
    description:
      'the origin of a page that opens Qlik itself (direct mode), such as https://www.acme.example',
    otherwise: 'none: pages reach Qlik through a gateway',
    repeatable: true,
  },
  ...settingOptions(isTaken),
]

/** Whether there is somebody to ask. */
export function mayAsk({ terminal }: Call): boolean {
  return terminal.stdinIsTerminal && terminal.stderrIsTerminal
}

/** Says something before a question, at the width of the terminal. */
export function sayBefore(call: Call, text: string): void {
  call.note(layoutFor(call.terminal, 'stderr').wrap(`  ${text}`, '  '))
}

/** Asks until the answer can be right. */
export async function askUntilRight(
  call: Call,
  question: string,
  problemOf: (answer: string) => string | undefined | Promise<string | undefined>,
): Promise<string> {
  for (;;) {
    const answer = (await call.terminal.ask(question)).trim()
    const problem = await problemOf(answer)
    if (problem === undefined) return answer
    sayBefore(call, `It ${problem}${problem.endsWith('?') ? '' : '.'}`)
  }
}

/** Takes what was given, and asks a person for the rest: again, when an answer cannot be right. */
export async function readAnswers(call: Call): Promise<GivenAnswers> {
  const given = valuesOf(readGivenSettings(call))
  const missing: string[] = []
  const name = call.values.text('deployment') ?? 'prod'
  const settings = new Map<string, unknown>()
  let isAsking = false
  const get = async (setting: Setting): Promise<unknown> => {
    const { flag = '', mayBeEmpty } = setting
    if (given.has(setting.name)) return given.get(setting.name)
    if (!mayAsk(call)) {
      if (mayBeEmpty === undefined) missing.push(`${optionOf(flag)} is missing`)
      return ''
    }
    isAsking = true
    const { question = `Product of Qlik (${productNames.join(' or ')}): ` } = setting
    return askUntilRight(call, question, (tried) =>
      setting.name === 'product'
        ? problemOfProduct(tried)
        : problemOfAnswer(
            { name, settings: new Map([...settings, [setting.name, tried]]) },
            setting,
          ),
    )
  }
  for (const setting of settingsTable.filter(isAsked))
    if (isFor(setting, settings.get('product'))) settings.set(setting.name, await get(setting))
  const product = settings.get('product') as ProductName | ''
  if (product !== '') missing.push(...foreignOptions(call, product, answerOptions))
  for (const { name: setting, form, flag = '' } of settingsTable)
    if (form === 'file' && given.get(setting) === '-')
      missing.push(`${optionOf(flag)} must name a file, which is written into the configuration`)
  if (missing.length > 0) throw call.refuse(...missing)
  const origins = await readOrigins(call, isAsking)
  if (origins.length > 0) settings.set('setup.origins', origins)
  for (const setting of settingsTable.filter(isTaken))
    if (given.has(setting.name) && isFor(setting, product))
      settings.set(setting.name, given.get(setting.name))
  return { name, settings, isAsking }
}

/** The origins of pages, as a browser sends them; none where a gateway stands in front. */
async function readOrigins(call: Call, isAsking: boolean): Promise<string[]> {
  const given = call.values.list('origin')
  if (given.length > 0 || !isAsking) {
    const problems = given.flatMap((one) => problemOfOrigin(one) ?? [])
    if (problems.length > 0) throw call.refuse(...problems.map((problem) => `--origin ${problem}`))
    return given.map((one) => new URL(one).origin)
  }
  const answer = await askUntilRight(
    call,
    'Origin of your page, such as https://www.acme.example (empty: gateway): ',
    (tried) => originsIn(tried).map(problemOfOrigin).find(Boolean),
  )
  return originsIn(answer).map((one) => new URL(one).origin)
}

/** Who has several pages writes them behind one another. */
const originsIn = (answer: string) => answer.split(/[\s,]+/).filter((one) => one !== '')

const problemOfOrigin = (text: string) => readOrigin('origin', text).problems?.[0].problem

/** What every product has is asked whichever product it is. */
function isFor({ products }: Setting, product: unknown): boolean {
  const all = productNames.every((name) => products.includes(name))
  return all || products.some((name) => name === product)
}

/** The file's text. */
export function toConfigText(
  { name, settings }: Answers,
  place: {
    /** The file itself, from whose folder its paths go. */
    file: string
    /** The working folder. */
    folder: string
  },
): string {
  const from = dirname(resolve(place.folder, place.file))
  const values = [...settings].map(([setting, value]): [string, unknown] => {
    const isFile = settingsTable.some((one) => one.name === setting && one.form === 'file')
    return [setting, isFile ? relative(from, resolve(place.folder, String(value))) : value]
  })
  const config = {
    $schema: './node_modules/jotgate/config.schema.json',
    deployments: { [name]: placeSettings(new Map(values)) },
  }
  return `${JSON.stringify(config, null, 2)}\n`
}

/**
 * Checks the answers as every command will that reads the file.
 *
 * @throws ERR_CONFIG_INVALID
 */
export async function checkAnswers(answers: Answers, file: string): Promise<void> {
  await parseConfig(toConfigText(answers, { file, folder: '.' }), file)
  const problems = await deploymentProblems(settingsFrom(answers.settings))
  if (problems.length === 0) return
  const placed = problems.map((problem) => `deployments.${answers.name}.${problem}`)
  throw configErrors.ERR_CONFIG_INVALID({ file, problems: placed })
}

function problemOfProduct(answer: string): string | undefined {
  if (productNames.some((name) => name === answer)) return undefined
  return `must be ${productNames.join(' or ')}${meantName(answer, productNames)}`
}

/** What is wrong with this answer; what was not asked yet does not count. */
export async function problemOfAnswer(
  answers: Answers,
  { place }: Pick<Setting, 'place'>,
): Promise<string | undefined> {
  try {
    await checkAnswers(answers, configFileName)
    return undefined
  } catch (error) {
    if (!isJotgateError(error, 'ERR_CONFIG_INVALID')) throw error
    const { problems } = error.details
    const start = `deployments.${answers.name}.${place}: `
    return problems.find((problem) => problem.startsWith(start))?.slice(start.length)
  }
}
