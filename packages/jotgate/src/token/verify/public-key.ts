import { isObject } from '../../values/index.ts'
import { decodeBase64 } from '../base64url.ts'
import {
  derTag,
  readDerBits,
  readDerElements,
  readDerPositive,
  readDerSequence,
  readDerTime,
} from './der.ts'
import { readJwkNumber } from './jwk-number.ts'
import type { RsaNumbers } from './rsa-key.ts'

/** A public key as it was found. */
export interface FoundKey {
  readonly numbers: RsaNumbers
  readonly kid?: string
  /** The algorithm that the key is bound to, when it says one. */
  readonly alg?: string
  /** Of a certificate, in milliseconds since 1970. */
  readonly dates?: { readonly from: number; readonly to: number }
}

/** A key, or why there is none. No problem repeats what was given. */
export type KeyReading = FoundKey | { readonly problem: string }

export function isKeyFound(reading: KeyReading): reading is FoundKey {
  return !('problem' in reading)
}

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

/** RFC 7517: the members `use`, `key_ops` and `alg` limit what the key may be used for. */
export function readJwk(value: unknown): KeyReading {
  if (!isObject(value)) return { problem: 'is not a JWK' }
  const jwk = value
  if (privateMembers.some((name) => jwk[name] !== undefined))
    return { problem: 'contains the private half; give the public half alone' }
  if (jwk.kty !== 'RSA') return { problem: 'is not an RSA key' }
  if (jwk.use !== undefined && jwk.use !== 'sig')
    return { problem: 'is not for signatures (`use`)' }
  if (!mayVerify(jwk.key_ops)) return { problem: 'may not verify (`key_ops`)' }
  const { alg, kid } = jwk
  if (alg !== undefined && typeof alg !== 'string')
    return { problem: 'has an `alg` that is not a string' }
  if (kid !== undefined && typeof kid !== 'string')
    return { problem: 'has a `kid` that is not a string' }
  const n = readJwkNumber('n', jwk.n)
  if ('problem' in n) return { problem: `has ${n.problem}` }
  const e = readJwkNumber('e', jwk.e)
  if ('problem' in e) return { problem: `has ${e.problem}` }
  return {
    numbers: { n: n.bytes, e: e.bytes },
    ...(kid === undefined ? {} : { kid }),
    ...(alg === undefined ? {} : { alg }),
  }
}

/** RFC 7517 section 4.3: an array of different strings. */
export function mayVerify(operations: unknown): boolean {
  if (operations === undefined) return true
  if (!Array.isArray(operations) || operations.some((one) => typeof one !== 'string')) return false
  return new Set(operations).size === operations.length && operations.includes('verify')
}

/** One PEM block, or DER as bytes or in base64: a certificate or a public key. */
export function readKeyText(value: unknown): KeyReading {
  if (value instanceof Uint8Array) return readDer(value)
  if (typeof value !== 'string') return { problem: 'is neither a string nor bytes' }
  if (value.length > 65_536) return { problem: 'is longer than 64 KiB' }
  const text = value.replaceAll('\\n', '\n').replaceAll('\\r', '')
  const blocks = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \1-----/g)]
  if (blocks.length > 1) return { problem: `holds ${blocks.length} PEM blocks; give one` }
  const [, label, body = text] = blocks[0] ?? []
  if (label === undefined && text.includes('-----'))
    return { problem: 'is an incomplete PEM block' }
  if (label?.includes('PRIVATE KEY') === true)
    return { problem: 'is a private key; give the public half alone' }
  const bytes = parseBase64(body.replace(/\s+/g, ''))
  if (bytes === undefined) return { problem: 'is neither PEM nor base64' }
  if (label === undefined) return readDer(bytes)
  if (label === 'CERTIFICATE') return readCertificate(bytes)
  if (label === 'PUBLIC KEY') return readSpki(bytes)
  if (label === 'RSA PUBLIC KEY') return readPkcs1(bytes)
  return { problem: 'is neither a certificate nor a public key' }
}

function parseBase64(text: string): Uint8Array | undefined {
  if (text === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(text) || text.length % 4 === 1) return undefined
  try {
    return decodeBase64(text)
  } catch {
    return undefined
  }
}

/** A certificate's third element is bits, a public key's second is. */
function readDer(bytes: Uint8Array): KeyReading {
  const elements = readDerSequence(bytes)
  if (elements?.length === 3 && elements[0]?.tag === derTag.sequence) return readCertificate(bytes)
  if (elements?.length === 2 && elements[1]?.tag === derTag.bitString) return readSpki(bytes)
  return readPkcs1(bytes)
}

/** RFC 8017 section A.1.1: RSAPublicKey, the two numbers. */
function readPkcs1(bytes: Uint8Array): KeyReading {
  const elements = readDerSequence(bytes)
  const n = readDerPositive(elements?.[0])
  const e = readDerPositive(elements?.[1])
  if (elements?.length !== 2 || n === undefined || e === undefined)
    return { problem: 'is not an RSA public key in DER' }
  return { numbers: { n, e } }
}

/** rsaEncryption, 1.2.840.113549.1.1.1 with NULL (RFC 3279 section 2.3.1). */
const rsaEncryption = '06092a864886f70d0101010500'

/** RFC 5280 section 4.1.2.7: SubjectPublicKeyInfo. */
function readSpki(bytes: Uint8Array): KeyReading {
  const elements = readDerSequence(bytes)
  const [algorithm, key] = elements ?? []
  const bits = readDerBits(key)
  if (elements?.length !== 2 || algorithm?.tag !== derTag.sequence || bits === undefined)
    return { problem: 'is not a public key in DER' }
  if (toHex(algorithm.content) !== rsaEncryption) return { problem: 'is not an RSA key' }
  return readPkcs1(bits)
}

/**
 * RFC 5280 section 4.1: the key and the dates of a certificate. Its own signature is not checked: Qlik
 * trusts the certificate because an administrator has put it there, not because of who signed it.
 */
function readCertificate(bytes: Uint8Array): KeyReading {
  const problem = 'is not an X.509 certificate in DER'
  const parts = readDerSequence(bytes)
  const [tbs] = parts ?? []
  if (parts?.length !== 3 || tbs?.tag !== derTag.sequence) return { problem }
  const fields = readDerElements(tbs.content) ?? []
  // A certificate of version 1 omits the version.
  const [, , , validity, , key] = fields[0]?.tag === 0xa0 ? fields.slice(1) : fields
  if (validity?.tag !== derTag.sequence || key?.tag !== derTag.sequence) return { problem }
  const times = readDerElements(validity.content) ?? []
  const from = readDerTime(times[0])
  const to = readDerTime(times[1])
  if (times.length !== 2 || from === undefined || to === undefined) return { problem }
  const reading = readSpki(wrapSequence(key.content))
  return isKeyFound(reading) ? { ...reading, dates: { from, to } } : reading
}

/** The element with its head, as `readSpki` reads it. */
function wrapSequence(content: Uint8Array): Uint8Array {
  const { length } = content
  const head =
    length < 0x80
      ? [length]
      : length < 0x100
        ? [0x81, length]
        : length < 0x10000
          ? [0x82, length >> 8, length & 0xff]
          : [0x83, length >> 16, (length >> 8) & 0xff, length & 0xff]
  return Uint8Array.from([derTag.sequence, ...head, ...content])
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
