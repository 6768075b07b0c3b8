import { relative, resolve } from 'node:path'
import { configFileName } from '../../config/index.ts'
import { createNewFiles, isSystemError } from '../../files/index.ts'
import { createKeyPair, writeKeyPair } from '../../keys/index.ts'
import { escapeForTerminal } from '../../values/index.ts'
import type { Call, CommandSpec } from '../command.ts'
import { cliErrors } from '../errors.ts'
import { orInterrupted } from '../interruption.ts'
import { insecureFolderOption, mayUseInsecureFolder } from '../key/insecure-folder.ts'
import { inColumns, layoutFor } from '../layout.ts'
import { settingOption, settingOptions } from '../setting-options.ts'
import { type Answers, checkAnswers, readAnswers, toConfigText } from './init-answers.ts'

/** `jotgate init`. */
export const init: CommandSpec = {
  name: 'init',
  summary: 'write jotgate.config.json and a key pair',
  description:
    'Writes a configuration file with one deployment, makes its key pair, and says what to do next. On a terminal it asks for what is missing.',
  options: [
    settingOption('product'),
    ...settingOptions(({ question }) => question !== undefined),
    { flags: '--deployment <name>', description: 'a name for the deployment', otherwise: 'prod' },
    settingOption('kid'),
    { flags: '--keys <dir>', description: 'the folder of the keys', otherwise: 'keys' },
    insecureFolderOption,
    { flags: '--config <file>', description: 'the file to write', otherwise: configFileName },
    { flags: '--json', description: 'print the result as JSON' },
  ],
  examples: [
    'jotgate init',
    'jotgate init --for cloud --url https://acme.eu.qlikcloud.com --issuer acme.example --kid acme-1',
    'jotgate init --for client-managed --url https://sense.acme.example --prefix jwt \\\n      --user-directory ACME',
  ],
  notes: 'With --json: { config, privateKeyFile, certificateFile, kid }. Nothing is overwritten.',
  endsOnSignal: true,
  async run(call) {
    const answers = await readAnswers(call)
    const file = call.values.text('config') ?? configFileName
    const keys = call.values.text('keys') ?? 'keys'
    const path = resolve(call.terminal.folder, file)
    const config = await orFileError(file, () => createNewFiles([{ file: path, mode: 0o644 }]))
    try {
      const kid = call.values.text('kid')
      const keyFile = relative(resolve(path, '..'), resolve(call.terminal.folder, keys, 'qlik.pem'))
      // Checked before the slow part, and before there is a key that nobody needs.
      await checkAnswers(answers, file, { keyFile, kid: kid ?? 'later' })
      const keyPair = await orInterrupted(
        call.signal,
        createKeyPair({ ...(kid === undefined ? {} : { kid }), clock: call.clock }),
      )
      const insecureFolder = mayUseInsecureFolder(call)
      const files = await writeKeyPair({ folder: keys, insecureFolder, keyPair })
      const text = toConfigText(answers, { keyFile, kid: keyPair.kid })
      await orFileError(file, () => config.write([text]))
      const { privateKeyFile, certificateFile } = files
      return {
        text: inColumns([
          ['config', file],
          ['private-key', privateKeyFile],
          ['certificate', certificateFile],
          ['kid', keyPair.kid],
        ]),
        json: { config: file, privateKeyFile, certificateFile, kid: keyPair.kid },
        next: nextSteps(call, answers, { file, certificate: certificateFile, kid: keyPair.kid }),
      }
    } catch (error) {
      await config.discard()
      throw error
    }
  },
}

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

/** What to do next: Qlik needs the certificate, and then a token can be tried. */
function nextSteps(
  call: Call,
  { settings }: Answers,
  { file, certificate, kid }: { file: string; certificate: string; kid: string },
): string {
  const create = `jotgate token create${file === configFileName ? '' : ` --config ${file}`}`
  const inCloud = [
    '1. Make an identity provider of the type JWT in Qlik Cloud (Administration), with',
    `     issuer       ${settings.get('issuer')}`,
    `     key ID       ${kid}`,
    '     certificate  what this command prints:',
    `       jotgate keys export --as one-line --certificate ${certificate}`,
    '2. Make a token:',
    `     ${create} --subject 42 --name Ada \\`,
    '       --email ada@acme.example',
  ]
  const onServer = [
    '1. In the QMC, make a virtual proxy with JWT authentication. The user ID is the',
    '   claim userId, the user directory the claim userDirectory. Paste into it, with all',
    `   its lines: ${certificate}`,
    '2. Make a token:',
    `     ${create} --user-id ada --name Ada`,
  ]
  const steps = settings.has('issuer') ? inCloud : onServer
  const { paint } = layoutFor(call.terminal, 'stderr')
  return [paint('bold', 'Next:'), ...steps.map((step) => `  ${escapeForTerminal(step)}`)].join('\n')
}
