import type { KeySource } from '../../keys/index.ts'
import type { Call, OptionSpec } from '../command.ts'
import { readPassphrase, toKeySource } from '../signing.ts'

/** The two halves that the commands of this folder look at. */
export const keyInputOptions: readonly OptionSpec[] = [
  { flags: '--key <file>', description: 'the private key; - is the standard input' },
  { flags: '--key-env <name>', description: 'the environment variable with the private key' },
  { flags: '--passphrase-file <file>', description: 'what opens an encrypted key; - is stdin' },
  { flags: '--passphrase-env <name>', description: 'the environment variable with the passphrase' },
  { flags: '--certificate <file>', description: 'the certificate that Qlik has' },
]

/** Where the halves are, as the options say. */
export interface KeyInput {
  readonly privateKey?: KeySource
  readonly passphrase?: string
  readonly certificate?: KeySource
}

/** @throws ERR_CLI_USAGE when neither half is named */
export async function readKeyInput(call: Call): Promise<KeyInput> {
  const text = (name: string) => call.values.text(name)
  const [file, env] = [text('key'), text('keyEnv')]
  if (file !== undefined && env !== undefined)
    throw call.refuse('the private key is named twice: by --key and by --key-env')
  const certificate = text('certificate')
  if (file === undefined && env === undefined && certificate === undefined)
    throw call.refuse(
      'give the private key by --key or --key-env, the certificate by --certificate, or both',
    )
  const place = file === undefined ? (env === undefined ? undefined : { env }) : { file }
  const [wordFile, wordEnv] = [text('passphraseFile'), text('passphraseEnv')]
  const word =
    wordFile === undefined
      ? wordEnv === undefined
        ? undefined
        : { env: wordEnv }
      : { file: wordFile }
  return {
    ...(place === undefined ? {} : { privateKey: await toKeySource(call, place) }),
    ...(word === undefined ? {} : { passphrase: await readPassphrase(call, word) }),
    ...(certificate === undefined ? {} : { certificate: { file: certificate } }),
  }
}
