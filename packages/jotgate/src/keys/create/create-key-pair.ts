import { KeyObject, randomBytes } from 'node:crypto'
import type { RsaPublicJwk } from '../../token/index.ts'
import { readWholeNumber, valueOrThrow } from '../../values/index.ts'
import { keyErrors } from '../errors.ts'
import { toCertificateLine } from '../read/certificate.ts'
import { toPublicJwk } from '../read/public-jwk.ts'

/** A key pair in all the forms that Qlik and jotgate use. */
export interface KeyPair {
  kid: string
  /** PKCS#8, PEM. Secret: write it with `writeKeyPair` and show it nowhere. */
  privateKeyPem: string
  /** SubjectPublicKeyInfo, PEM. */
  publicKeyPem: string
  /** X.509 v3, self-signed, PEM. */
  certificatePem: string
  /** The certificate in the single line that Qlik Cloud requires. */
  certificateLine: string
  publicJwk: RsaPublicJwk
}

const dayMs = 86_400_000

/**
 * Creates an RSA key pair and a self-signed certificate for it, which Qlik is to trust. The key is made on the thread
 * pool, so the event loop is not blocked.
 *
 * @param options.bits 2048, 3072 or 4096. Default 3072
 * @param options.kid the key ID, 1 to 256 characters. Default the RFC 7638 thumbprint
 * @param options.commonName the certificate's subject, 1 to 64 characters. Default `jotgate`
 * @param options.days how long the certificate is valid, 1 to 7300. Default 1825, as in Qlik's tutorial
 * @param options.clock the current time, in milliseconds since 1970. Default `Date.now`
 * @throws ERR_KEY_OPTION or ERR_TOKEN_KEY (for the key ID)
 * @see https://qlik.dev/authenticate/jwt/create-signed-tokens-for-jwt-authorization/ and RFC 5280
 * @example
 * const keyPair = await createKeyPair({ kid: 'acme-1' })
 * await writeKeyPair({ folder: 'keys', keyPair })
 */
export async function createKeyPair(
  options: {
    bits?: 2048 | 3072 | 4096
    kid?: string
    commonName?: string
    days?: number
    clock?: () => number
  } = {},
): Promise<KeyPair> {
  const { bits = 3072, kid, commonName = 'jotgate', clock = Date.now } = options
  if (![2048, 3072, 4096].includes(bits))
    throw keyErrors.ERR_KEY_OPTION({ option: 'bits', problem: 'must be 2048, 3072 or 4096' })
  const days = valueOrThrow(
    readWholeNumber('days', options.days, { min: 1, max: 7300, fallback: 1825 }),
    keyErrors.ERR_KEY_OPTION,
  )
  // RFC 5280 appendix A: ub-common-name is 64.
  if (typeof commonName !== 'string' || !/^[^\p{Cc}\p{Cs}]{1,64}$/u.test(commonName))
    throw keyErrors.ERR_KEY_OPTION({
      option: 'commonName',
      problem: 'must be 1 to 64 characters without control characters',
    })
  const pair = await generatePair(bits)
  const publicKey = KeyObject.from(pair.publicKey)
  const publicJwk = toPublicJwk(publicKey, kid === undefined ? {} : { kid })
  const certificatePem = await createCertificate({ pair, commonName, days, clock })
  return {
    kid: publicJwk.kid,
    privateKeyPem: toPem(KeyObject.from(pair.privateKey), 'pkcs8'),
    publicKeyPem: toPem(publicKey, 'spki'),
    certificatePem,
    certificateLine: toCertificateLine(certificatePem),
    publicJwk,
  }
}

const toPem = (key: KeyObject, type: 'pkcs8' | 'spki') =>
  key.export({ type, format: 'pem' }).toString()

const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }

const generatePair = (modulusLength: number) =>
  crypto.subtle.generateKey(
    { ...algorithm, modulusLength, publicExponent: Uint8Array.of(1, 0, 1) },
    true,
    ['sign', 'verify'],
  )

async function createCertificate(options: {
  pair: Awaited<ReturnType<typeof generatePair>>
  commonName: string
  days: number
  clock: () => number
}): Promise<string> {
  const { pair, commonName, days, clock } = options
  // Loaded on demand, since it takes a tenth of a second. It needs a Reflect polyfill before it.
  await import('reflect-metadata')
  const x509 = await import('@peculiar/x509')
  const notBefore = new Date(Math.floor(clock() / 1000) * 1000)
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: randomSerial(),
      // As an object, not a string: otherwise a comma, quote or # in a name would be read as syntax.
      name: new x509.Name([{ CN: [{ utf8String: commonName }] }]),
      notBefore,
      notAfter: new Date(notBefore.getTime() + days * dayMs),
      keys: pair,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        await x509.SubjectKeyIdentifierExtension.create(pair.publicKey, false, crypto),
      ],
    },
    crypto,
  )
  return `${certificate.toString('pem').trim()}\n`
}

/** 16 bytes: positive, not zero, of constant length (RFC 5280 section 4.1.2.2 allows up to 20). */
function randomSerial(): string {
  const bytes = randomBytes(16)
  bytes.writeUInt8((bytes.readUInt8(0) & 0x3f) | 0x40, 0)
  return bytes.toString('hex')
}
