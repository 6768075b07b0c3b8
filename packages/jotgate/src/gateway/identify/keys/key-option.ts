import { isJotgateError } from '../../../errors/index.ts'
import { toJwks } from '../../../keys/index.ts'
import type { RsaPublicJwk } from '../../../token/index.ts'
import {
  found,
  isObject,
  kindOf,
  type Reading,
  readEach,
  readString,
  readWebAddress,
  refused,
  type SigningAlgorithm,
} from '../../../values/index.ts'
import type { IdentifierContext } from '../identity.ts'
import { createFixedKeys } from './fixed-keys.ts'
import { createKeyFiles } from './key-files.ts'
import { createRemoteKeys } from './remote-keys.ts'
import type { TrustedKeys } from './trusted-keys.ts'

/** Where the public keys of a host application are. */
export type AssertionKey =
  /**
   * Files with a certificate, a public key (PEM, DER), a JWK or a JWK Set, at most 10. They are read again when they
   * change.
   */
  | { readonly file: string | readonly string[] }
  /** The address of a JWK Set: https, or http on a loopback name. */
  | { readonly jwksUrl: string }
  | RsaPublicJwk
  | readonly RsaPublicJwk[]

/** Makes the keys for one gateway. */
export type MakeKeys = (options: {
  readonly issuer: string
  /** Of a key that names none. */
  readonly alg: SigningAlgorithm
  readonly fetch: typeof globalThis.fetch | undefined
  readonly context: IdentifierContext
}) => TrustedKeys

const maxFiles = 10

/** Reads the option; keys that are given as they are, are checked now. */
export function readKeyOption(option: string, value: unknown): Reading<MakeKeys> {
  if (Array.isArray(value)) return readFixed(option, value)
  if (!isObject(value)) return refused(option, `must be an object, not ${kindOf(value)}`)
  if (Object.hasOwn(value, 'kty')) return readFixed(option, [value])
  if (Object.hasOwn(value, 'file')) return readFiles(`${option}.file`, value.file)
  if (Object.hasOwn(value, 'jwksUrl')) return readAddress(`${option}.jwksUrl`, value.jwksUrl)
  return refused(option, 'needs `file` or `jwksUrl`, or must be a JWK')
}

function readFixed(option: string, value: readonly unknown[]): Reading<MakeKeys> {
  if (value.length === 0 || !value.every(isObject))
    return refused(option, 'must have one JWK or more')
  try {
    const { keys } = toJwks(value as unknown as readonly RsaPublicJwk[])
    return found(() => createFixedKeys(keys))
  } catch (error) {
    if (!isJotgateError(error)) throw error
    return refused(option, `is refused: ${error.message}`)
  }
}

function readFiles(option: string, value: unknown): Reading<MakeKeys> {
  const given: readonly unknown[] = Array.isArray(value) ? value : [value]
  if (given.length === 0 || given.length > maxFiles)
    return refused(option, `must have 1 to ${maxFiles} files`)
  const files = readEach(given.map((file) => readString(option, file, 4096)))
  if (files.problems !== undefined) return files
  return found(({ issuer, alg, context: { onEvent, monotonicClock } }) =>
    createKeyFiles({
      files: files.value,
      alg,
      clock: monotonicClock ?? (() => performance.now()),
      onRead: () => onEvent?.({ type: 'issuer-read', issuer, about: 'keys' }),
      onFailure: (problem) => onEvent?.({ type: 'issuer-failed', issuer, about: 'keys', problem }),
    }),
  )
}

function readAddress(option: string, value: unknown): Reading<MakeKeys> {
  const url = readWebAddress(option, value)
  if (url.problems !== undefined) return url
  return found((options) => createRemoteKeys({ url: url.value.href, ...options }))
}
