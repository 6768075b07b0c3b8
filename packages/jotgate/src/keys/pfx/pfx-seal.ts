import { createCipheriv, createHmac, hash, pbkdf2, randomBytes } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { promisify } from 'node:util'
import {
  integer,
  nothing,
  objectIdentifier,
  octetString,
  sequence,
  toBmpBytes,
} from './der-writer.ts'

/**
 * The number of rounds for which a passphrase is hashed. .NET's loader, and much of Windows with it, accepts no
 * file with more (`Pkcs12LoaderLimits`); OWASP asks for 600,000 for short passwords. docs/decisions/0002-a-private-key-leaves-encrypted.md weighs the two.
 */
export const pfxIterations = 300_000

const saltBytes = 16
const pbkdf2OnPool = promisify(pbkdf2)

/** Encrypted bytes, and how they were encrypted, as an `AlgorithmIdentifier`. */
export interface Encrypted {
  algorithm: Buffer
  bytes: Buffer
}

/** Encrypts by PBES2 (RFC 8018 section 6.2): AES-256-CBC under PBKDF2 with HMAC-SHA-256. */
export async function encryptByPassphrase(
  plain: Uint8Array,
  passphrase: string,
): Promise<Encrypted> {
  const salt = randomBytes(saltBytes)
  const vector = randomBytes(16)
  const key = await pbkdf2OnPool(passphrase, salt, pfxIterations, 32, 'sha256')
  const cipher = createCipheriv('aes-256-cbc', key, vector)
  const bytes = Buffer.concat([cipher.update(plain), cipher.final()])
  key.fill(0)
  const derivation = sequence(
    objectIdentifier('1.2.840.113549.1.5.12'),
    sequence(
      octetString(salt),
      integer(pfxIterations),
      sequence(objectIdentifier('1.2.840.113549.2.9'), nothing()),
    ),
  )
  const encryption = sequence(objectIdentifier('2.16.840.1.101.3.4.1.42'), octetString(vector))
  return {
    algorithm: sequence(
      objectIdentifier('1.2.840.113549.1.5.13'),
      sequence(derivation, encryption),
    ),
    bytes,
  }
}

/** Authenticates the whole content: `MacData` of RFC 7292 section 4, with HMAC-SHA-256. */
export async function sealContent(content: Uint8Array, passphrase: string): Promise<Buffer> {
  const salt = randomBytes(saltBytes)
  const key = await deriveMacKey(passphrase, salt, pfxIterations)
  const mac = createHmac('sha256', key).update(content).digest()
  key.fill(0)
  const algorithm = sequence(objectIdentifier('2.16.840.1.101.3.4.2.1'), nothing())
  return sequence(sequence(algorithm, octetString(mac)), octetString(salt), integer(pfxIterations))
}

/**
 * Derives the key of the MAC (RFC 7292 appendix B.2, with ID 3 and SHA-256). Its 32 bytes are one block of the hash,
 * so the appendix's loop over blocks runs only once.
 */
export async function deriveMacKey(
  passphrase: string,
  salt: Uint8Array,
  iterations: number,
): Promise<Buffer> {
  const block = 64
  const filled = (bytes: Uint8Array) => Buffer.alloc(Math.ceil(bytes.length / block) * block, bytes)
  const start = [Buffer.alloc(block, 3), filled(salt), filled(toBmpBytes(`${passphrase}\0`))]
  let key = hash('sha256', Buffer.concat(start), 'buffer')
  for (let round = 1; round < iterations; round += 1) {
    key = hash('sha256', key, 'buffer')
    // It takes half a second in all, so the event loop gets a turn every few milliseconds.
    if (round % 2_000 === 0) await setImmediate()
  }
  return key
}
