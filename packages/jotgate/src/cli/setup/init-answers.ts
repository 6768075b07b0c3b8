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
} from '../../config/index.ts'
import { isJotgateError } from '../../errors/index.ts'
import { productNames } from '../../values/index.ts'
import { type Call, nameOfOption } from '../command.ts'
import { deploymentProblems } from './deployment-problems.ts'

/** What `jotgate init` writes into the file. */
export interface Answers {
  /** The name of the deployment. */
  readonly name: string
  /** The answers by the names of their settings; `product` is the first. */
  readonly settings: ReadonlyMap<string, string>
}

/** Where the key that signs will be, and its ID. */
interface SigningKeyPlace {
  readonly keyFile: string
  readonly kid: string
}

/** Takes what was given, and asks a person for the rest: again, when an answer cannot be right. */
export async function readAnswers(call: Call): Promise<Answers> {
  const { stdinIsTerminal, stderrIsTerminal } = call.terminal
  const missing: string[] = []
  const get = async (
    { flag = '', mayBeEmpty }: Setting,
    question: string,
    problemOf: (answer: string) => string | undefined | Promise<string | undefined>,
  ): Promise<string> => {
    const given = call.values.text(nameOfOption(flag))
    if (given !== undefined) return given
    if (!stdinIsTerminal || !stderrIsTerminal) {
      if (mayBeEmpty === undefined) missing.push(`${optionOf(flag)} is missing`)
      return ''
    }
    for (;;) {
      const answer = (await call.terminal.ask(question)).trim()
      const problem = await problemOf(answer)
      if (problem === undefined) return answer
      call.note(`  It ${problem}${problem.endsWith('?') ? '' : '.'}`)
    }
  }
  const name = call.values.text('deployment') ?? 'prod'
  const settings = new Map<string, string>()
  for (const setting of settingsTable.filter(isAsked)) {
    if (!isFor(setting, settings.get('product'))) continue
    const { question = `Product of Qlik (${productNames.join(' or ')}): ` } = setting
    const answer = await get(setting, question, (tried) =>
      setting.name === 'product'
        ? problemOfProduct(tried)
        : problemOfAnswer(
            { name, settings: new Map([...settings, [setting.name, tried]]) },
            setting,
          ),
    )
    settings.set(setting.name, answer)
  }
  if (missing.length > 0) throw call.refuse(...missing)
  return { name, settings }
}

const isAsked = ({ name, question }: Setting) => name === 'product' || question !== undefined

/** What every product has is asked whichever product it is. */
function isFor({ products }: Setting, product: string | undefined): boolean {
  const all = productNames.every((name) => products.includes(name))
  return all || (product !== undefined && products.includes(product))
}

/** The file's text. */
export function toConfigText(
  { name, settings }: Answers,
  { keyFile, kid }: SigningKeyPlace,
): string {
  const deployment = placeSettings(new Map([...settings, ['key.file', keyFile], ['kid', kid]]))
  const config = {
    $schema: './node_modules/jotgate/config.schema.json',
    deployments: { [name]: deployment },
  }
  return `${JSON.stringify(config, null, 2)}\n`
}

/**
 * Checks the answers as every command will that reads the file.
 *
 * @throws ERR_CONFIG_INVALID
 */
export async function checkAnswers(
  answers: Answers,
  file: string,
  place: SigningKeyPlace,
): Promise<void> {
  await parseConfig(toConfigText(answers, place), file)
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
async function problemOfAnswer(answers: Answers, setting: Setting): Promise<string | undefined> {
  try {
    await checkAnswers(answers, configFileName, { keyFile: 'keys/qlik.pem', kid: 'later' })
    return undefined
  } catch (error) {
    if (!isJotgateError(error, 'ERR_CONFIG_INVALID')) throw error
    const { problems } = error.details
    const start = `deployments.${answers.name}.${setting.place}: `
    return problems.find((problem) => problem.startsWith(start))?.slice(start.length)
  }
}
