/**
 * A certificate in one form, so that it is compared by its content: lines of 64 characters, each ended by `\n`. What
 * is not one certificate with its line breaks stays as it is, since Qlik may not read it.
 */
export function canonicalCertificate(pem: string): string {
  const lines = pem.replace(/[ \t\r]*\n/g, '\n').trim()
  const [, body] =
    /^-----BEGIN CERTIFICATE-----\n([A-Za-z0-9+/=\n]+)\n-----END CERTIFICATE-----$/.exec(lines) ??
    []
  if (body === undefined) return pem
  const wrapped = body.replaceAll('\n', '').replace(/.{64}(?=.)/g, '$&\n')
  return `-----BEGIN CERTIFICATE-----\n${wrapped}\n-----END CERTIFICATE-----\n`
}
