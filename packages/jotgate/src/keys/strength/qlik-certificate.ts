import type { X509Certificate } from 'node:crypto'

/**
 * Recognises the certificates that a client-managed site makes for itself. The client's subject is `CN=QlikClient`;
 * a server's is named for the host and issued by the host's own authority, `CN=HOST-CA`.
 *
 * SECURITY: Qlik's setup page signs its first test token with server_key.pem. That key also gives access to the
 * site's own services: ports 4242, 4243 and 4747 accept its holder as any user, sa_repository included, and the
 * certificate cannot be revoked alone.
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

/** The common name, if it is the only part of the name, as in every certificate that Qlik makes. */
function onlyName(distinguishedName: string): string | undefined {
  return /^CN=([^\n]+)$/.exec(distinguishedName)?.[1]
}
