import type { X509Certificate } from 'node:crypto'

/**
 * Recognises the certificates that a client-managed site makes for itself: the client's is called
 * `CN=QlikClient`, a server's is called after the host and issued by the host's own authority,
 * `CN=HOST-CA`.
 *
 * SECURITY: Qlik's setup page signs its first test token with server_key.pem. In production that is a
 * second use of a key that opens the site's own services: who holds it is trusted on ports 4242, 4243
 * and 4747 as any user, sa_repository included, and the certificate cannot be revoked by itself.
 */
export function qlikOwnCertificate(
  certificate: X509Certificate,
): 'client' | 'server' | 'root' | undefined {
  const subject = onlyName(certificate.subject)
  const issuer = onlyName(certificate.issuer)
  if (subject === 'QlikClient') return 'client'
  if (subject === undefined || issuer === undefined || !issuer.endsWith('-CA')) return undefined
  if (subject === issuer) return certificate.ca ? 'root' : undefined
  const [host = '', ...domain] = subject.toLowerCase().split('.')
  const names = [host, [host, ...domain].join('.')]
  return names.includes(issuer.slice(0, -'-CA'.length).toLowerCase()) ? 'server' : undefined
}

/** The common name, when there is nothing beside it, as in every certificate that Qlik makes. */
function onlyName(distinguishedName: string): string | undefined {
  return /^CN=([^\n]+)$/.exec(distinguishedName)?.[1]
}
