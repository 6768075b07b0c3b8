import { X509Certificate } from 'node:crypto'
import type { RsaPublicJwk } from '../token/signing-key.ts'
import { keyErrors } from './errors.ts'
import { readKeyFile } from './key-file.ts'
import { certificateBlock, derOf } from './pem.ts'
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
  return toLine(parseCertificate(certificatePem, 'The certificate'))
}

const toLine = (certificate: X509Certificate) => certificate.toString().replaceAll(/[\r\n]/g, '')

function parseCertificate(text: string, source: string): X509Certificate {
  const block = certificateBlock(text, source)
  try {
    return new X509Certificate(derOf(block))
  } catch (cause) {
    throw keyErrors.ERR_KEY_FORM({ source, problem: 'holds a damaged certificate' }, { cause })
  }
}

/**
 * Reads the certificate that goes to Qlik from a PEM file. It is public, so its mode is not checked;
 * a file with a private key in it is refused.
 *
 * @param options.file the PEM file with one certificate
 * @param options.kid the key ID for its public JWK; the RFC 7638 thumbprint when left out
 * @throws ERR_KEY_NOT_FOUND, ERR_KEY_UNREADABLE, ERR_KEY_NOT_A_FILE, ERR_KEY_TOO_LARGE, ERR_KEY_FORM,
 * ERR_KEY_WRONG_HALF, ERR_KEY_TYPE, ERR_KEY_SIZE or ERR_KEY_EXPONENT
 * @example
 * const { certificateLine, notAfter } = await readCertificate({ file: 'keys/qlik.cer' })
 */
export async function readCertificate(options: {
  file: string
  kid?: string
}): Promise<QlikCertificate> {
  const { file, kid } = options
  const certificate = parseCertificate(await readKeyFile({ file, secret: false }), file)
  return {
    certificatePem: certificate.toString(),
    certificateLine: toLine(certificate),
    publicJwk: publicJwkOf(certificate.publicKey, file, { kid }),
    notBefore: certificate.validFromDate,
    notAfter: certificate.validToDate,
  }
}
