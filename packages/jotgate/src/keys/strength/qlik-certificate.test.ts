import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { qlikOwnCertificate } from './qlik-certificate.ts'

const folder = mkdtempSync(join(tmpdir(), 'jotgate-'))
afterAll(() => rmSync(folder, { recursive: true }))

const openssl = (...command: string[]) =>
  execFileSync('openssl', command, { cwd: folder, stdio: 'pipe' })
beforeAll(() => openssl('genrsa', '-out', 'key.pem', '2048'))

/** A certificate for `subject` that `issuer` has signed, all with one key, which does not matter here. */
function certificateOf(subject: string, issuer: string): X509Certificate {
  openssl('req', '-x509', '-key', 'key.pem', '-subj', issuer, '-out', 'ca.pem')
  if (subject !== issuer) {
    openssl('req', '-new', '-key', 'key.pem', '-subj', subject, '-out', 'request.pem')
    const authority = ['-CA', 'ca.pem', '-CAkey', 'key.pem', '-CAcreateserial']
    openssl('x509', '-req', '-in', 'request.pem', ...authority, '-out', 'leaf.pem')
  }
  return new X509Certificate(readFileSync(join(folder, subject === issuer ? 'ca.pem' : 'leaf.pem')))
}

it.each([
  // As in the exported certificates of a real site.
  ['/CN=QlikClient', '/CN=sense-CA', 'client'],
  ['/CN=sense', '/CN=sense-CA', 'server'],
  ['/CN=sense.acme.example', '/CN=sense.acme.example-CA', 'server'],
  ['/CN=SENSE.acme.example', '/CN=sense-CA', 'server'],
  ['/CN=sense-CA', '/CN=sense-CA', 'root'],
  // Similar names that are not Qlik's.
  ['/CN=jotgate', '/CN=jotgate', undefined],
  ['/CN=sense', '/CN=acme-CA', undefined],
  ['/O=acme/CN=sense', '/CN=sense-CA', undefined],
  ['/CN=sense', '/DC=example/DC=acme/CN=sense-CA', undefined],
  ['/CN=QlikClients', '/CN=acme', undefined],
])('a certificate for %s issued by %s is Qlik’s own: %s', (subject, issuer, role) => {
  expect(qlikOwnCertificate(certificateOf(subject, issuer))).toBe(role)
})
