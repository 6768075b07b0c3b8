import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto'
import type { ClientManagedSwitches } from '../../switches.ts'

/** A key that a virtual proxy trusts. */
export interface TrustedKey {
  readonly key: KeyObject
  /** Of its certificate, in milliseconds since 1970; omitted for a public key alone. */
  readonly dates?: { readonly from: number; readonly to: number }
}

const pemBlock = /-----BEGIN (CERTIFICATE|PUBLIC KEY)-----[A-Za-z0-9+/=\s]+?-----END \1-----/g

function readBlock(kind: string, pem: string): TrustedKey | undefined {
  try {
    if (kind === 'PUBLIC KEY') return { key: createPublicKey(pem) }
    const certificate = new X509Certificate(pem)
    return {
      key: certificate.publicKey,
      dates: { from: Date.parse(certificate.validFrom), to: Date.parse(certificate.validTo) },
    }
  } catch {
    return undefined
  }
}

/** What the field “JWT certificate” of a virtual proxy holds. */
export type CertificateReading =
  | { readonly keys: readonly TrustedKey[] }
  | { readonly flaw: string; readonly decidedBy?: keyof ClientManagedSwitches }

/** The last field that was read: parsing a certificate costs more than verifying a token. */
const known = new Map<string, CertificateReading>()

function read(
  text: string,
  { proxyPublicKey, severalCertificates }: ClientManagedSwitches,
): CertificateReading {
  const blocks = [...text.matchAll(pemBlock)].map(([pem, kind = '']) => ({ pem, kind }))
  const certificates = blocks.filter(({ kind }) => kind === 'CERTIFICATE')
  // What openssl x509 -pubkey prints, a public key and a certificate, is a certificate.
  const chosen = certificates.length > 0 ? certificates : blocks
  const [first] = chosen
  if (first === undefined) return { flaw: 'The virtual proxy has no JWT certificate' }
  if (certificates.length === 0 && proxyPublicKey === 'refused')
    return {
      flaw: 'The JWT certificate is a public key, not a certificate',
      decidedBy: 'proxyPublicKey',
    }
  if (certificates.length > 1 && severalCertificates === 'refused')
    return { flaw: 'The field holds several certificates', decidedBy: 'severalCertificates' }
  const taken = severalCertificates === 'any' ? chosen : [first]
  const keys = taken.flatMap(({ kind, pem }) => readBlock(kind, pem) ?? [])
  return keys.length === 0 ? { flaw: 'The JWT certificate cannot be read' } : { keys }
}

/** Reads the field “JWT certificate”: one certificate, or what the switches let it be. */
export function readCertificates(
  text: string,
  switches: ClientManagedSwitches,
): CertificateReading {
  const { proxyPublicKey, severalCertificates } = switches
  const key = JSON.stringify([text, proxyPublicKey, severalCertificates])
  const found = known.get(key) ?? read(text, switches)
  if (known.size > 100) known.clear()
  known.set(key, found)
  return found
}
