import { optionOf, type SecretPlace, type Settings, settingsTable } from '../config/index.ts'
import { isJotgateError } from '../errors/index.ts'
import { type KeySource, readSigningKey } from '../keys/index.ts'
import {
  createSigner,
  durationInWords,
  type LifetimeProblem,
  longLifetimeSeconds,
  readLifetime,
  type Signer,
  type SigningKey,
} from '../token/index.ts'
import { definedOf } from '../values/index.ts'
import type { Call } from './command.ts'
import { cliErrors } from './errors.ts'
import type { Problems } from './problems.ts'
import { readInput, readStdin } from './read-input.ts'
import type { FoundTarget } from './target.ts'

/** Reads the private key that the settings name, with the passphrase that opens it. */
async function readKey(
  call: Call,
  { settings, place, mayAsk }: { settings: Settings; place: SecretPlace; mayAsk: boolean },
): Promise<SigningKey | undefined> {
  const { kid, alg, passphrase: secret } = settings
  // A command that is refused anyway must not wait for input at a terminal.
  const stdins = [place, secret].filter(
    (one) => one !== undefined && 'file' in one && one.file === '-',
  )
  if (!mayAsk && call.terminal.stdinIsTerminal && stdins.length > 0) return undefined
  const source = await toKeySource(call, place)
  const passphrase = secret && (await readPassphrase(call, secret))
  const open = (word: string | undefined) =>
    readSigningKey({
      ...source,
      ...(kid === undefined ? {} : { kid }),
      ...(alg === undefined ? {} : { alg }),
      ...(word === undefined ? {} : { passphrase: word }),
      ...(call.values.isOn('insecureQlikCertificate') ? { insecureQlikCertificate: true } : {}),
    })
  if (mayAsk) return withPassphrase(call, open, passphrase)
  try {
    return await open(passphrase)
  } catch (error) {
    // A missing passphrase is not a problem where the terminal would ask for it.
    if (mayBeAsked(call, error)) return undefined
    throw error
  }
}

/** A signing key that can be read again when its files change. */
export interface KeyInFiles {
  readonly files: readonly string[]
  /** @returns undefined when its passphrase was typed, and is not kept */
  read(): Promise<SigningKey | undefined>
}

/** The files of the signing key; undefined when it comes from a variable or the standard input. */
export function keyInFiles(call: Call, settings: Settings): KeyInFiles | undefined {
  const { key: place, passphrase } = settings
  const files = [place, passphrase].flatMap((one) =>
    one !== undefined && 'file' in one ? [one.file] : [],
  )
  if (place === undefined || 'env' in place || files.includes('-')) return undefined
  return { files, read: () => readKey(call, { settings, place, mayAsk: false }) }
}

/** Asks for the passphrase on a terminal when the key turns out to need one. */
export async function withPassphrase<Value>(
  call: Call,
  open: (passphrase: string | undefined) => Promise<Value>,
  given: string | undefined,
): Promise<Value> {
  try {
    return await open(given)
  } catch (error) {
    if (!mayBeAsked(call, error)) throw error
    return open(await call.terminal.ask('Passphrase of the key: ', { secret: true }))
  }
}

function mayBeAsked({ terminal }: Call, error: unknown): boolean {
  const isThere = terminal.stdinIsTerminal && terminal.stderrIsTerminal
  return isThere && isJotgateError(error, 'ERR_KEY_ENCRYPTED')
}

/** No key that people use is larger; the part keys has the same limit for a file. */
const maxKeyBytes = 65_536

/** The standard input is read once, into memory: an encrypted key may be opened in a second try. */
export async function toKeySource(call: Call, place: SecretPlace): Promise<KeySource> {
  checkPlace(call, place)
  if ('env' in place) return { env: place.env, environment: call.terminal.environment }
  if (place.file !== '-') {
    if (!call.values.isOn('insecureKeyOwner')) return { file: place.file }
    call.note(
      'warning: with --insecure-key-owner, another user of this machine may know and replace the private key',
    )
    return { file: place.file, insecureOwner: true }
  }
  const bytes = await readStdin(call, '--key', maxKeyBytes)
  if (bytes.length === 0)
    throw cliErrors.ERR_CLI_INPUT({
      source: 'The standard input',
      problem: 'is empty, and should hold the private key',
    })
  return { bytes, source: 'The standard input' }
}

/** A key in place of its file or variable: the errors of the part keys would name options that the command does not have. */
function checkPlace(call: Call, place: SecretPlace): void {
  if ('env' in place && !/^[A-Za-z_][A-Za-z0-9_]*$/.test(place.env))
    throw call.refuse(
      '--key-env must be the name of an environment variable, not what the variable holds',
    )
}

/** A line break at its end is the editor's, not the passphrase's. */
export async function readPassphrase(call: Call, place: SecretPlace): Promise<string> {
  if ('env' in place) {
    const value = call.terminal.environment[place.env]
    if (value === undefined || value === '')
      throw call.refuse('--passphrase-env names an environment variable that is not set or empty')
    return value
  }
  const text = await readInput(call, '--passphrase-file', place.file)
  return text.replace(/\r?\n$/, '')
}

/**
 * Makes the signer for a target, with the key and the lifetime that were asked for; none if there was any
 * problem, here or before.
 */
export async function findSigner(
  call: Call,
  { settings, options, deployment, isRead }: FoundTarget,
  problems: Problems,
): Promise<SignerWithKey | undefined> {
  const { key: place, lifetimeSeconds, notBeforeSkewSeconds } = settings
  const times = { lifetimeSeconds, notBeforeSkewSeconds }
  const ofTimes = options && readLifetime(options, times).problems
  problems.add(...(ofTimes ?? []).map(timeProblem))
  if (place === undefined && isRead)
    problems.add(
      problems.isOfFile
        ? 'the private key is missing: set signing.key'
        : 'the private key is missing: give --key FILE or --key-env NAME, or set signing.key in the configuration file',
    )
  const mayAsk = !problems.found
  const key = place && (await problems.attempt(() => readKey(call, { settings, place, mayAsk })))
  if (key === undefined || deployment === undefined || problems.found) return undefined
  if (call.values.isOn('insecureQlikCertificate'))
    call.note(
      'warning: --insecure-qlik-certificate uses a key that gives access to the whole Qlik site; use it on a test site only',
    )
  // Node's own module, which reading the key has loaded already; Web Crypto would have to be loaded.
  const { randomBytes } = process.getBuiltinModule('node:crypto')
  const signer = await problems.attempt(() =>
    createSigner({ deployment, key, clock: call.clock, randomBytes, ...definedOf(times) }),
  )
  return signer && { signer, key }
}

function timeProblem({ option, min, max, reason }: LifetimeProblem): string {
  const { flag = '' } = settingsTable.find(({ name }) => name === option) ?? {}
  return `${optionOf(flag)} must be from ${min} to ${max} seconds: ${reason}`
}

/** Warns of a token that is valid for far longer than it is needed. */
export async function warnOfLongLife(
  call: Call,
  lifetimeSeconds: number | undefined,
): Promise<void> {
  if (lifetimeSeconds === undefined) return
  if (lifetimeSeconds < longLifetimeSeconds) return
  call.note(
    `warning: the token is valid for ${durationInWords(lifetimeSeconds)} and cannot be revoked: until then, whoever has it is this user. One minute is enough to open a session`,
  )
}

export interface SignerWithKey {
  readonly signer: Signer
  readonly key: SigningKey
}
