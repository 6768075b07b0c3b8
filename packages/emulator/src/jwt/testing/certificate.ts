import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'

function der(tag: number, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents)
  const { length } = content
  const head =
    length < 128
      ? [tag, length]
      : length < 256
        ? [tag, 0x81, length]
        : [tag, 0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from(head), content])
}

const sequence = (...contents: Buffer[]) => der(0x30, ...contents)

/** sha256WithRSAEncryption, 1.2.840.113549.1.1.11, with NULL parameters. */
const sha256WithRsa = sequence(
  der(0x06, Buffer.from('2a864886f70d01010b', 'hex')),
  der(0x05, Buffer.alloc(0)),
)

function commonName(text: string): Buffer {
  const attribute = sequence(der(0x06, Buffer.from('550403', 'hex')), der(0x0c, Buffer.from(text)))
  return sequence(der(0x31, attribute))
}

function time(date: Date): Buffer {
  const text = `${date.toISOString().replaceAll(/[-:T]|\.\d+/g, '')}`
  return der(0x18, Buffer.from(text))
}

/** A key pair with a self-signed certificate, made for one test file. */
export interface TestKey {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  /** The certificate in the single line that Qlik asks for. */
  readonly certificateLine: string
  /** The certificate as a PEM file has it. */
  readonly certificatePem: string
}

/** Makes an RSA key pair and a certificate of it, by node:crypto alone. */
export function makeTestKey(
  options: { modulusLength?: number; from?: Date; to?: Date } = {},
): TestKey {
  const {
    modulusLength = 2048,
    from = new Date('2020-01-01'),
    to = new Date('2120-01-01'),
  } = options
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength })
  const name = commonName('jotgate test')
  const toBeSigned = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    sha256WithRsa,
    name,
    sequence(time(from), time(to)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
  )
  const signature = sign('sha256', toBeSigned, privateKey)
  const certificate = sequence(
    toBeSigned,
    sha256WithRsa,
    der(0x03, Buffer.from([0]), signature),
  ).toString('base64')
  const lines = certificate.match(/.{1,64}/g) ?? []
  return {
    privateKey: createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    publicKey,
    certificateLine: `-----BEGIN CERTIFICATE-----${certificate}-----END CERTIFICATE-----`,
    certificatePem: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
  }
}
