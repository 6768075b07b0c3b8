import { readFileSettings, type SecretPlace } from '../../config/index.ts'
import type { KeySource } from '../../keys/index.ts'
import type { Call, OptionSpec } from '../command.ts'
import { readPassphrase, toKeySource } from '../signing.ts'

/** The two halves that the commands of this folder look at. */
export const keyInputOptions: readonly OptionSpec[] = [
  {
    flags: '--key <file>',
    description: 'the private key; - is the standard input',
    otherwise: 'the configuration file’s, when no half is named',
  },
  { flags: '--key-env <name>', description: 'the environment variable with the private key' },
  { flags: '--passphrase-file <file>', description: 'what opens an encrypted key; - is stdin' },
  { flags: '--passphrase-env <name>', description: 'the environment variable with the passphrase' },
  { flags: '--certificate <file>', description: 'the certificate that Qlik has' },
  { flags: '--deployment <name>', description: 'the deployment whose key it is, in the file' },
  {
    flags: '--config <file>',
    description: 'the configuration file',
    otherwise: 'jotgate.config.json, when it is there',
  },
]

/** Where the halves are, as the options or the configuration file say. */
export interface KeyInput {
  readonly privateKey?: KeySource
  readonly passphrase?: string
  readonly certificate?: KeySource
  /** The key ID that was given, or that the file has for its key. */
  readonly kid?: string
}

/** @throws ERR_CLI_USAGE when neither half is named, and ERR_CONFIG_ when the file cannot be read */
export async function readKeyInput(call: Call): Promise<KeyInput> {
  const text = (name: string) => call.values.text(name)
  const named = toPlace(call, 'private key', text('key'), text('keyEnv'))
  const certificate = text('certificate')
  const own = named === undefined && certificate === undefined ? await readOwn(call) : undefined
  const key = named ?? own?.key
  const word =
    toPlace(call, 'passphrase', text('passphraseFile'), text('passphraseEnv')) ?? own?.passphrase
  const kid = text('kid') ?? own?.kid
  return {
    ...(key === undefined ? {} : { privateKey: await toKeySource(call, key) }),
    ...(word === undefined ? {} : { passphrase: await readPassphrase(call, word) }),
    ...(certificate === undefined ? {} : { certificate: { file: certificate } }),
    ...(kid === undefined ? {} : { kid }),
  }
}

/** The key with which the configuration file's deployment signs. */
async function readOwn(call: Call) {
  const choice = { config: call.values.text('config'), deployment: call.values.text('deployment') }
  const found = await readFileSettings(choice, call.terminal.folder)
  if (found?.settings.key === undefined)
    throw call.refuse(
      'give the private key by --key or --key-env, the certificate by --certificate, or both; or have signing.key in the configuration file',
    )
  call.note(`note: this is the key of ${found.name} in ${found.file}`)
  return found.settings
}

function toPlace(
  call: Call,
  what: string,
  file: string | undefined,
  env: string | undefined,
): SecretPlace | undefined {
  if (file !== undefined && env !== undefined)
    throw call.refuse(`the ${what} is named twice: by a file and by an environment variable`)
  return file === undefined ? (env === undefined ? undefined : { env }) : { file }
}
