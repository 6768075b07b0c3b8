import { randomBytes } from 'node:crypto'
import { lstat, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { configFileName } from '../../config/index.ts'
import { isJotgateError } from '../../errors/index.ts'
import { createNewFiles, isSystemError } from '../../files/index.ts'
import { createKeyPair, writeKeyPair } from '../../keys/index.ts'
import type { Call, CommandSpec, Outcome } from '../command.ts'
import { resultsInWords } from '../doctor/results-in-words.ts'
import { cliErrors } from '../errors.ts'
import { interrupted, orInterrupted } from '../interruption.ts'
import { insecureFolderOption, mayUseInsecureFolder } from '../key/insecure-folder.ts'
import { inColumns, layoutFor } from '../layout.ts'
import { timeoutOption } from '../session/credentials.ts'
import { settingOption } from '../setting-options.ts'
import { type AdministratorAnswers, readAdministrator } from './init-administrator.ts'
import {
  type Answers,
  answerOptions,
  checkAnswers,
  mayAsk,
  readAnswers,
  toConfigText,
} from './init-answers.ts'
import { callOnFile, chooseTestUser, setUp, testLoginOptions, tryLogin } from './init-apply.ts'
import { configOption, stepsAfterSetUp, stepsByHand, type Written } from './init-next-steps.ts'

/** `jotgate init`. */
export const init: CommandSpec = {
  name: 'init',
  summary: 'from nothing to a login: file, key pair, Qlik set up',
  description:
    'Writes a configuration file with one deployment and makes its key pair. Where an administrator can be reached, it shows what Qlik lacks, asks, makes it, and tries a login; otherwise it says what an administrator does by hand. On a terminal it asks for what is missing. Secrets are never written: the file names the variable or the file that holds them.',
  options: [
    ...answerOptions,
    { flags: '--deployment <name>', description: 'a name for the deployment', otherwise: 'prod' },
    settingOption('kid'),
    { flags: '--keys <dir>', description: 'the folder of the keys', otherwise: 'keys' },
    insecureFolderOption,
    { flags: '--config <file>', description: 'the file to write', otherwise: configFileName },
    { flags: '--yes', description: 'set Qlik up without asking', onlyFlag: true },
    ...testLoginOptions,
    timeoutOption,
    { flags: '--json', description: 'print the result as JSON' },
  ],
  examples: [
    'jotgate init',
    'jotgate init --for cloud --url https://acme.eu.qlikcloud.com --issuer acme.example --kid acme-1',
    'jotgate init --for cloud --url https://acme.eu.qlikcloud.com --issuer acme.example \\\n      --origin https://www.acme.example --api-key-env QLIK_API_KEY --yes --create-test-user',
    'jotgate init --for client-managed --url https://sense.acme.example --prefix jwt \\\n      --user-directory ACME --client-certificate client.pem --client-key client_key.pem \\\n      --ca-file root.pem --yes --as ada',
  ],
  notes:
    'Origin and administrator are asked for when something else has to be asked, too; a line that says all that is needed may leave them out. Nothing is overwritten. Files stay when Qlik cannot be set up: `jotgate apply` goes on from there.\nExit code 0 when all of it is done, 3 when the login or another check of `jotgate doctor` has failed, 1 when it stopped, 2 for wrong use, also without --yes where nobody can be asked, 130 when interrupted.\nWith --json: { config, privateKeyFile, certificateFile, kid, applied: { done, left }, webIntegrationId,\nlogin: { subject, isMade, results } }. The last three only where Qlik was set up; login is null when nobody logged in.',
  endsOnSignal: true,
  async run(call) {
    const file = call.values.text('config') ?? configFileName
    const keys = call.values.text('keys') ?? 'keys'
    // Nobody answers ten questions for that.
    for (const one of [file, join(keys, 'qlik.pem'), join(keys, 'qlik.cer')])
      if (await isThere(resolve(call.terminal.folder, one)))
        throw cliErrors.ERR_CLI_EXISTS({ file: one })
    const answers = await readAnswers(call)
    const administrator = await readAdministrator(call, answers)
    refuseWhatCannotFollow(call, answers.isAsking, administrator)
    const { name, settings: own } = answers
    const setupId = randomBytes(4).toString('hex')
    const written = await writeFiles(
      call,
      { file, keys },
      { name, settings: new Map([...administrator.settings, ['setup.id', setupId]]) },
    )
    const { privateKeyFile, certificateFile, kid } = written
    const rows = [
      ['config', file],
      ['private-key', privateKeyFile],
      ['certificate', certificateFile],
      ['kid', kid],
    ]
    const json = { config: file, privateKeyFile, certificateFile, kid }
    if (!administrator.isReached)
      return { text: inColumns(rows), json, next: stepsByHand(call, own, written) }
    return goOn(call, { name, administrator, written, rows, json, setupId })
  },
}

/** What would be found out only after the files were written. */
function refuseWhatCannotFollow(
  call: Call,
  isAsking: boolean,
  { isReached }: AdministratorAnswers,
): void {
  const { values } = call
  if (isReached && !values.isOn('yes') && !mayAsk(call))
    throw call.refuse(
      'to set Qlik up needs a yes, and there is no terminal to ask on: --yes gives it. Without an administrator only the files are written',
    )
  const given = ['as', 'createTestUser', 'yes'].filter((name) => values.isOn(name))
  if (!isReached && given.length > 0 && !isAsking)
    throw call.refuse(
      'an administrator is missing, without whom nothing is set up: for Qlik Cloud --api-key-env NAME or --oauth-client-id ID, for client-managed Qlik --client-certificate FILE and --client-key FILE',
    )
}

/** Makes the key pair and the file; all of them or none. */
async function writeFiles(
  call: Call,
  { file, keys }: { file: string; keys: string },
  { name, settings }: Answers,
): Promise<Written> {
  const { folder } = call.terminal
  const given = call.values.text('kid')
  const textWith = (kid: string) => {
    const all = new Map([
      ...settings,
      ['key.file', join(keys, 'qlik.pem')],
      ['kid', kid],
      ['setup.certificate', join(keys, 'qlik.cer')],
    ])
    return {
      answers: { name, settings: all },
      text: toConfigText({ name, settings: all }, { file, folder }),
    }
  }
  const path = resolve(folder, file)
  const config = await orFileError(file, () => createNewFiles([{ file: path, mode: 0o644 }]))
  let made: readonly string[] = []
  try {
    // Checked before the slow part, and before there is a key that nobody needs.
    await checkAnswers(textWith(given ?? 'later').answers, file)
    const keyPair = await orInterrupted(
      call.signal,
      createKeyPair({ ...(given === undefined ? {} : { kid: given }), clock: call.clock }),
    )
    const insecureFolder = mayUseInsecureFolder(call)
    const files = await writeKeyPair({ folder: keys, insecureFolder, keyPair })
    made = [files.privateKeyFile, files.certificateFile]
    await orFileError(file, () => config.write([textWith(keyPair.kid).text]))
    return { file, ...files, kid: keyPair.kid }
  } catch (error) {
    await config.discard()
    for (const one of made) await rm(resolve(folder, one), { force: true })
    throw error
  }
}

/** Sets Qlik up by the file, and tries a login. */
async function goOn(
  call: Call,
  made: {
    name: string
    administrator: AdministratorAnswers
    written: Written
    rows: string[][]
    json: object
    setupId: string
  },
): Promise<Outcome> {
  const { name, administrator, written, rows, json, setupId } = made
  const { settings, secrets } = administrator
  const { privateKeyFile, certificateFile } = written
  const config = configOption(written)
  const later = callOnFile(call, { file: written.file, deployment: name, secrets })
  const { applied, webIntegrationId } = await orSayWhatStays(
    call,
    `${written.file}, ${privateKeyFile} and ${certificateFile} stay. Correct the file if need be, and go on with \`jotgate apply${config}\`; \`jotgate doctor${config}\` says what is wrong.`,
    () => setUp(later),
  )
  const isSetUp = `Qlik is set up; \`jotgate doctor${config} --as SUBJECT\` tries a login, and says why if it fails.`
  const { user, results } = await orSayWhatStays(call, isSetUp, async () => {
    const user = await chooseTestUser(call, setupId)
    return {
      user,
      results: user === undefined ? [] : await tryLogin(later, user, applied.done.length > 0),
    }
  })
  const isBroken = results.some(({ verdict }) => verdict === 'failed')
  // The check of every product that the session is that of the user.
  const isIn = results.some(
    ({ check, verdict }) => check.endsWith('-same-user') && verdict === 'passed',
  )
  const integration = webIntegrationId === undefined ? [] : [['web-integration', webIntegrationId]]
  const faults = isBroken
    ? resultsInWords(results, call.terminal, 'stdout', ['failed', 'warning'])
    : ''
  return {
    text: [...(isBroken ? [faults, '\n'] : []), inColumns([...rows, ...integration])].join(''),
    json: {
      ...json,
      applied,
      webIntegrationId,
      login: user === undefined ? null : { ...user, results },
    },
    exitCode: isBroken ? 3 : 0,
    next:
      user !== undefined && !isIn
        ? layoutFor(call.terminal, 'stderr').wrap(`The login does not work yet. ${isSetUp}`)
        : stepsAfterSetUp(call, settings, {
            ...written,
            subject: user?.subject,
            webIntegrationId,
            unset: Object.keys(secrets),
          }),
  }
}

/** Says how to go on where a step fails or is interrupted. */
async function orSayWhatStays<Result>(
  call: Call,
  what: string,
  step: () => Promise<Result>,
): Promise<Result> {
  try {
    return await step()
  } catch (error) {
    if (error === interrupted || call.signal.aborted || isJotgateError(error)) call.note(what)
    throw error
  }
}

/** Also a link that leads nowhere. */
const isThere = (path: string) =>
  lstat(path).then(
    () => true,
    () => false,
  )

/** Says what the file system refused; any other error stays as it is. */
async function orFileError<Result>(file: string, step: () => Promise<Result>): Promise<Result> {
  try {
    return await step()
  } catch (error) {
    if (!isSystemError(error)) throw error
    if (error.code === 'EEXIST') throw cliErrors.ERR_CLI_EXISTS({ file }, { cause: error })
    throw cliErrors.ERR_CLI_OUT({ file, reason: error.code }, { cause: error })
  }
}
