import type { Stats } from 'node:fs'
import { isJotgateError, type JotgateError } from '../../errors/index.ts'
import { type FileRefusal, readFileWithin } from '../../files/index.ts'
import { readBytes } from '../../values/index.ts'
import { keyErrors } from '../errors.ts'

/**
 * Where the bytes of a key or a certificate come from: one of these. They may be PEM, DER, PFX
 * (PKCS#12), or base64 of any of them.
 */
export type KeySource =
  | {
      /** The path of a file. A private key's file must have mode 0600 or stricter, and belong to this user or root. */
      file: string
      /** Reads a private key that belongs to another user, who can read and replace it. Default false. */
      insecureOwner?: boolean
    }
  | {
      /** The text itself. Its line breaks may be missing or written as `\n`. */
      pem: string
      /** How errors name it. Default `The option pem`. */
      source?: string
    }
  | {
      /** The bytes themselves, for example from a secret store. */
      bytes: Uint8Array
      /** How errors name them. Default `The option bytes`. */
      source?: string
    }
  | {
      /** The name of an environment variable that holds the text. */
      env: string
      /** Default `process.env`. */
      environment?: Readonly<Record<string, string | undefined>>
    }
  | {
      /** A stream to read to its end, such as `process.stdin`. */
      stream: AsyncIterable<Uint8Array | string>
    }

/** What was read, and how errors name its source. */
export interface SourceBytes {
  bytes: Buffer
  source: string
  /** Why a private key must not be read from this file: other users can read or replace it. */
  exposure?: JotgateError | undefined
}

/** No key, certificate or key set in use is larger. */
const maxKeyBytes = 65_536

const kinds = ['file', 'pem', 'bytes', 'env', 'stream'] as const

/**
 * Reads the bytes of the one source that the options give.
 *
 * @param secret whether only its owner may have rights to the file; what is wrong with them is the result's `exposure`
 */
export async function readSource(options: KeySource, secret: boolean): Promise<SourceBytes> {
  if (typeof options !== 'object' || options === null) throw new TypeError('Options are needed')
  const given = kinds.filter((kind) => kind in options && options[kind as never] !== undefined)
  if (given.length === 0) throw new TypeError(`One of the options ${kinds.join(', ')} is needed`)
  if (given.length > 1)
    throw new TypeError(`Only one of the options ${given.join(' and ')} can be given`)
  if ('file' in options && options.file !== undefined) return readKeyFile(options, secret)
  const { bytes, source } = await readElsewhere(options as Exclude<KeySource, { file: string }>)
  if (bytes.length > maxKeyBytes)
    throw keyErrors.ERR_KEY_TOO_LARGE({ source, maxBytes: maxKeyBytes })
  return { bytes, source }
}

/**
 * SECURITY: a user may have given the key itself here, and errors repeat a path that cannot be opened, those of
 * Node too. So a string that cannot be a path is not repeated: PEM, JSON, the beginnings of base64 of DER and of
 * PEM, and names longer than file systems allow.
 */
function parsePath(file: unknown): string {
  if (typeof file !== 'string' || file === '') throw new TypeError('The option file is needed')
  const isKey = /[\0\n\r]|-----BEGIN|^\s*\{|^(MI[A-Za-z0-9]{2}|LS0t)[\w+/=-]{60,}$/.test(file)
  if (!isKey && file.split(/[\\/]/).every((name) => name.length <= 255)) return file
  const problem = 'is not a path; give the text of a key as the option pem'
  throw keyErrors.ERR_KEY_OPTION({ option: 'file', problem })
}

async function readElsewhere(options: Exclude<KeySource, { file: string }>): Promise<SourceBytes> {
  if ('env' in options && options.env !== undefined)
    return readVariable(options.env, options.environment ?? process.env)
  if ('stream' in options && options.stream !== undefined) return readStream(options.stream)
  if ('bytes' in options && options.bytes !== undefined) {
    if (!(options.bytes instanceof Uint8Array))
      throw new TypeError('The option bytes must be a Uint8Array')
    const { bytes, source = 'The option bytes' } = options
    return { bytes: Buffer.from(bytes), source }
  }
  if (!('pem' in options) || typeof options.pem !== 'string')
    throw new TypeError('The option pem must be a string')
  const { pem, source = 'The option pem' } = options
  return { bytes: Buffer.from(pem), source }
}

function readVariable(
  name: string,
  environment: Readonly<Record<string, string | undefined>>,
): SourceBytes {
  if (typeof name !== 'string' || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    // A user may have given the key itself here, so the value is not repeated.
    const problem = 'must be the name of an environment variable: letters, digits and underscores'
    throw keyErrors.ERR_KEY_OPTION({ option: 'env', problem })
  }
  const value = environment[name]
  if (value === undefined || value === '') throw keyErrors.ERR_KEY_VARIABLE({ variable: name })
  return { bytes: Buffer.from(value), source: `The environment variable ${name}` }
}

async function readStream(stream: AsyncIterable<Uint8Array | string>): Promise<SourceBytes> {
  const source = 'The stream'
  // An endless stream must not fill the memory.
  const tooLarge = () => keyErrors.ERR_KEY_TOO_LARGE({ source, maxBytes: maxKeyBytes })
  try {
    return { bytes: Buffer.from(await readBytes(stream, maxKeyBytes, tooLarge)), source }
  } catch (cause) {
    if (isJotgateError(cause)) throw cause
    throw keyErrors.ERR_KEY_FORM({ source, problem: 'ended with an error' }, { cause })
  }
}

async function readKeyFile(
  options: Extract<KeySource, { file: string }>,
  secret: boolean,
): Promise<SourceBytes> {
  const file = parsePath(options.file)
  const { bytes, stats, refusal } = await readFileWithin(file, maxKeyBytes)
  if (refusal !== undefined) throw fileError(file, refusal)
  const exposure = secret ? exposureOf(file, stats, options.insecureOwner === true) : undefined
  return { bytes, source: file, exposure }
}

/** Modes and owners on Windows do not say who may read. */
function exposureOf(file: string, stats: Stats, mayBeOther: boolean): JotgateError | undefined {
  if (process.platform === 'win32') return undefined
  if ((stats.mode & 0o077) !== 0)
    return keyErrors.ERR_KEY_MODE({ file, mode: (stats.mode & 0o777).toString(8).padStart(4, '0') })
  // Root can read every file anyway.
  const isOwn = stats.uid === 0 || stats.uid === process.geteuid?.()
  return isOwn || mayBeOther ? undefined : keyErrors.ERR_KEY_OWNER({ file, owner: stats.uid })
}

function fileError(file: string, refusal: FileRefusal): JotgateError {
  switch (refusal.reason) {
    case 'not-found':
      return keyErrors.ERR_KEY_NOT_FOUND({ file })
    case 'folder':
      return keyErrors.ERR_KEY_NOT_A_FILE({ file, kind: 'folder' })
    case 'not-regular':
      return keyErrors.ERR_KEY_NOT_A_FILE({ file, kind: 'device or pipe' })
    case 'too-large':
      return keyErrors.ERR_KEY_TOO_LARGE({ source: file, maxBytes: refusal.maxBytes })
    case 'unreadable':
      return keyErrors.ERR_KEY_UNREADABLE({ file, reason: refusal.code }, { cause: refusal.cause })
  }
}
