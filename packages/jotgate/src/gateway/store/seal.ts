import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import type { KeyRing } from './key-ring.ts'
import type { RecordKind } from './store.ts'

/** What a sealed record is bound to: in another row, or with another time, it cannot be opened. */
export interface Place {
  readonly kind: RecordKind
  readonly id: string
  readonly expiresAt: number
}

/** A record as it lies in a row, and the ID of the key that opens it. */
export interface SealedRecord {
  readonly key: string
  readonly sealed: Uint8Array
}

/** Seals what is written, and opens what is read. */
export interface Sealer {
  /** The ID of the key that seals. */
  readonly currentKey: string
  seal(place: Place, text: string): SealedRecord
  open(place: Place, record: SealedRecord): Opened
}

/** A record's text, or why there is none. */
export type Opened =
  | { readonly text: string; readonly problem?: never }
  | { readonly text?: never; readonly problem: 'unknown-key' | 'damaged' }

// form (1 byte) · salt (16) · nonce (12) · tag (16) · ciphertext
const form = 1
const saltLength = 16
const nonceLength = 12
const tagLength = 16
const headLength = 1 + saltLength + nonceLength + tagLength

/**
 * How often one derived key seals. Random nonces of 96 bits bear 2^32 (NIST SP 800-38D, 8.3), which the last
 * use of 100,000 sessions, written once a minute, would reach in a month; so each start derives keys of its own.
 */
const maxSeals = 2 ** 24
const maxDerived = 1000

/**
 * AES-256-GCM by keys that are derived from those of the ring: one for each kind of record and salt. Kind, row
 * ID and time are authenticated with it, so that nobody who can write the file can put a record into
 * another row or let it live longer.
 */
export function createSealer(ring: KeyRing): Sealer {
  const keys = new Map([ring.current, ...(ring.others ?? [])].map(({ id, key }) => [id, key]))
  const derived = new Map<string, Buffer>()
  let salt = randomBytes(saltLength)
  let seals = 0
  const derive = (id: string, key: Uint8Array, kind: RecordKind, from: Uint8Array) => {
    const name = `${id} ${kind} ${Buffer.from(from).toString('hex')}`
    const known = derived.get(name)
    if (known !== undefined) return known
    if (derived.size >= maxDerived) derived.clear()
    const subkey = Buffer.from(hkdfSync('sha256', key, from, `jotgate.store.${kind}`, 32))
    derived.set(name, subkey)
    return subkey
  }
  return {
    currentKey: ring.current.id,
    seal(place, text) {
      seals += 1
      if (seals % maxSeals === 0) salt = randomBytes(saltLength)
      const { id, key } = ring.current
      const nonce = randomBytes(nonceLength)
      const cipher = createCipheriv('aes-256-gcm', derive(id, key, place.kind, salt), nonce)
      cipher.setAAD(toBytes(place))
      const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      const parts = [Uint8Array.of(form), salt, nonce, cipher.getAuthTag(), ciphertext]
      return { key: id, sealed: Buffer.concat(parts) }
    },
    open(place, { key: id, sealed }) {
      const key = keys.get(id)
      if (key === undefined) return { problem: 'unknown-key' }
      if (sealed.length < headLength || sealed[0] !== form) return { problem: 'damaged' }
      const from = sealed.subarray(1, 1 + saltLength)
      const nonce = sealed.subarray(1 + saltLength, headLength - tagLength)
      const subkey = derive(id, key, place.kind, from)
      const decipher = createDecipheriv('aes-256-gcm', subkey, nonce, { authTagLength: tagLength })
      decipher.setAAD(toBytes(place))
      decipher.setAuthTag(sealed.subarray(headLength - tagLength, headLength))
      try {
        const text = decipher.update(sealed.subarray(headLength), undefined, 'utf8')
        return { text: text + decipher.final('utf8') }
      } catch {
        return { problem: 'damaged' }
      }
    },
  }
}

/** No part has a NUL, so no two places have the same bytes. */
const toBytes = ({ kind, id, expiresAt }: Place) => Buffer.from([kind, id, expiresAt].join('\0'))
