import { productOfClaims, products, type Settings } from '../../config/index.ts'
import type { CheckOptions, Deployment, Finding, TokenInspection } from '../../token/index.ts'
import { type Call, type CommandSpec, type Outcome, resultOptions } from '../command.ts'
import { cliErrors } from '../errors.ts'
import { exitCodeOf, findingsInWords } from '../findings.ts'
import { layoutFor } from '../layout.ts'
import { parseJsonInput, readInput } from '../read-input.ts'
import { readLevels, targetOptions, toTarget } from '../target.ts'

/** `jotgate token inspect`. */
export const tokenInspect: CommandSpec = {
  name: 'token inspect',
  summary: 'what a token says, and what Qlik will say to it',
  description:
    'Lays a token open: header, claims, times, signature, and every rule of Qlik that it breaks. Nothing is asked of Qlik.',
  operands: [
    { name: 'token', description: 'the token, or - for the standard input', optional: true },
  ],
  options: [
    {
      flags: '--file <file>',
      description: 'read the token from a file; - is stdin',
      onlyFlag: true,
    },
    { flags: '--key <file>', description: 'the public key (PEM or JWK) that should verify it' },
    { flags: '--certificate <file>', description: 'the certificate that Qlik has' },
    {
      flags: '--kid <id>',
      description: 'the key ID that the identity provider has beside key or certificate',
    },
    { flags: '--jwks <file>', description: 'the key set; the token’s key ID chooses' },
    ...targetOptions,
    ...resultOptions,
  ],
  examples: [
    'jotgate token inspect --file token.txt --certificate keys/qlik.cer',
    'pbpaste | jotgate token inspect - --for cloud --issuer acme.example --json',
  ],
  notes:
    'Exit code 3 when a rule is broken.\nWith --json: { header, payload, times, signatureLength, target, signature, findings: [{ id, effect,\ncertainty, title, detail, hint, source }] }; signature is valid, invalid or not-checked.',
  async run(call) {
    const { text, source } = await readTokenText(call)
    const { inspectToken, checkToken } = await import('../../token/index.ts')
    const at = new Date(call.clock())
    const inspection = inspectToken(text, { at })
    const { header, payload } = inspection
    if (header === undefined && payload === undefined) throw noToken(inspection, source)
    const levels = (await readLevels(call)).map(({ settings }) => settings)
    const target = await findTarget(call, levels, payload ?? {})
    const trust = await readTrust(call, levels)
    const findings =
      target === undefined
        ? inspection.findings
        : (await checkToken(text, target.deployment, { ...trust, at })).filter(isOf(levels))
    return toOutcome(call, { inspection, findings, trust, title: target?.title })
  },
}

async function readTokenText(call: Call): Promise<{ text: string; source: string }> {
  const [operand] = call.operands
  const file = call.values.text('file')
  if (operand !== undefined && file !== undefined)
    throw call.refuse('the token is given twice: as an operand and by --file')
  const piped = operand === undefined && file === undefined && !call.terminal.stdinIsTerminal
  const from = operand === '-' || piped ? '-' : file
  if (from !== undefined) {
    const source = from === '-' ? 'The standard input' : from
    return { text: withoutLineEnd(await readInput(call, '--file', from)), source }
  }
  if (operand === undefined)
    throw call.refuse(
      'the token is missing: give it as an operand, by --file, or on the standard input',
    )
  return { text: operand, source: 'The operand' }
}

/** The line break that every editor and `echo` puts at the end is not a mistake of the token. */
const withoutLineEnd = (text: string) => text.replace(/\r?\n$/, '')

function noToken({ findings }: TokenInspection, source: string): Error {
  const first = findings.find(({ effect }) => effect === 'refused')
  const problem = first === undefined ? 'it cannot be read' : `${first.title}. ${first.detail}`
  return cliErrors.ERR_CLI_NO_TOKEN({ source, problem })
}

/** The deployment that was named; without one, what the token itself says it is for. */
async function findTarget(
  call: Call,
  levels: readonly Settings[],
  payload: Readonly<Record<string, unknown>>,
): Promise<{ deployment: Deployment; title: string } | undefined> {
  const [named] = levels.flatMap(({ product: name }) => (name === undefined ? [] : [name]))
  const product = named ?? productOfClaims(payload)
  if (product === undefined) {
    call.note(
      'note: the token does not say which Qlik it is for; --for lets its rules be checked too',
    )
    return undefined
  }
  const { iss, userDirectory } = payload
  // Where nothing was said, the token is taken at its word, so that the other rules can be asked.
  const assumed: Settings = {
    product,
    issuer: typeof iss === 'string' && iss.trim() !== '' ? iss : 'unknown',
    userDirectory:
      typeof userDirectory === 'string' && userDirectory !== '' ? userDirectory : 'unknown',
  }
  const { title } = products[product]
  const said = levels.some(
    ({ issuer, userDirectory: own }) => issuer !== undefined || own !== undefined,
  )
  if (!said)
    call.note(
      `note: judged as ${title}${named === undefined ? ', by its claims' : ''}; the issuer or directory is the token’s own`,
    )
  const { deployment } = await toTarget(call, [...levels, assumed], false)
  return { deployment, title }
}

