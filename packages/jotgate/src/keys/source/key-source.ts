import { keyErrors } from '../errors.ts'
import { readKeyFile } from './key-file.ts'

/**
 * Where the bytes of a key or a certificate come from: one of these. They may be PEM, DER, PFX
 * (PKCS#12), or base64 of any of them.
 */
export type KeySource =
  | {
      /** A path. A private key's file must have mode 0600 or stricter. */
      file: string
    }
  | {
      /** The text itself. Its line breaks may be lost or written as `\n`. */
      pem: string
    }
  | {
      /** The bytes themselves, from a secret store for example. */
      bytes: Uint8Array
    }
  | {
      /** The name of an environment variable that holds the text. */
      env: string
      /** `process.env` when left out. */
      environment?: Readonly<Record<string, string | undefined>>
    }
  | {
      /** A stream to read to its end, such as `process.stdin`. */
      stream: AsyncIterable<Uint8Array | string>
    }

/** What was read, and how errors name its place. */
export interface SourceBytes {
  bytes: Buffer
  source: string
}

/** No key, certificate or set that people use is larger. */
const maxKeyBytes = 65_536

const kinds = ['file', 'pem', 'bytes', 'env', 'stream'] as const

/**
 * Reads the bytes of the one source that the options name.
 *
 * @param secret whether a file must be its owner's alone
 */
export async function readSource(options: KeySource, secret: boolean): Promise<SourceBytes> {
  if (typeof options !== 'object' || options === null) throw new TypeError('Options are needed')
  const given = kinds.filter((kind) => kind in options && options[kind as never] !== undefined)
  if (given.length === 0) throw new TypeError(`One of the options ${kinds.join(', ')} is needed`)
  if (given.length > 1)
    throw new TypeError(`The options ${given.join(' and ')} exclude one another; give one`)
  const { file } = options as { file?: unknown }
  if (file !== undefined) {
    const path = parsePath(file)
    return { bytes: await readKeyFile({ file: path, secret, maxBytes: maxKeyBytes }), source: path }
  }
  const { bytes, source } = await readElsewhere(options as Exclude<KeySource, { file: string }>)
  if (bytes.length > maxKeyBytes)
    throw keyErrors.ERR_KEY_TOO_LARGE({ source, maxBytes: maxKeyBytes })
  return { bytes, source }
}

/**
 * SECURITY: somebody may have put the key itself here, and what cannot be opened is repeated in errors,
 * by Node too. So a text that no path has the form of is not repeated: PEM, JSON, the beginnings of
 * base64 of DER and of PEM, and names longer than file systems have.
 */
function parsePath(file: unknown): string {
  if (typeof file !== 'string' || file === '') throw new TypeError('The option file is needed')
  const isKey = /[\0\n\r]|-----BEGIN|^\s*\{|^(MI[A-Za-z0-9]{2}|LS0t)[\w+/=-]{60,}$/.test(file)
  if (!isKey && file.split(/[\\/]/).every((name) => name.length <= 255)) return file
  const problem = 'is no path; the text of a key is given as the option pem'
  throw keyErrors.ERR_KEY_OPTION({ option: 'file', problem })
}

async function readElsewhere(options: Exclude<KeySource, { file: string }>): Promise<SourceBytes> {
  if ('env' in options && options.env !== undefined)
    return readVariable(options.env, options.environment ?? process.env)
  if ('stream' in options && options.stream !== undefined) return readStream(options.stream)
  if ('bytes' in options && options.bytes !== undefined) {
    if (!(options.bytes instanceof Uint8Array))
      throw new TypeError('The option bytes must be a Uint8Array')
    return { bytes: Buffer.from(options.bytes), source: 'The option bytes' }
  }
  if (!('pem' in options) || typeof options.pem !== 'string')
    throw new TypeError('The option pem must be a string')
  return { bytes: Buffer.from(options.pem), source: 'The option pem' }
}

function readVariable(
  name: string,
  environment: Readonly<Record<string, string | undefined>>,
): SourceBytes {
  if (typeof name !== 'string' || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    // Somebody may have put the key itself here, so the text is not repeated.
    const problem = 'must be the name of an environment variable: letters, digits and underscores'
    throw keyErrors.ERR_KEY_OPTION({ option: 'env', problem })
  }
  const value = environment[name]
  if (value === undefined || value === '') throw keyErrors.ERR_KEY_VARIABLE({ variable: name })
  return { bytes: Buffer.from(value), source: `The environment variable ${name}` }
}

async function readStream(stream: AsyncIterable<Uint8Array | string>): Promise<SourceBytes> {
  const source = 'The stream'
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of stream) {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : Buffer.from(chunk)
      length += bytes.length
      // A stream that does not end must not fill the memory.
      if (length > maxKeyBytes) break
      chunks.push(bytes)
    }
  } catch (cause) {
    throw keyErrors.ERR_KEY_FORM({ source, problem: 'broke off' }, { cause })
  }
  if (length > maxKeyBytes) throw keyErrors.ERR_KEY_TOO_LARGE({ source, maxBytes: maxKeyBytes })
  return { bytes: Buffer.concat(chunks), source }
}
