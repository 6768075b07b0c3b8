import {
  configErrors,
  configFileName,
  nearestName,
  type ProductName,
  parseConfig,
  productNames,
  products,
  type Settings,
} from '../../config/index.ts'
import { isJotgateError } from '../../errors/index.ts'
import type { Call } from '../command.ts'
import { deploymentProblems } from './deployment-problems.ts'

/** What `jotgate init` writes into the file. */
export interface Answers {
  readonly product: string
  readonly name: string
  readonly url: string
  /** Members of the deployment, and of its signing, that only this product has. */
  readonly own: Readonly<Record<string, string>>
  readonly signing: Readonly<Record<string, string>>
}

/** Where the key that signs will be, and its ID. */
interface SigningKeyPlace {
  readonly keyFile: string
  readonly kid: string
}

const questions = {
  for: `Product of Qlik (${productNames.join(' or ')}): `,
  url: 'Address, such as https://acme.eu.qlikcloud.com: ',
  issuer: 'Issuer, a name for you such as acme.example: ',
  prefix: 'Prefix of the virtual proxy (empty for the default one): ',
  userDirectory: 'User directory: ',
} as const

type Question = keyof typeof questions

/** Takes what was given, and asks a person for the rest: again, when an answer cannot be right. */
export async function readAnswers(call: Call): Promise<Answers> {
  const { stdinIsTerminal, stderrIsTerminal } = call.terminal
  const missing: string[] = []
  const get = async (
    name: Question,
    flag: string,
    problemOf: (answer: string) => Promise<string | undefined>,
  ): Promise<string> => {
    const given = call.values.text(name)
    if (given !== undefined) return given
    if (!stdinIsTerminal || !stderrIsTerminal) {
      if (name !== 'prefix') missing.push(`${flag} is missing`)
      return ''
    }
    for (;;) {
      const answer = (await call.terminal.ask(questions[name])).trim()
      const problem = await problemOf(answer)
      if (problem === undefined) return answer
      call.note(`  It ${problem}${problem.endsWith('?') ? '' : '.'}`)
    }
  }
  const name = call.values.text('deployment') ?? 'prod'
  const typed = await get('for', '--for', async (answer) => problemOfProduct(answer))
  const product = productNames.find((known) => known === typed)
  let answers: Answers = { product: typed, name, url: '', own: {}, signing: {} }
  const take = async (question: Question, place: Place) => {
    const flag = `--${question.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
    const answer = await get(question, flag, (tried) =>
      problemOfAnswer(withAnswer(answers, question, place, tried), question),
    )
    answers = withAnswer(answers, question, place, answer)
  }
  await take('url', 'deployment')
  const asks = product === undefined ? {} : products[product].asks
  for (const [question, place] of Object.entries(asks)) await take(question as Question, place)
  if (missing.length > 0) throw call.refuse(...missing)
  return answers
}

/** The file's text. */
export function toConfigText(
  { product, name, url, own, signing }: Answers,
  { keyFile, kid }: SigningKeyPlace,
): string {
  const config = {
    $schema: './node_modules/jotgate/config.schema.json',
    deployments: {
      [name]: { product, url, ...own, signing: { key: { file: keyFile }, kid, ...signing } },
    },
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
  const { product, url, own, signing, name } = answers
  const settings = { product, url, ...own, ...signing } as Settings
  const problems = await deploymentProblems(settings)
  if (problems.length === 0) return
  const placed = problems.map((problem) => `deployments.${name}.${problem}`)
  throw configErrors.ERR_CONFIG_INVALID({ file, problems: placed })
}

type Place = (typeof products)[ProductName]['asks'][string]

function withAnswer(answers: Answers, question: Question, place: Place, answer: string): Answers {
  if (question === 'url') return { ...answers, url: answer }
  const member = place === 'signing' ? 'signing' : 'own'
  return { ...answers, [member]: { ...answers[member], [question]: answer } }
}

function problemOfProduct(answer: string): string | undefined {
  if (productNames.some((name) => name === answer)) return undefined
  const near = nearestName(answer, productNames)
  return `must be ${productNames.join(' or ')}${near === undefined ? '' : `; did you mean ${near}?`}`
}

/** What is wrong with this answer; what was not asked yet does not count. */
async function problemOfAnswer(answers: Answers, question: Question): Promise<string | undefined> {
  try {
    await checkAnswers(answers, configFileName, { keyFile: 'keys/qlik.pem', kid: 'later' })
    return undefined
  } catch (error) {
    if (!isJotgateError(error, 'ERR_CONFIG_INVALID')) throw error
    const { problems } = error.details as { problems: readonly string[] }
    const place = `.${question}: `
    const found = problems.find((problem) => problem.includes(place))
    return found?.slice(found.indexOf(place) + place.length)
  }
}
