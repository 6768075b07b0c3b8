import 'reflect-metadata'
import { randomBytes } from 'node:crypto'
import { isIP } from 'node:net'
import * as x509 from '@peculiar/x509'
import { type KeyPair, keyAlgorithm } from './stored-keys.ts'

type SelfSigned = Parameters<typeof x509.X509CertificateGenerator.createSelfSigned>[0]

/** The library names its keys by a browser's types, which Node's own differ from in words alone. */
const toLibrary = (keys: KeyPair) =>
  keys as unknown as Extract<SelfSigned, { keys: unknown }>['keys']

const toNameType = (name: string): 'ip' | 'dns' => (isIP(name) === 0 ? 'dns' : 'ip')

const dayMs = 86_400_000

/** Ten years: it is one person's, on one machine, and its folder can be thrown away. */
const caDays = 3650

/** A certificate of the server lives no longer than the process; Apple's clients take 825 days at most. */
const serverDays = 397

/** A positive serial number of 127 random bits, in hexadecimal (RFC 5280 §4.1.2.2). */
function newSerialNumber(): string {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x01
  return bytes.toString('hex')
}

/** Since yesterday: machines whose clock is a little behind take it too. */
const datesOf = (days: number) => ({
  notBefore: new Date(Date.now() - dayMs),
  notAfter: new Date(Date.now() + (days - 1) * dayMs),
})

/** Makes the certificate of an authority for the emulator's names and no others. */
export async function makeAuthority(pair: KeyPair): Promise<string> {
  const keys = toLibrary(pair)
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerialNumber(),
    name: `CN=jotgate-emulator CA ${randomBytes(3).toString('hex')}`,
    ...datesOf(caDays),
    signingAlgorithm: keyAlgorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return certificate.toString('pem')
}

/** Makes a certificate that the authority signs. */
async function makeSigned(options: {
  caPem: string
  caKeys: KeyPair
  keys: KeyPair
  commonName: string
  days: number
  extensions: readonly x509.Extension[]
}): Promise<string> {
  const { caPem, commonName, days, extensions } = options
  const [caKeys, keys] = [toLibrary(options.caKeys), toLibrary(options.keys)]
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: newSerialNumber(),
    subject: `CN=${commonName}`,
    issuer: new x509.X509Certificate(caPem).subject,
    ...datesOf(days),
    signingAlgorithm: keyAlgorithm,
    publicKey: keys.publicKey,
    signingKey: caKeys.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      ...extensions,
      await x509.AuthorityKeyIdentifierExtension.create(caKeys.publicKey),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return certificate.toString('pem')
}

/**
 * Makes a certificate for names of the server, signed by the authority.
 *
 * @param names DNS names and IP addresses
 */
export function makeServerCertificate(options: {
  caPem: string
  caKeys: KeyPair
  serverKeys: KeyPair
  names: readonly [string, ...string[]]
}): Promise<string> {
  const { caPem, caKeys, serverKeys, names } = options
  return makeSigned({
    caPem,
    caKeys,
    keys: serverKeys,
    commonName: names[0],
    days: serverDays,
    extensions: [
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map((value) => ({ type: toNameType(value), value })),
      ),
    ],
  })
}

/** Makes the certificate of a client, signed by the authority; its name is that of Qlik’s own. */
export function makeClientCertificate(options: {
  caPem: string
  caKeys: KeyPair
  clientKeys: KeyPair
}): Promise<string> {
  const { caPem, caKeys, clientKeys } = options
  return makeSigned({
    caPem,
    caKeys,
    keys: clientKeys,
    commonName: 'QlikClient',
    days: caDays - 1,
    extensions: [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth])],
  })
}
