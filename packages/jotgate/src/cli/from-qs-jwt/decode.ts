import { type DecodedToken, decodeToken } from '../../token/index.ts'
import type { Call, CommandSpec } from '../command.ts'
import { readTextFile } from '../read-input.ts'
import { logLevelOption } from './options.ts'
import { isoOf, type Verification, verificationInWords, verifyOld } from './verification.ts'

/** `jotgate decode`: qs-jwt's command, for scripts that change one word. */
export const decode: CommandSpec = {
  name: 'decode',
  summary: 'qs-jwt’s command, for its scripts',
  description:
    'Takes the options of qs-jwt decode. New scripts write `jotgate token inspect`, which knows Qlik’s rules too.',
  options: [
    { flags: '--jwt <token>', description: 'the token', secret: true },
    { flags: '--jwt-file <file>', description: 'the file with the token' },
    {
      flags: '--cert-publickey-file <file>',
      description: 'the public key or certificate that should verify it',
    },
    { flags: '--cert-publickey <key>', description: 'the public key or certificate itself (PEM)' },
    {
      flags: '--expected-audience <audience>',
      description: 'the audience that it should have; needs a key',
    },
    { flags: '--minimal-output', description: 'JSON only' },
    logLevelOption,
  ],
  foreign: true,
  examples: [
    'jotgate decode --jwt-file token.txt --cert-publickey-file publickey.cer --minimal-output',
    'jotgate decode --jwt-file token.txt --cert-publickey-file publickey.pem --expected-audience hdr',
  ],
  notes:
    'Exit code 1 when there is no token, 3 when signature, times or audience are wrong.\nWith --minimal-output: { header, payload, verification: { status, algorithm, integrity, issuedAt,\nexpiresAt, notBefore, currentlyValid, keyId, audience, audienceMatch, issuer, reason } }.',
  async run(call) {
    const token = await readToken(call)
    const publicKey = await readPublicKey(call)
    const expected = call.values.text('expectedAudience')
    if (expected !== undefined && publicKey === undefined)
      throw call.refuse('--expected-audience needs --cert-publickey-file or --cert-publickey')
    const decoded = decodeToken(token)
    const now = Math.floor(call.clock() / 1000)
    const verification =
      publicKey === undefined ? undefined : verifyOld({ token, decoded, publicKey, expected, now })
    const exitCode = verification === undefined || verification.status === 'valid' ? 0 : 3
    return { text: toText(call, decoded, verification), exitCode }
  },
}

async function readToken(call: Call): Promise<string> {
  const [text, file] = [call.values.text('jwt'), call.values.text('jwtFile')]
  if ((text === undefined) === (file === undefined))
    throw call.refuse('give exactly one of --jwt and --jwt-file')
  return (text ?? (await readTextFile(file ?? ''))).replace(/^\uFEFF/, '').trim()
}

async function readPublicKey(call: Call): Promise<string | undefined> {
  const [text, file] = [call.values.text('certPublickey'), call.values.text('certPublickeyFile')]
  return text ?? (file === undefined ? undefined : await readTextFile(file))
}

function toText(
  call: Call,
  { header, payload }: DecodedToken,
  verification?: Verification,
): string {
  if (call.values.isOn('minimalOutput')) {
    const json = { header, payload, ...(verification === undefined ? {} : { verification }) }
    return `${JSON.stringify(json, null, 2)}\n`
  }
  const dated = Object.fromEntries(
    Object.entries(payload).map(([name, value]) => [
      name,
      ['iat', 'exp', 'nbf'].includes(name) && typeof value === 'number'
        ? `${value} (${isoOf(value)})`
        : value,
    ]),
  )
  const parts = [
    `JWT Header:\n${JSON.stringify(header, null, 2)}`,
    `JWT Payload:\n${JSON.stringify(dated, null, 2)}`,
    ...(verification === undefined ? [] : [`\n${verificationInWords(verification)}`]),
  ]
  return `${parts.join('\n')}\n`
}
