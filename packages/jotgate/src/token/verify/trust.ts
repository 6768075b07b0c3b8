import { tokenErrors } from '../errors.ts'
import { type FoundKey, isKeyFound, type KeyReading, readJwk, readKeyText } from './public-key.ts'

/** What a token's signature is verified with: at most one of key, certificate and set. */
export interface TrustOptions {
  /** A public key: a JWK, PEM (`PUBLIC KEY`, `RSA PUBLIC KEY`), or DER as bytes or base64. */
  key?: string | Uint8Array | object | undefined
  /** The certificate that the deployment has: PEM, on one line or more, or DER. */
  certificate?: string | Uint8Array | undefined
  /** The key ID that the identity provider has for the key or certificate, which seldom say one. */
  kid?: string | undefined
  /** A JWK Set; the header's key ID chooses, by exact match. */
  jwks?: { keys: readonly unknown[] } | undefined
}

/** The keys that may verify, or why none may. */
export type Trust =
  | { readonly kind: 'none' }
  | { readonly kind: 'unfit'; readonly problem: string }
  | { readonly kind: 'one'; readonly key: FoundKey }
  | {
      readonly kind: 'set'
      readonly keys: readonly KeyReading[]
      readonly kids: readonly unknown[]
    }

/** @throws ERR_TOKEN_CHECK when more than one is given. A key that cannot be used is a finding, not an error. */
export function readTrust(options: TrustOptions): Trust {
  const given = (['key', 'certificate', 'jwks'] as const).filter(
    (name) => options[name] !== undefined,
  )
  const [name, second] = given
  const refuse = (option: string, problem: string) =>
    tokenErrors.ERR_TOKEN_CHECK({ option, problem })
  if (second !== undefined) throw refuse(second, `was given beside ${name}`)
  const { kid } = options
  if (kid !== undefined) {
    if (typeof kid !== 'string' || kid === '') throw refuse('kid', 'is not a string')
    if (name === undefined || name === 'jwks') throw refuse('kid', 'was given without a key')
  }
  if (name === undefined) return { kind: 'none' }
  if (name === 'jwks') return readSet(options.jwks)
  const trust = toTrust(readOne(options[name]))
  return trust.kind === 'one' && kid !== undefined
    ? { kind: 'one', key: { ...trust.key, kid } }
    : trust
}

function readOne(value: unknown): KeyReading {
  return typeof value === 'string' || value instanceof Uint8Array
    ? readKeyText(value)
    : readJwk(value)
}

function toTrust(reading: KeyReading): Trust {
  return isKeyFound(reading)
    ? { kind: 'one', key: reading }
    : { kind: 'unfit', problem: reading.problem }
}

/** One key, whatever key ID a token names: a virtual proxy has one key and does not look at key IDs. */
export function withoutKeyId(trust: Trust): Trust {
  if (trust.kind !== 'one') return trust
  const { kid: _, ...key } = trust.key
  return { kind: 'one', key }
}

const maxKeys = 100

/**
 * RFC 7517 section 5. With two keys of one ID, or a symmetric key among public ones, it is unclear what a
 * set trusts, so it verifies nothing. A key of an unknown type is skipped.
 */
function readSet(value: unknown): Trust {
  const keys = (value as { keys?: unknown } | null)?.keys
  if (!Array.isArray(keys))
    return { kind: 'unfit', problem: 'is not a JWK Set: it has no list `keys`' }
  if (keys.length > maxKeys) return { kind: 'unfit', problem: `contains more than ${maxKeys} keys` }
  const members = keys.filter((key) => typeof key === 'object' && key !== null)
  if (members.some((key: { kty?: unknown }) => key.kty === 'oct'))
    return { kind: 'unfit', problem: 'contains a symmetric key among the public ones' }
  const kids = members.map((key: { kid?: unknown }) => key.kid)
  const named = kids.filter((kid) => kid !== undefined)
  if (new Set(named).size !== named.length)
    return { kind: 'unfit', problem: 'contains two keys with the same key ID' }
  return { kind: 'set', keys: members.map(readJwk), kids }
}
