import { randomBytes } from 'node:crypto'
import { dirname, resolve } from 'node:path'
import {
  createDraftFile,
  inWords,
  isSystemError,
  makeFolder,
  readFileWithin,
  systemCode,
} from '../../files/index.ts'
import { isObject, parseJsonObject } from '../../values/index.ts'
import { gatewayErrors } from '../errors.ts'

/** A key that seals the records of a store. */
export interface RingKey {
  /** Stands in each row: 1 to 64 letters, digits, `.`, `_` and `-`. Not a secret. */
  readonly id: string
  /** 32 random bytes. */
  readonly key: Uint8Array
}

/** The keys of a store: new records are sealed by the current one, and old ones opened by any. */
export interface KeyRing {
  readonly current: RingKey
  /** Keys that were current before. At most 19. */
  readonly others?: readonly RingKey[]
  /** Where it was read: the store refuses a ring that lies in its own folder. */
  readonly file?: string
}

/** Bytes of a key, for AES-256. */
const keyLength = 32
const maxKeys = 20
const maxFileBytes = 16_384

/**
 * Reads a key ring: JSON, `{ "keys": [{ "id": "2026-11", "key": "32 bytes as base64url" }, …] }`, of which the
 * first key is the current one. The file must be readable by its owner alone.
 *
 * @param options.file not in the folder of the store: whoever copies that one should not get the keys too
 * @throws ERR_GATEWAY_KEY_RING when it is missing, readable by others, or not a key ring
 * @example
 * import { readKeyRing, sqliteStore } from 'jotgate/gateway'
 *
 * const keys = await readKeyRing({ file: '/etc/jotgate/store-keys.json' })
 * const store = await sqliteStore({ file: '/var/lib/jotgate/sessions.db', keys })
 */
export async function readKeyRing(options: { readonly file: string }): Promise<KeyRing> {
  const file = resolve(options.file)
  const refuse = refuserOf(file)
  const { bytes, stats, refusal } = await readFileWithin(file, maxFileBytes)
  if (refusal !== undefined) throw refuse(inWords(refusal))
  if (process.platform !== 'win32') {
    const mode = (stats.mode & 0o777).toString(8).padStart(4, '0')
    if ((stats.mode & 0o077) !== 0)
      throw refuse(`has mode ${mode}: others may read it. Make it 0600`)
    // Root can read every file anyway.
    if (stats.uid !== 0 && stats.uid !== process.geteuid?.())
      throw refuse('belongs to another user of this machine')
  }
  const { keys, ...others } = parseJsonObject(bytes.toString('utf8')) ?? {}
  if (!Array.isArray(keys) || Object.keys(others).length > 0)
    throw refuse('is not JSON with `keys` alone, which is a list')
  const [current, ...former] = keys.map((one: unknown, at) => {
    const key = readKey(one)
    if (key === undefined)
      throw refuse(`has no key in keys[${at}]: \`id\`, and \`key\` with 32 bytes as base64url`)
    return key
  })
  if (current === undefined) throw refuse('has no key')
  const ring = { current, others: former, file }
  const problem = ringProblem(ring)
  if (problem !== undefined) throw refuse(problem)
  return ring
}

/**
 * Makes a key ring with one new key, in a new file of mode 0600. A file that exists is never overwritten.
 *
 * @param options.file its folder is made with mode 0700 where it is missing
 * @param options.clock the time now, in milliseconds since 1970, for the key's ID. Default `Date.now`
 * @throws ERR_GATEWAY_KEY_RING when the file exists or cannot be written
 * @example
 * import { createKeyRing } from 'jotgate/gateway'
 *
 * const { current } = await createKeyRing({ file: '/etc/jotgate/store-keys.json' })
 * console.log(current.id)
 */
export async function createKeyRing(options: {
  readonly file: string
  readonly clock?: () => number
}): Promise<KeyRing> {
  const file = resolve(options.file)
  const ring = { current: newKey(options.clock), others: [], file }
  await writeRing(file, ring, { replace: false })
  return ring
}

/**
 * Puts a new key in front of a key ring, so that it seals from the store's next start on. The keys before
 * stay: with that start, the store seals what they had sealed with the new one. At most 20 are kept.
 *
 * @throws ERR_GATEWAY_KEY_RING when the file is not a key ring or cannot be written
 * @example
 * import { rotateKeyRing } from 'jotgate/gateway'
 *
 * await rotateKeyRing({ file: '/etc/jotgate/store-keys.json' })
 */
export async function rotateKeyRing(options: {
  readonly file: string
  readonly clock?: () => number
}): Promise<KeyRing> {
  const { current, others = [] } = await readKeyRing(options)
  const file = resolve(options.file)
  const kept = [current, ...others].slice(0, maxKeys - 1)
  const ring = { current: newKey(options.clock), others: kept, file }
  await writeRing(file, ring, { replace: true })
  return ring
}

/** Says what is wrong with a ring, or nothing when it is fine. */
export function ringProblem(ring: unknown): string | undefined {
  if (!isObject(ring)) return 'is missing. A store on the disk needs a key ring: readKeyRing'
  const { current, others = [] } = ring
  if (!Array.isArray(others) || others.length >= maxKeys) return `may have at most ${maxKeys} keys`
  const keys: unknown[] = [current, ...others]
  if (!keys.every(isRingKey))
    return `has a key that is not { id, key }: an ID of 1 to 64 letters, digits, dots, underscores or hyphens, and ${keyLength} bytes`
  if (new Set(keys.map(({ id }) => id)).size < keys.length) return 'has two keys of the same ID'
  return undefined
}

function isRingKey(value: unknown): value is RingKey {
  if (!isObject(value)) return false
  const { id, key } = value
  const isId = typeof id === 'string' && /^[\w.-]{1,64}$/.test(id)
  return isId && key instanceof Uint8Array && key.length === keyLength
}

/** Only the one way to write 32 bytes: Node would skip what is not base64url. */
function readKey(value: unknown): RingKey | undefined {
  if (!isObject(value) || typeof value.id !== 'string' || typeof value.key !== 'string') return
  const key = Buffer.from(value.key, 'base64url')
  const ringKey = { id: value.id, key: new Uint8Array(key) }
  return key.toString('base64url') === value.key && isRingKey(ringKey) ? ringKey : undefined
}

function newKey(clock: () => number = Date.now): RingKey {
  const day = new Date(clock()).toISOString().slice(0, 10)
  return {
    id: `${day}-${randomBytes(3).toString('hex')}`,
    key: new Uint8Array(randomBytes(keyLength)),
  }
}

async function writeRing(
  file: string,
  { current, others = [] }: KeyRing,
  options: { replace: boolean },
): Promise<void> {
  const keys = [current, ...others].map(({ id, key }) => ({
    id,
    key: Buffer.from(key).toString('base64url'),
  }))
  try {
    await makeFolder(dirname(file))
    const draft = await createDraftFile(file, 0o600)
    await draft.write(`${JSON.stringify({ keys }, undefined, 2)}\n`)
    await draft.commit(options)
  } catch (cause) {
    const isTaken = isSystemError(cause) && cause.code === 'EEXIST' && cause.path === file
    const problem = isTaken
      ? 'exists already, and is not overwritten'
      : `cannot be written (${systemCode(cause)})`
    throw gatewayErrors.ERR_GATEWAY_KEY_RING({ file, problem }, { cause })
  }
}

const refuserOf = (file: string) => (problem: string) =>
  gatewayErrors.ERR_GATEWAY_KEY_RING({ file, problem })
