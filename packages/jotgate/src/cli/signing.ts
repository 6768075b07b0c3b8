import type { SecretPlace, Settings } from '../config/index.ts'
import { isJotgateError } from '../errors/index.ts'
import type { KeySource } from '../keys/index.ts'
import type { Signer, SigningKey } from '../token/index.ts'
import type { Call } from './command.ts'
import { readInput } from './read-input.ts'
import type { Target } from './target.ts'

/** Reads the private key that the settings name, with the passphrase that opens it. */
async function readKey(call: Call, settings: Settings): Promise<SigningKey> {
  const { key: place, kid, alg, passphrase: secret } = settings
  if (place === undefined)
    throw call.refuse(
      'the private key is missing: give --key FILE, --key-env NAME, or signing.key in the configuration file',
    )
  const source = await toKeySource(call, place)
  const passphrase = secret && (await readPassphrase(call, secret))
  const { readSigningKey } = await import('../keys/index.ts')
  const open = (word: string | undefined) =>
    readSigningKey({
      ...source,
      ...(kid === undefined ? {} : { kid }),
      ...(alg === undefined ? {} : { alg }),
      ...(word === undefined ? {} : { passphrase: word }),
      ...(call.values.isOn('insecureQlikCertificate') ? { insecureQlikCertificate: true } : {}),
    })
  if (call.values.isOn('insecureQlikCertificate'))
    call.note(
      'warning: --insecure-qlik-certificate takes a key that opens the whole Qlik site; for a test site only',
    )
  return withPassphrase(call, open, passphrase)
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
    const { stdinIsTerminal, stderrIsTerminal } = call.terminal
    if (!isJotgateError(error, 'ERR_KEY_ENCRYPTED') || !stdinIsTerminal || !stderrIsTerminal)
      throw error
    return open(await call.terminal.ask('Passphrase of the key: ', { secret: true }))
  }
}

/** The standard input is read once, into memory: an encrypted key may be opened in a second try. */
export async function toKeySource(call: Call, place: SecretPlace): Promise<KeySource> {
  if ('env' in place) return { env: place.env, environment: call.terminal.environment }
  if (place.file !== '-') return { file: place.file }
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of call.stdin('--key')) {
    const bytes = Buffer.from(chunk as Uint8Array)
    length += bytes.length
    chunks.push(bytes)
    // The part keys refuses more than this, with its own words.
    if (length > 70_000) break
  }
  return { bytes: Buffer.concat(chunks) }
}

/** A line break at its end is the editor's, not the passphrase's. */
export async function readPassphrase(call: Call, place: SecretPlace): Promise<string> {
  if ('env' in place) {
    const value = call.terminal.environment[place.env]
    if (value === undefined || value === '')
      throw call.refuse('--passphrase-env names an environment variable that is not set, or empty')
    return value
  }
  const text = await readInput(call, '--passphrase-file', place.file)
  return text.replace(/\r?\n$/, '')
}

/** Makes the signer for a target, with the key and the times that were asked for. */
export async function createSignerFor(call: Call, target: Target): Promise<SignerWithKey> {
  const { settings, deployment } = target
  const { lifetimeSeconds, notBeforeSkewSeconds } = settings
  const { createSigner } = await import('../token/index.ts')
  const key = await readKey(call, settings)
  const signer = createSigner({
    deployment,
    key,
    clock: call.clock,
    ...(lifetimeSeconds === undefined ? {} : { lifetimeSeconds }),
    ...(notBeforeSkewSeconds === undefined ? {} : { notBeforeSkewSeconds }),
  })
  return { signer, key }
}

export interface SignerWithKey {
  readonly signer: Signer
  readonly key: SigningKey
}
