import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { found, type Reading, refused } from '../../values/index.ts'

/** A certificate and its private key, in PEM. */
export interface TlsCertificate {
  /** The certificate of the host name, and after it those of its issuers, without the root. */
  readonly certificate: string
  /** Its private key, not encrypted: RSA of at least 2048 bits, or elliptic curve P-256 or P-384. */
  readonly key: string
  /** How errors and the log name it. Default `tls`. */
  readonly source?: string
}

/** A certificate that was checked. */
export interface ServerCertificate {
  readonly source: string
  /** Names of the gateway that it is for. */
  readonly hosts: readonly string[]
  readonly expiresAt: number
  readonly cert: string
  readonly key: string
}

/**
 * Checks a certificate as a browser will: that it is for the gateway's name, now, with a key that matches it.
 *
 * @param hosts names and addresses of the gateway, as the URL parser writes them
 * @param now in milliseconds since 1970
 */
export function readTlsCertificate(
  given: TlsCertificate,
  hosts: readonly string[],
  now: number,
): Reading<ServerCertificate> {
  const { certificate, key, source = 'tls' } = given ?? {}
  const refuse = (problem: string) => refused(source, problem)
  if (typeof certificate !== 'string' || typeof key !== 'string')
    return refuse('must have `certificate` and `key`, both strings in PEM')
  if (certificate.includes('PRIVATE KEY-----'))
    return refuse('has a private key beside the certificate: it belongs in `key` alone')
  const chain = chainOf(certificate)
  const [leaf] = chain
  if (leaf === undefined) return refuse('has no certificate in PEM, or a damaged one')
  const privateKey = keyOf(key)
  if (privateKey === undefined)
    return refuse('has a private key that is not PEM, is damaged, or is encrypted')
  const problem =
    keyProblem(privateKey) ??
    (leaf.checkPrivateKey(privateKey)
      ? undefined
      : 'has a private key that does not belong to the first certificate') ??
    chainProblem(chain) ??
    leafProblem(leaf, now)
  if (problem !== undefined) return refuse(problem)
  const own = hosts.filter((host) => isFor(leaf, host))
  if (own.length === 0)
    return refuse(`is not for ${hosts.join(' or ')}: it names ${namesOf(leaf) || 'no host'}`)
  return found({
    source,
    hosts: own,
    expiresAt: leaf.validToDate.getTime(),
    cert: certificate,
    key,
  })
}

/** The certificates of a text, in their order; none when one of them cannot be read. */
function chainOf(text: string): X509Certificate[] {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? []
  try {
    return blocks.slice(0, maxChain).map((block) => new X509Certificate(block))
  } catch {
    return []
  }
}

function keyOf(text: string): KeyObject | undefined {
  try {
    return createPrivateKey(text)
  } catch {
    return undefined
  }
}

/** What every browser takes. */
function keyProblem({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject) {
  if (type === 'rsa')
    return (details?.modulusLength ?? 0) >= 2048
      ? undefined
      : 'has an RSA key of fewer than 2048 bits'
  const isKnown = type === 'ec' && ['prime256v1', 'secp384r1'].includes(details?.namedCurve ?? '')
  return isKnown
    ? undefined
    : 'has a key that browsers do not take: it must be RSA, or elliptic curve P-256 or P-384'
}

/** OpenSSL sends them as they stand, and not every client sorts them. */
function chainProblem(chain: readonly X509Certificate[]): string | undefined {
  const isBroken = chain.some((one, at) => {
    const issuer = chain[at + 1]
    return issuer !== undefined && !one.checkIssued(issuer)
  })
  return isBroken
    ? 'has certificates that are not in order: each must be followed by that of its issuer'
    : undefined
}

function leafProblem(leaf: X509Certificate, now: number): string | undefined {
  if (now < leaf.validFromDate.getTime()) return `is not valid before ${dayOf(leaf.validFromDate)}`
  if (now >= leaf.validToDate.getTime()) return `has expired on ${dayOf(leaf.validToDate)}`
  // Extended key usage (RFC 5280, section 4.2.1.12): without it any use is allowed.
  const uses = leaf.keyUsage
  if (Array.isArray(uses) && uses.length > 0 && !uses.some((use) => serverUses.includes(use)))
    return 'is not for servers (extended key usage)'
  return undefined
}

/** id-kp-serverAuth, anyExtendedKeyUsage. */
const serverUses = ['1.3.6.1.5.5.7.3.1', '2.5.29.37.0']

/** As browsers compare: alternative names alone, and a wildcard for one whole label. */
function isFor(leaf: X509Certificate, host: string): boolean {
  const address = host.replace(/^\[(.*)\]$/, '$1')
  if (isIP(address) !== 0) return leaf.checkIP(address) !== undefined
  return leaf.checkHost(host, { subject: 'never', partialWildcards: false }) !== undefined
}

const namesOf = (leaf: X509Certificate) =>
  (leaf.subjectAltName ?? '').slice(0, 300).replaceAll(/\b(?:DNS|IP Address):/g, '')

export const dayOf = (date: Date) => date.toISOString().slice(0, 10)

/** No chain in use is longer. */
const maxChain = 10
