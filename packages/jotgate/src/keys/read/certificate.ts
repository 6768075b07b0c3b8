import type { X509Certificate } from 'node:crypto'
import type { RsaPublicJwk } from '../../token/index.ts'
import { certificateBlock, toBlocks } from '../form/key-form.ts'
import { derOf } from '../form/pem.ts'
import { type KeySource, readSource, type SourceBytes } from '../source/key-source.ts'
import { publicJwkOf } from './public-jwk.ts'
import { parseX509 } from './x509.ts'

/** A certificate in the forms that Qlik takes. */
export interface QlikCertificate {
  /** PEM with line breaks, for client-managed Qlik Sense and openssl. */
  certificatePem: string
  /** PEM in one line, for Qlik Cloud. */
  certificateLine: string
  /** The certificate's public key. */
  publicJwk: RsaPublicJwk
  notBefore: Date
  notAfter: Date
}

/**
 * Converts a certificate to the single line that Qlik Cloud requires: "A public key
 * certificate with trailing spaces, carriage returns, or line feeds triggers an error upon saving".
 *
 * @param certificatePem PEM text with one certificate and nothing else, with or without line breaks
 * @throws ERR_KEY_FORM or ERR_KEY_WRONG_HALF when it holds something else, such as a private key
 * @see https://qlik.dev/authenticate/jwt/create-signed-tokens-for-jwt-authorization/
 * @example
 * const { certificatePem } = await createKeyPair()
 * const line = toCertificateLine(certificatePem)
 */
export function toCertificateLine(certificatePem: string): string {
  if (typeof certificatePem !== 'string') throw new TypeError('The certificate must be a string')
  return toLine(parseCertificate({ bytes: Buffer.from(certificatePem), source: 'The certificate' }))
}

const toLine = (certificate: X509Certificate) => certificate.toString().replaceAll(/[\r\n]/g, '')

/** Parses the one certificate that the bytes hold, in any form. */
export function parseCertificate(found: SourceBytes): X509Certificate {
  const { source } = found
  return parseX509(derOf(certificateBlock(toBlocks(found), source)), source)
}

/**
 * Reads the certificate that Qlik is to trust, in PEM, DER or base64. It is public, so a file's mode is not
 * checked. A file that also holds a private key is refused.
 *
 * @param options one of `file`, `pem`, `bytes`, `env` and `stream`; and `kid`, the key ID for its public
 * JWK, by default the RFC 7638 thumbprint
 * @throws ERR_KEY_NOT_FOUND, ERR_KEY_UNREADABLE, ERR_KEY_NOT_A_FILE, ERR_KEY_TOO_LARGE,
 * ERR_KEY_VARIABLE, ERR_KEY_FORM, ERR_KEY_FOREIGN, ERR_KEY_WRONG_HALF, ERR_KEY_NO_CERTIFICATE, ERR_KEY_TYPE, ERR_KEY_SIZE,
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
