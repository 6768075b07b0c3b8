import { dirname, resolve } from 'node:path'
import {
  configErrors,
  configFileName,
  parseConfig,
  readConfigText,
  type Settings,
  soundDeployments,
  toSettings,
} from '../../config/index.ts'
import { isJotgateError } from '../../errors/index.ts'
import { inWords, readFileWithin } from '../../files/index.ts'
import { checkKey } from '../../keys/index.ts'
import { type CommandSpec, resultOptions } from '../command.ts'
import { cliErrors } from '../errors.ts'
import { deploymentProblems } from './deployment-problems.ts'

/** `jotgate config check`. */
export const configCheck: CommandSpec = {
  name: 'config check',
  summary: 'all problems of the configuration file at once',
  description: 'Reads the configuration file and lists all its problems, each with its place.',
  options: [
    { flags: '--config <file>', description: 'the configuration file', otherwise: configFileName },
    ...resultOptions,
  ],
  examples: ['jotgate config check', 'jotgate config check --config ci/jotgate.config.json --json'],
  notes:
    'Exit code 2 when the file has problems, and 3 when it has none but a key that it names has.\nWith --json: { file, deployments: [name], findings: [{ place, problem }] }.',
  async run(call) {
    const found = await readConfigText({
      file: call.values.text('config'),
      folder: call.terminal.folder,
    })
    if (found === undefined)
      throw cliErrors.ERR_CLI_INPUT({
        source: configFileName,
        problem: 'is not in this folder; `jotgate init` writes one, and --config names another',
      })
    const { file, text } = found
    const problems = await problemsOfForm(text, file)
    const folder = dirname(resolve(call.terminal.folder, file))
    const settings = Object.entries(await soundDeployments(text)).map(
      ([name, deployment]) => [`deployments.${name}`, toSettings(deployment, folder)] as const,
    )
    for (const [place, deployment] of settings) {
      const inIt = await deploymentProblems(deployment)
      problems.push(...inIt.map((problem) => `${place}.${problem}`))
    }
    if (problems.length > 0) throw configErrors.ERR_CONFIG_INVALID({ file, problems })
    const deployments = Object.keys((await parseConfig(text, file)).deployments)
    const findings: KeyFinding[] = []
    for (const [place, deployment] of settings)
      findings.push(...(await keyFindings(place, deployment)))
    const names = deployments.join(', ') || 'no deployments'
    return {
      text:
        findings.length === 0
          ? `${file} has no problems: ${names}\n`
          : findings.map(({ place, problem }) => `${place}: ${problem}\n`).join(''),
      json: { file, deployments, findings },
      exitCode: findings.length === 0 ? 0 : 3,
    }
  },
}

/** What is wrong with a file that a deployment names. */
interface KeyFinding {
  readonly place: string
  readonly problem: string
}

/** A variable is not looked for: it may be set where the tokens are made, and only there. */
async function keyFindings(
  place: string,
  { key, passphrase }: Settings,
): Promise<readonly KeyFinding[]> {
  const found: KeyFinding[] = []
  let word: string | undefined
  if (passphrase !== undefined && 'file' in passphrase) {
    const { bytes, refusal } = await readFileWithin(passphrase.file, maxPassphraseBytes)
    if (refusal === undefined) word = bytes.toString('utf8').replace(/\r?\n$/, '')
    else
      found.push({
        place: `${place}.signing.passphrase.file`,
        problem: `${passphrase.file} ${inWords(refusal)}`,
      })
  }
  if (key === undefined || !('file' in key)) return found
  const privateKey = word === undefined ? key : { ...key, passphrase: word }
  const blocking = (await checkKey({ privateKey }))
    .filter(({ blocks }) => blocks)
    // The passphrase may be in a variable, or somebody types it.
    .filter(({ id }) => id !== 'key-encrypted')
  const keyPlace = `${place}.signing.key.file`
  return [
    ...found,
    ...blocking.map(({ title, detail }) => ({ place: keyPlace, problem: `${title}: ${detail}` })),
  ]
}

const maxPassphraseBytes = 1_048_576

/** Text that is not JSON has no further problems. */
async function problemsOfForm(text: string, file: string): Promise<string[]> {
  try {
    await parseConfig(text, file)
    return []
  } catch (error) {
    if (!isJotgateError(error, 'ERR_CONFIG_INVALID')) throw error
    return [...error.details.problems]
  }
}
