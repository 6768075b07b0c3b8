import { mergeSettings, readFileSettings } from '../../config/index.ts'
import type { KeySource } from '../../keys/index.ts'
import type { Call, OptionSpec } from '../command.ts'
import {
  choiceOptions,
  passphraseOptions,
  readGivenSettings,
  settingOption,
} from '../setting-options.ts'
import { readPassphrase, toKeySource } from '../signing.ts'

/** The two halves that the commands of this folder look at. */
export const keyInputOptions: readonly OptionSpec[] = [
  {
    ...settingOption('key.file'),
    otherwise: 'the configuration file’s, if neither half is named',
  },
  settingOption('key.env'),
  ...passphraseOptions,
  {
    flags: '--insecure-key-owner',
    description: 'read a private key that belongs to another user of this machine',
  },
  { flags: '--certificate <file>', description: 'the certificate that Qlik has' },
  ...choiceOptions,
]

/** Where the halves are, as the options or the configuration file say. */
export interface KeyInput {
  readonly privateKey?: KeySource
  readonly passphrase?: string
  readonly certificate?: KeySource
  /** The key ID that was given, or that the file has for its key. */
  readonly kid?: string
}

/** @throws ERR_CLI_USAGE when neither half is named, ERR_CONFIG_ when the file cannot be read */
export async function readKeyInput(call: Call): Promise<KeyInput> {
  const given = readGivenSettings(call)
  const certificate = call.values.text('certificate')
  const isNamed = given.key !== undefined || certificate !== undefined
  const own = isNamed ? {} : await readOwn(call)
  const { key, passphrase: word, kid } = mergeSettings([given, own])
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
