import 'reflect-metadata'
import { createPrivateKey, webcrypto } from 'node:crypto'
import {
  BasicConstraintsExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

/** A certificate and its key, both PEM. */
export interface CertifiedKey {
  readonly certificate: string
  readonly key: string
}

/** An authority of its own, as every installation of client-managed Qlik has one, and what it signs. */
export interface TestAuthority {
  readonly ca: string
  certify(options: { name: string; hosts?: readonly string[] }): Promise<CertifiedKey>
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
    async certify({ name: subject, hosts = [] }) {
      const own = await makeKeys()
      const certificate = await X509CertificateGenerator.create(
        {
          subject: `CN=${subject}`,
          issuer: root.subject,
          publicKey: own.publicKey,
          signingKey: keys.privateKey,
          signingAlgorithm: algorithm,
          extensions: [
            new SubjectAlternativeNameExtension(
              hosts.map((value) => ({ type: 'dns' as const, value })),
            ),
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

async function makeKeys(): Promise<webcrypto.CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(algorithm, true, [
    'sign',
    'verify',
  ])) as webcrypto.CryptoKeyPair
}
