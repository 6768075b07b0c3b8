import { X509Certificate } from 'node:crypto'
import type { RsaPublicJwk } from '../../token/signing-key.ts'
import { keyErrors } from '../errors.ts'
import { certificateBlock, toBlocks } from '../form/key-form.ts'
import { derOf } from '../form/pem.ts'
import { type KeySource, readSource, type SourceBytes } from '../source/key-source.ts'
import { publicJwkOf } from './public-jwk.ts'

/** A certificate as it goes to Qlik. */
export interface QlikCertificate {
  /** In lines, as client-managed Qlik Sense and openssl want it. */
  certificatePem: string
  /** In one line, as Qlik Cloud wants it. */
  certificateLine: string
  /** The public key in it. */
  publicJwk: RsaPublicJwk
  notBefore: Date
  notAfter: Date
}

/**
 * Writes a certificate as the single line without breaks that Qlik Cloud wants: "A public key
 * certificate with trailing spaces, carriage returns, or line feeds triggers an error upon saving".
 *
 * @param certificatePem PEM text with one certificate and nothing else, in lines or already in one
 * @throws ERR_KEY_FORM or ERR_KEY_WRONG_HALF when it holds something else, such as a private key
 * @see https://qlik.dev/authenticate/jwt/create-signed-tokens-for-jwt-authorization/
 * @example
 * const { certificatePem } = await createKeyPair()
 * const line = toCertificateLine(certificatePem)
 */
export function toCertificateLine(certificatePem: string): string {
  if (typeof certificatePem !== 'string') throw new TypeError('The text of a certificate is needed')
  return toLine(parseCertificate({ bytes: Buffer.from(certificatePem), source: 'The certificate' }))
}

const toLine = (certificate: X509Certificate) => certificate.toString().replaceAll(/[\r\n]/g, '')

/** Reads the one certificate that bytes hold, in any form. */
export function parseCertificate(found: SourceBytes): X509Certificate {
  const { source } = found
  const block = certificateBlock(toBlocks(found), source)
  try {
    return new X509Certificate(derOf(block))
  } catch (cause) {
    throw keyErrors.ERR_KEY_FORM({ source, problem: 'holds a damaged certificate' }, { cause })
  }
}

/**
 * Reads the certificate that goes to Qlik, in PEM, DER or base64. It is public, so a file's mode is
 * not checked; one with a private key in it is refused.
 *
 * @param options one of `file`, `pem`, `bytes`, `env` and `stream`; and `kid`, the key ID for its public
 * JWK, the RFC 7638 thumbprint when left out
 * @throws ERR_KEY_NOT_FOUND, ERR_KEY_UNREADABLE, ERR_KEY_NOT_A_FILE, ERR_KEY_TOO_LARGE,
 * ERR_KEY_VARIABLE, ERR_KEY_FORM, ERR_KEY_FOREIGN, ERR_KEY_WRONG_HALF, ERR_KEY_TYPE, ERR_KEY_SIZE,
 * ERR_KEY_EXPONENT, ERR_KEY_WEAK, ERR_KEY_OPTION, or ERR_TOKEN_KEY for the key ID
 * @see https://qlik.dev/authenticate/jwt/create-signed-tokens-for-jwt-authorization/
 * @example
 * const { certificateLine, notAfter } = await readCertificate({ file: 'keys/qlik.cer' })
 */
export async function readCertificate(
  options: KeySource & { kid?: string },
): Promise<QlikCertificate> {
  const found = await readSource(options, false)
  const certificate = parseCertificate(found)
  return {
    certificatePem: certificate.toString(),
    certificateLine: toLine(certificate),
    publicJwk: publicJwkOf(certificate.publicKey, found.source, { kid: options.kid }),
    notBefore: certificate.validFromDate,
    notAfter: certificate.validToDate,
  }
}