/** From an attribute mapping that nobody told, no claim can be missing. */
function isOf(levels: readonly Settings[]): (finding: Finding) => boolean {
  const isMapped = levels.some(
    ({ claims }) => claims?.groups !== undefined || claims?.attributes !== undefined,
  )
  return ({ id }) => isMapped || !id.endsWith('-mapped-claim-missing')
}

async function readTrust(call: Call, levels: readonly Settings[]): Promise<CheckOptions> {
  const [key, certificate, jwks] = ['key', 'certificate', 'jwks'].map((name) =>
    call.values.text(name),
  )
  if ([key, certificate, jwks].filter((file) => file !== undefined).length > 1)
    throw call.refuse('give one of --key, --certificate and --jwks')
  const { readCertificate, readVerificationKey, thumbprint } = await import('../../keys/index.ts')
  const [given] = levels.flatMap(({ kid }) => (kid === undefined ? [] : [{ kid }]))
  if (key !== undefined) {
    const { kid, ...unnamed } = await readVerificationKey({ file: key, ...given })
    // A file that says no key ID is called by its thumbprint, which Qlik has never heard of.
    const named = kid === thumbprint(unnamed) ? unnamed : { ...unnamed, kid }
    return { key: named, ...given }
  }
  if (certificate !== undefined)
    return { certificate: (await readCertificate({ file: certificate })).certificatePem, ...given }
  if (jwks === undefined) return {}
  const set = parseJsonInput(await readInput(call, '--jwks', jwks), jwks)
  return { jwks: set as { keys: readonly unknown[] } }
}

function toOutcome(
  call: Call,
  seen: {
    inspection: TokenInspection
    findings: readonly Finding[]
    trust: CheckOptions
    title: string | undefined
  },
): Outcome {
  const { inspection, findings, trust, title } = seen
  const { header, payload, times, signatureLength } = inspection
  const signature = signatureOf(inspection, findings, trust, title)
  const json = {
    header,
    payload,
    times,
    signatureLength,
    target: title ?? null,
    signature,
    findings,
  }
  const { paint } = layoutFor(call.terminal, 'stdout')
  const verdict =
    exitCodeOf(findings) === 0
      ? paint('green', `No rule of ${title ?? 'the form'} is broken.`)
      : `${findings.length} finding${findings.length === 1 ? '' : 's'} for ${title ?? 'the form'}:`
  const size = signatureLength === undefined ? '' : `, ${signatureLength} bytes`
  const colour = ({ valid: 'green', invalid: 'red', 'not-checked': 'yellow' } as const)[signature]
  const text = [
    `${paint('bold', 'Header')}\n${indented(header)}`,
    `${paint('bold', 'Claims')}\n${indented(payload)}`,
    `${paint('bold', 'Times')}\n${timesInWords(times)}`,
    `${paint('bold', 'Signature')}: ${paint(colour, signature)}${size}`,
    '',
    verdict,
    ...(findings.length === 0 ? [] : ['', findingsInWords(findings, call.terminal)]),
  ].join('\n')
  return { text: `${text.trimEnd()}\n`, json, exitCode: exitCodeOf(findings) }
}

/** `valid` only when nothing can have kept the check from its end. */
function signatureOf(
  { header }: TokenInspection,
  findings: readonly Finding[],
  trust: CheckOptions,
  title: string | undefined,
): 'valid' | 'invalid' | 'not-checked' {
  if (title === undefined || Object.keys(trust).length === 0) return 'not-checked'
  const ids = findings.filter(({ effect }) => effect !== 'advice').map(({ id }) => id)
  if (ids.includes('signature-mismatch')) return 'invalid'
  const kept = ids.some((id) =>
    /^form-|algorithm|^signature-(not-checked|unfit-key)$|key-(not-named|id-unknown)$/.test(id),
  )
  return kept || header === undefined || 'b64' in header ? 'not-checked' : 'valid'
}

/** Control characters of a stranger's token must not reach the terminal: JSON escapes them. */
function indented(value: unknown): string {
  if (value === undefined) return '  (cannot be read)'
  return JSON.stringify(value, null, 2)
    .replaceAll(
      /[\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
      (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
    .replaceAll(/^/gm, '  ')
}

function timesInWords(times: TokenInspection['times']): string {
  const words = {
    issuedAt: 'issued',
    notBefore: 'valid from',
    expiresAt: 'expires',
    lifetime: 'valid for',
  }
  const lines = Object.entries(words).flatMap(([name, label]) => {
    const value = times[name as keyof typeof times]
    return value === undefined ? [] : [`  ${label.padEnd(11)}${value}`]
  })
  return lines.join('\n') || '  (none)'
}
