import { createPrivateKey, type KeyObject, type X509Certificate } from 'node:crypto'
import { Socket } from 'node:net'
import { createSecureContext, TLSSocket } from 'node:tls'
import type { AuthenticatedSafe } from '@peculiar/asn1-pfx'
import { isJotgateError } from '../../errors/index.ts'
import { keyErrors } from '../errors.ts'
import { parseX509 } from '../read/x509.ts'

const dataContent = '1.2.840.113549.1.7.1'

/**
 * Reads the private key and its certificate from a PFX file (PKCS#12, RFC 7292), as Windows and Qlik's console
 * export them. Node opens such a file for TLS, which checks passphrase and MAC, but does not give its key. So its
 * parts are found here, and OpenSSL decrypts them.
 */
export async function readPfx(
  pfx: Buffer,
  source: string,
  passphrase: string | undefined,
): Promise<{ privateKey: KeyObject; certificate: X509Certificate | undefined }> {
  const certificate = openSealed(pfx, source, passphrase)
  const keys = await keyBags(pfx, source)
  const [bag] = keys
  if (bag === undefined) {
    const given = 'PFX file without a private key'
    throw keyErrors.ERR_KEY_WRONG_HALF({ source, given, needed: 'private key' })
  }
  if (keys.length > 1)
    throw keyErrors.ERR_KEY_FORM({ source, problem: `holds ${keys.length} private keys, not one` })
  try {
    const key = { key: bag.der, format: 'der', type: 'pkcs8' } as const
    return {
      privateKey: createPrivateKey(bag.encrypted ? { ...key, passphrase: passphrase ?? '' } : key),
      certificate,
    }
  } catch (cause) {
    throw keyErrors.ERR_KEY_FORM({ source, problem: 'holds a damaged private key' }, { cause })
  }
}

/** Lets OpenSSL check the MAC with the passphrase, and give the certificate. */
function openSealed(
  pfx: Buffer,
  source: string,
  passphrase: string | undefined,
): X509Certificate | undefined {
  try {
    // Level 0: other levels refuse small keys and certificates, also of an authority, which are checked elsewhere.
    const ciphers = 'DEFAULT@SECLEVEL=0'
    const secureContext = createSecureContext({ pfx, ciphers, ...(passphrase && { passphrase }) })
    const socket = new TLSSocket(new Socket(), { isServer: true, secureContext })
    try {
      const certificate = socket.getX509Certificate()
      return certificate && parseX509(certificate.raw, source)
    } finally {
      socket.destroy()
    }
  } catch (cause) {
    if (isJotgateError(cause)) return undefined
    const text = cause instanceof Error ? cause.message : ''
    // Node opened the file but did not find what TLS needs. Whether there is a key, the bags tell.
    if (/unable to load/i.test(text)) return undefined
    // The second message is for a file without a MAC.
    if (/mac verify failure|bad decrypt/i.test(text))
      throw passphrase === undefined
        ? keyErrors.ERR_KEY_ENCRYPTED({ source }, { cause })
        : keyErrors.ERR_KEY_PASSPHRASE({ source }, { cause })
    if (/unsupported/i.test(text)) {
      const form = 'a PFX file with outdated ciphers'
      const command = 'openssl pkcs12 -legacy -nodes -in FILE -out COPY.pem'
      throw keyErrors.ERR_KEY_FOREIGN({ source, form, command }, { cause })
    }
    throw keyErrors.ERR_KEY_FORM({ source, problem: 'holds a damaged PFX file' }, { cause })
  }
}

/** The bags (RFC 7292) with private keys. They are in the parts that are not encrypted as a whole. */
async function keyBags(
  pfx: Buffer,
  source: string,
): Promise<{ der: Buffer; encrypted: boolean }[]> {
  // Loaded on demand, since it takes a tenth of a second.
  const asn1 = await import('@peculiar/asn1-pfx')
  const { AsnConvert, OctetString } = await import('@peculiar/asn1-schema')
  const unwrap = (content: ArrayBuffer) => AsnConvert.parse(content, OctetString).buffer
  const bagsOf = (safe: AuthenticatedSafe) =>
    [...safe]
      .filter(({ contentType }) => contentType === dataContent)
      .flatMap(({ content }) => [...AsnConvert.parse(unwrap(content), asn1.SafeContents)])
  try {
    const { authSafe } = AsnConvert.parse(pfx, asn1.PFX)
    const safe = AsnConvert.parse(unwrap(authSafe.content), asn1.AuthenticatedSafe)
    return bagsOf(safe)
      .filter(({ bagId }) => bagId === asn1.id_keyBag || bagId === asn1.id_pkcs8ShroudedKeyBag)
      .map(({ bagId, bagValue }) => ({
        der: Buffer.from(bagValue),
        encrypted: bagId === asn1.id_pkcs8ShroudedKeyBag,
      }))
  } catch {
    // Without the cause: the ASN.1 parser quotes the bytes at which it stopped.
    throw keyErrors.ERR_KEY_FORM({ source, problem: 'holds a damaged PFX file' })
  }
}
