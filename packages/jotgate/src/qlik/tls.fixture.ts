import 'reflect-metadata'
import { createPrivateKey, webcrypto } from 'node:crypto'
import {
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

/** Other keys than the one of curve P-256 that everything has unless a test says otherwise. */
const otherKeys = {
  'P-521': { name: 'ECDSA', namedCurve: 'P-521' },
  Ed25519: { name: 'Ed25519' },
  'RSA-2048': rsa(2048),
  'RSA-1024': rsa(1024),
} as const

function rsa(modulusLength: number) {
  const publicExponent = new Uint8Array([1, 0, 1])
  return { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength, publicExponent }
}

/** A certificate and its key, both PEM. */
export interface CertifiedKey {
  readonly certificate: string
  readonly key: string
}

/** An authority of its own, as every installation of client-managed Qlik has one, and what it signs. */
export interface TestAuthority {
  readonly ca: string
  certify(options: CertificateWishes): Promise<CertifiedKey>
}

/** What a certificate is to be. */
export interface CertificateWishes {
  readonly name: string
  readonly hosts?: readonly string[]
  readonly addresses?: readonly string[]
  readonly key?: keyof typeof otherKeys
  /** Default now and in a year. */
  readonly notBefore?: Date
  readonly notAfter?: Date
  /** Object identifiers of extended key usages. Default the extension is omitted. */
  readonly usages?: readonly string[]
}

export async function createAuthority(name = 'Test authority'): Promise<TestAuthority> {
  const keys = await makeKeys()
  const root = await X509CertificateGenerator.createSelfSigned(
    {
      name: `CN=${name}`,
      keys,
      signingAlgorithm: algorithm,
      extensions: [new BasicConstraintsExtension(true, 0, true)],
    },
    webcrypto as typeof globalThis.crypto,
  )
  return {
    ca: root.toString('pem'),
    async certify({ name: subject, hosts = [], addresses = [], usages, ...wishes }) {
      const own = await makeKeys(wishes.key)
      const certificate = await X509CertificateGenerator.create(
        {
          subject: `CN=${subject}`,
          issuer: root.subject,
          publicKey: own.publicKey,
          signingKey: keys.privateKey,
          signingAlgorithm: algorithm,
          ...(wishes.notBefore && { notBefore: wishes.notBefore }),
          ...(wishes.notAfter && { notAfter: wishes.notAfter }),
          extensions: [
            new SubjectAlternativeNameExtension([
              ...hosts.map((value) => ({ type: 'dns' as const, value })),
              ...addresses.map((value) => ({ type: 'ip' as const, value })),
            ]),
            ...(usages ? [new ExtendedKeyUsageExtension([...usages])] : []),
          ],
        },
        webcrypto as typeof globalThis.crypto,
      )
      const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', own.privateKey))
      const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
      return {
        certificate: certificate.toString('pem'),
        key: key.export({ format: 'pem', type: 'pkcs8' }).toString(),
      }
    },
  }
}

async function makeKeys(key?: keyof typeof otherKeys): Promise<webcrypto.CryptoKeyPair> {
  const wanted = key === undefined ? algorithm : otherKeys[key]
  return (await webcrypto.subtle.generateKey(wanted, true, [
    'sign',
    'verify',
  ])) as webcrypto.CryptoKeyPair
}
