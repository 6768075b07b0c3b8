import type { KeyObject, X509Certificate } from 'node:crypto'
import { keyErrors } from '../errors.ts'
import { parseCertificate } from '../read/certificate.ts'
import { checkPrivateKey, parsePrivateKey } from '../read/private-key.ts'
import { type KeySource, readSource } from '../source/key-source.ts'
import {
  bmpString,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  setOf,
  wrapped,
  wrappedBytes,
} from './der-writer.ts'
import { encryptByPassphrase, sealContent } from './pfx-seal.ts'

/** The content of a PFX file, and the passphrase that encrypts it. */
export interface PfxOptions {
  /** The private key, and the passphrase that decrypts it if it is encrypted. */
  privateKey: KeySource & { passphrase?: string }
  /** Its certificate. */
  certificate: KeySource
  /**
   * Encrypts the PFX file: 12 to 256 printable ASCII characters, since programs encode others differently. The
   * file is only as safe as this passphrase.
   */
  passphrase: string
  /**
   * The name that the key stores of Windows and Java show, 1 to 64 characters. Default the certificate's common
   * name, or `jotgate` if it has none that fits.
   */
  friendlyName?: string
}

const minPassphrase = 12
const maxPassphrase = 256

/**
 * Makes a PFX file (PKCS#12) of a private key and its certificate, for programs that accept nothing else. Both are
 * encrypted with AES-256 and authenticated under the passphrase. This is the only form in which a private key
 * leaves jotgate. Weak and publicly known keys are refused. It takes about a second.
 *
 * @param options see `PfxOptions`
 * @returns the bytes of the file
 * @throws ERR_KEY_PFX_PASSPHRASE; ERR_KEY_OPTION for the name; ERR_KEY_PAIR if the certificate belongs to another key; and
 * for each half what `readSigningKey` and `readCertificate` throw
 * @see RFC 7292 and RFC 8018; docs/decisions/0002-a-private-key-leaves-encrypted.md
 * @example
 * const pfx = await toPfx({
 *   privateKey: { file: 'keys/qlik.pem' },
 *   certificate: { file: 'keys/qlik.cer' },
 *   passphrase: process.env.PFX_PASSPHRASE ?? '',
 * })
 */
export async function toPfx(options: PfxOptions): Promise<Buffer> {
  const { passphrase, friendlyName } = options
  checkPassphrase(passphrase)
  const { privateKey, certificate } = await readPair(options)
  const attributes = toAttributes(certificate, nameFor(certificate, friendlyName))
  const content = sequence(
    await toCertificateContent(certificate, attributes, passphrase),
    await toKeyContent(privateKey, attributes, passphrase),
  )
  return sequence(
    integer(3),
    sequence(objectIdentifier(ids.data), wrapped(octetString(content))),
    await sealContent(content, passphrase),
  )
}

const ids = {
  data: '1.2.840.113549.1.7.1',
  encryptedData: '1.2.840.113549.1.7.6',
  friendlyName: '1.2.840.113549.1.9.20',
  localKeyId: '1.2.840.113549.1.9.21',
  x509Certificate: '1.2.840.113549.1.9.22.1',
  shroudedKeyBag: '1.2.840.113549.1.12.10.1.2',
  certificateBag: '1.2.840.113549.1.12.10.1.3',
} as const

function checkPassphrase(passphrase: string): void {
  if (typeof passphrase !== 'string') throw new TypeError('The option passphrase must be a string')
  const problem = pfxPassphraseProblem(passphrase)
  if (problem !== undefined) throw keyErrors.ERR_KEY_PFX_PASSPHRASE({ problem })
}

/** What keeps a passphrase from being one for a PFX file, or nothing. */
export function pfxPassphraseProblem(passphrase: string): string | undefined {
  if (passphrase.length < minPassphrase || passphrase.length > maxPassphrase)
    return `must have ${minPassphrase} to ${maxPassphrase} characters`
  return /^[ -~]*$/.test(passphrase)
    ? undefined
    : 'must have printable ASCII characters only, since programs encode others differently'
}

async function readPair(options: PfxOptions) {
  const certificateBytes = await readSource(options.certificate, false)
  const certificate = parseCertificate(certificateBytes)
  const found = await readSource(options.privateKey, true)
  const { source } = found
  const pair = await parsePrivateKey(found, options.privateKey.passphrase)
  await checkPrivateKey(pair, source)
  if (!certificate.checkPrivateKey(pair.privateKey))
    throw keyErrors.ERR_KEY_PAIR({ certificate: certificateBytes.source, source })
  return { privateKey: pair.privateKey, certificate }
}

/** A BMPString has only the characters that JavaScript writes in one unit. */
const fitsAsName = (name: unknown): name is string =>
  typeof name === 'string' &&
  /^[^\p{Cc}\p{Cs}]{1,64}$/u.test(name) &&
  [...name].every((character) => character.length === 1)

function nameFor(certificate: X509Certificate, given: string | undefined): string {
  if (given === undefined) {
    // Not by toLegacyObject: in Node 24 it breaks tls.createSecureContext for the whole process. Node writes a
    // backslash before each character that RFC 4514 reserves.
    const name = /^CN=(.+)$/m.exec(certificate.subject)?.[1]?.replaceAll(/\\([ "#+,;<=>\\])/g, '$1')
    return fitsAsName(name) ? name : 'jotgate'
  }
  if (fitsAsName(given)) return given
  const problem = 'must be 1 to 64 characters without control characters and emoji'
  throw keyErrors.ERR_KEY_OPTION({ option: 'friendlyName', problem })
}

/** Both bags have the same name and number, by which programs match them. */
function toAttributes(certificate: X509Certificate, name: string): Buffer {
  const number = Buffer.from(certificate.fingerprint256.replaceAll(':', ''), 'hex')
  return setOf(
    sequence(objectIdentifier(ids.friendlyName), setOf(bmpString(name))),
    sequence(objectIdentifier(ids.localKeyId), setOf(octetString(number))),
  )
}

async function toCertificateContent(
  certificate: X509Certificate,
  attributes: Buffer,
  passphrase: string,
): Promise<Buffer> {
  const bag = sequence(objectIdentifier(ids.x509Certificate), wrapped(octetString(certificate.raw)))
  const bags = sequence(sequence(objectIdentifier(ids.certificateBag), wrapped(bag), attributes))
  const { algorithm, bytes } = await encryptByPassphrase(bags, passphrase)
  const encrypted = sequence(objectIdentifier(ids.data), algorithm, wrappedBytes(bytes))
  return sequence(objectIdentifier(ids.encryptedData), wrapped(sequence(integer(0), encrypted)))
}

async function toKeyContent(
  privateKey: KeyObject,
  attributes: Buffer,
  passphrase: string,
): Promise<Buffer> {
  const plain = privateKey.export({ type: 'pkcs8', format: 'der' })
  const { algorithm, bytes } = await encryptByPassphrase(plain, passphrase)
  plain.fill(0)
  const bag = sequence(algorithm, octetString(bytes))
  const bags = sequence(sequence(objectIdentifier(ids.shroudedKeyBag), wrapped(bag), attributes))
  return sequence(objectIdentifier(ids.data), wrapped(octetString(bags)))
}
