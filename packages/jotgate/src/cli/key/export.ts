import { createPublicKey } from 'node:crypto'
import { readCertificate, readSigningKey, toJwks } from '../../keys/index.ts'
import type { RsaPublicJwk } from '../../token/index.ts'
import { type Call, type CommandSpec, resultOptions } from '../command.ts'
import { withPassphrase } from '../signing.ts'
import { exportPfx, pfxOptions, refusePfxOptions } from './export-pfx.ts'
import { type KeyInput, keyInputOptions, readKeyInput } from './key-input.ts'

const forms = ['certificate', 'qmc', 'one-line', 'public-key', 'jwk', 'jwks', 'pfx'] as const

type PublicForm = Exclude<(typeof forms)[number], 'pfx'>

/** `jotgate keys export`. */
export const keysExport: CommandSpec = {
  name: 'keys export',
  summary: 'the public half in any form, or both halves as PFX',
  description:
    'Writes the public half of a key: as a certificate, as the QMC of client-managed Qlik wants it, in the one line that Qlik Cloud wants, as a public key, JWK or key set. Or both halves as a PFX file, encrypted under a passphrase, for programs that take nothing else.',
  options: [
    {
      flags: '--as <form>',
      description: 'the form',
      choices: forms,
      meant: {
        pem: 'certificate',
        cer: 'certificate',
        crt: 'certificate',
        p12: 'pfx',
        spki: 'public-key',
      },
      otherwise: 'certificate',
    },
    ...keyInputOptions,
    { flags: '--kid <id>', description: 'the key ID of a JWK', otherwise: 'the key’s thumbprint' },
    ...pfxOptions,
    ...resultOptions,
  ],
  examples: [
    'jotgate keys export --certificate keys/qlik.cer --as one-line',
    'jotgate keys export --certificate keys/qlik.cer --as qmc --out jwt-certificate.pem',
    'jotgate keys export --key keys/qlik.pem --kid acme-1 --as jwks --out jwks.json',
    'jotgate keys export --as pfx --key keys/qlik.pem --certificate keys/qlik.cer \\\n      --pfx-passphrase-file pass.txt --out qlik.pfx',
  ],
  notes:
    'qmc is one X.509 certificate in PEM with line feeds and nothing else. A certificate is exported of a certificate; a PFX file of both halves; the other forms of either.\nThe private key leaves its place in a PFX file alone, which is never written over another file.\nWith --json: { form, value }; value is a text, for jwk and jwks an object, for pfx base64.',
  async run(call) {
    const form = (call.values.text('as') ?? 'certificate') as (typeof forms)[number]
    if (form === 'pfx') return exportPfx(call)
    refusePfxOptions(call, form)
    const value = await publicHalf(call, form, await readKeyInput(call))
    const text = typeof value === 'string' ? value.trimEnd() : JSON.stringify(value, null, 2)
    const next = form === 'qmc' ? { next: nextInQmc } : {}
    return { text: `${text}\n`, json: { form, value }, ...next }
  },
}

const nextInQmc =
  'Next: paste it whole, with its first and last line, into the QMC: Virtual proxies, Authentication, JWT certificate. Applying it logs the users of that virtual proxy out.'

async function publicHalf(call: Call, form: PublicForm, input: KeyInput) {
  if (form === 'certificate' || form === 'qmc' || form === 'one-line') {
    if (input.certificate === undefined)
      throw call.refuse(`--as ${form} needs --certificate: a key alone has no certificate`)
    const { certificatePem, certificateLine } = await readCertificate(input.certificate)
    // One block with line feeds, whatever was read: the repository keeps the text as it is given, and no source
    // shows what a second block or a public key in it would do.
    return form === 'one-line' ? certificateLine : certificatePem
  }
  const jwk = await readJwk(call, input)
  if (form === 'jwk') return jwk
  if (form === 'jwks') return toJwks([jwk])
  const key = createPublicKey({ key: { ...jwk }, format: 'jwk' })
  return key.export({ type: 'spki', format: 'pem' }).toString()
}

async function readJwk(call: Call, input: KeyInput): Promise<RsaPublicJwk> {
  const named = input.kid === undefined ? {} : { kid: input.kid }
  const { privateKey, passphrase, certificate } = input
  if (privateKey === undefined) {
    if (certificate === undefined) throw new TypeError('One half was checked to be there')
    return (await readCertificate({ ...certificate, ...named })).publicJwk
  }
  const open = (word: string | undefined) =>
    readSigningKey({ ...privateKey, ...named, ...(word === undefined ? {} : { passphrase: word }) })
  return (await withPassphrase(call, open, passphrase)).publicJwk
}
