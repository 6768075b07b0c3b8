import { createHash, createPublicKey, X509Certificate } from 'node:crypto'
import { readCertificate, readSigningKey } from '../../keys/index.ts'
import type { RsaPublicJwk } from '../../token/index.ts'
import { type Call, type CommandSpec, resultOptions } from '../command.ts'
import { inColumns } from '../layout.ts'
import { withPassphrase } from '../signing.ts'
import { type KeyInput, keyInputOptions, readKeyInput } from './key-input.ts'

/** `jotgate keys show`. */
export const keysShow: CommandSpec = {
  name: 'keys show',
  summary: 'fingerprints, key ID, dates and days left',
  description:
    'Shows what may be known of a key: its public half, and its certificate. Nothing secret.',
  options: [
    ...keyInputOptions,
    { flags: '--kid <id>', description: 'the key ID, when it is not the thumbprint' },
    ...resultOptions,
  ],
  examples: [
    'jotgate keys show --key keys/qlik.pem --certificate keys/qlik.cer',
    'jotgate keys show --certificate keys/qlik.cer --json | jq .daysLeft',
  ],
  notes:
    'With --json: { kid, alg, bits, publicKeySha256, certificateSha256, notBefore, notAfter, daysLeft };\nwhat is not known is left out.',
  async run(call) {
    const input = await readKeyInput(call)
    const key = await readPublic(call, input)
    const certificate = await readDates(input)
    const json = { ...key, ...certificate }
    if (certificate !== undefined && key.publicKeySha256 !== certificate.of)
      call.note('warning: the certificate belongs to another key')
    const { of: _, ...shown } = { of: '', ...json }
    const text = inColumns(Object.entries(shown).map(([name, value]) => [name, String(value)]))
    return { text, json: shown }
  },
}

interface PublicHalf {
  readonly kid: string
  readonly alg: string
  readonly bits: number
  readonly publicKeySha256: string
}

async function readPublic(call: Call, input: KeyInput) {
  const named = input.kid === undefined ? {} : { kid: input.kid }
  const { privateKey, passphrase, certificate } = input
  if (privateKey !== undefined) {
    const open = (word: string | undefined) =>
      readSigningKey({
        ...privateKey,
        ...named,
        ...(word === undefined ? {} : { passphrase: word }),
        // To look at a key is not to use it.
        insecureQlikCertificate: true,
      })
    return toHalf((await withPassphrase(call, open, passphrase)).publicJwk)
  }
  if (certificate === undefined) throw new TypeError('One half was checked to be there')
  return toHalf((await readCertificate({ ...certificate, ...named })).publicJwk)
}

function toHalf({ n, e, kid, alg }: RsaPublicJwk): PublicHalf {
  const key = createPublicKey({ key: { kty: 'RSA', n, e }, format: 'jwk' })
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
  return {
    kid,
    alg,
    bits,
    publicKeySha256: fingerprintOf(key.export({ type: 'spki', format: 'der' })),
  }
}

const fingerprintOf = (der: Buffer) =>
  (createHash('sha256').update(der).digest('hex').toUpperCase().match(/../g) ?? []).join(':')

async function readDates({ certificate: source }: KeyInput) {
  if (source === undefined) return undefined
  const { certificatePem, notBefore, notAfter } = await readCertificate(source)
  const certificate = new X509Certificate(certificatePem)
  return {
    of: fingerprintOf(certificate.publicKey.export({ type: 'spki', format: 'der' })),
    certificateSha256: certificate.fingerprint256,
    notBefore: notBefore.toISOString(),
    notAfter: notAfter.toISOString(),
    daysLeft: Math.floor((notAfter.getTime() - Date.now()) / 86_400_000),
  }
}
