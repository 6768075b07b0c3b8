import { createPublicKey, X509Certificate } from 'node:crypto'
import type { SigningKey } from '../../token/index.ts'
import type { Check, Outcome } from '../check.ts'
import type { ClientManagedContext } from './context.ts'

const source =
  'https://community.qlik.com/t5/Official-Support-Articles/Qlik-Sense-How-to-set-up-JWT-authentication/ta-p/1716226'
const hint =
  'Paste the certificate of the signing key, whole, from BEGIN CERTIFICATE to END CERTIFICATE with its line breaks, as “JWT certificate” in the QMC (Virtual proxies, Authentication). `jotgate keys show` prints it.'

/** Whether the virtual proxy trusts our key. It takes one certificate, and compares no key ID. */
export const certificateChecks: readonly Check<ClientManagedContext>[] = [
  {
    id: 'server-certificate',
    category: 'set-up',
    question: 'Does the virtual proxy have the certificate of our key?',
    needs: ['server-repository', 'server-authentication'],
    async run({ key, readSetUp, clock }) {
      const { virtualProxy } = (await readSetUp()) ?? {}
      const text = virtualProxy?.jwtPublicKeyCertificate ?? ''
      return [outcomeOf(text, key, clock())]
    },
  },
]

function outcomeOf(text: string, key: SigningKey, now: number): Outcome {
  if (text.includes('PRIVATE KEY'))
    return failed(
      'The field “JWT certificate” holds a private key, which every administrator can read',
      'Make a new key and its certificate (`jotgate keys create`), paste the certificate alone, and use the old key no more.',
    )
  const certificates =
    text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  const [first] = certificates
  if (first === undefined) {
    if (/BEGIN PUBLIC KEY/.test(text))
      return failed('The field “JWT certificate” holds a public key, not a certificate')
    if (text.trim() === '') return failed('The virtual proxy has no JWT certificate')
    return failed('The field “JWT certificate” holds no whole certificate')
  }
  const certificate = read(first)
  if (certificate === undefined)
    return failed(
      'The JWT certificate of the virtual proxy cannot be read: characters are missing or changed',
    )
  const kind = certificate.publicKey.asymmetricKeyType
  if (kind !== 'rsa')
    return failed(
      `The JWT certificate of the virtual proxy has a key of the kind ${kind}, and Qlik verifies RSA alone: RS256, RS384 and RS512`,
    )
  if (!isOf(certificate, key)) {
    const isAnother = certificates.slice(1).some((pem) => isOf(read(pem), key))
    return failed(
      isAnother
        ? 'Several certificates are in the field “JWT certificate”, and ours is not the first, which alone is known to count'
        : 'The JWT certificate of the virtual proxy is that of another key than ours',
    )
  }
  const days = Math.floor((Date.parse(certificate.validTo) - now) / 86_400_000)
  const evidence = `QRS: jwtPublicKeyCertificate, valid until ${certificate.validTo}`
  if (days < 30)
    return {
      verdict: 'warning',
      title:
        days < 0
          ? 'The JWT certificate has expired'
          : `The JWT certificate expires in ${days} days`,
      evidence,
      hint: 'No source says that client-managed Qlik refuses a token for it, but nothing says that it does not: make another certificate of the same key, and paste it.',
      isMendedByApply: true,
      source,
    }
  return { verdict: 'passed', title: 'The virtual proxy has the certificate of our key', evidence }
}

function failed(title: string, mending = hint): Outcome {
  const evidence = 'QRS: jwtPublicKeyCertificate, compared with the public half of the signing key'
  return { verdict: 'failed', title, evidence, hint: mending, isMendedByApply: true, source }
}

function read(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem)
  } catch {
    return undefined
  }
}

function isOf(certificate: X509Certificate | undefined, { publicJwk }: SigningKey): boolean {
  if (certificate === undefined) return false
  const { kty, n, e } = publicJwk
  return createPublicKey({ key: { kty, n, e }, format: 'jwk' }).equals(certificate.publicKey)
}
