import { durationForm, parseDuration, products, type Settings } from '../../config/index.ts'
import { readCertificate, readVerificationKey, thumbprint } from '../../keys/index.ts'
import {
  assumptionsOf,
  type CheckOptions,
  checkToken,
  type Deployment,
  inspectToken,
  type SignatureVerdict,
  type TokenCheck,
  type TokenInspection,
  withMappingOf,
} from '../../token/index.ts'
import { escapeForTerminal } from '../../values/index.ts'
import { type Call, type CommandSpec, type Outcome, resultOptions } from '../command.ts'
import { cliErrors } from '../errors.ts'
import { exitCodeOf, findingsInWords } from '../findings.ts'
import { layoutFor, type Style } from '../layout.ts'
import { parseJsonInput, readInput } from '../read-input.ts'
import { readLevels, targetOptions, toTarget } from '../target.ts'
import { parsePointInTime, pointInTimeForm } from './point-in-time.ts'

/** `jotgate token inspect`. */
export const tokenInspect: CommandSpec = {
  name: 'token inspect',
  summary: 'what a token says, and what Qlik will say to it',
  description:
    'Takes a token apart: header, claims, timestamps, signature, and every rule of Qlik that it breaks. Nothing is asked of Qlik.',
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
    {
      flags: '--at <time>',
      description: `check as of this time: ${pointInTimeForm}`,
      otherwise: 'now',
      onlyFlag: true,
    },
    {
      flags: '--clock-tolerance <time>',
      description:
        'how far clocks may differ, up to 1h: clockToleranceSec of the identity provider',
      otherwise: 'up to a minute is reported as unknown',
    },
    ...targetOptions,
    ...resultOptions,
  ],
  examples: [
    'jotgate token inspect --file token.txt --certificate keys/qlik.cer',
    'jotgate token inspect --file token.txt --at 2026-01-31T09:30:00Z --clock-tolerance 30s',
    'pbpaste | jotgate token inspect - --for cloud --issuer acme.example --json',
  ],
  notes:
    'Exit code 3 when a finding blocks.\nWith --json: { header, payload, times, signatureLength, target, signature, findings: [{ id, effect,\nblocks, certainty, title, detail, hint, source }] }; signature is valid, invalid or not-checked.',
  async run(call) {
    const { text, source } = await readTokenText(call)
    const when = readTimes(call)
    const { at } = when
    const inspection = inspectToken(text, { at })
    const { header, payload } = inspection
    if (header === undefined && payload === undefined) throw noToken(inspection, source)
    const levels = (await readLevels(call)).map(({ settings }) => settings)
    const target = await findTarget(call, levels, payload ?? {})
    const trust = await readTrust(call, levels)
    const check = await checkToken(text, target?.deployment, { ...trust, ...when })
    return toOutcome(call, inspection, check, target?.title)
  },
}

/** As of when, and how exactly, timestamps are compared. */
function readTimes(call: Call): { at: Date; clockToleranceSeconds?: number } {
  const [time, tolerance] = [call.values.text('at'), call.values.text('clockTolerance')]
  const at = time === undefined ? new Date(call.clock()) : parsePointInTime(time)
  const clockToleranceSeconds = tolerance === undefined ? undefined : parseDuration(tolerance)
  if (at === undefined) throw call.refuse(`--at must be ${pointInTimeForm}`)
  if (tolerance === undefined) return { at }
  if (clockToleranceSeconds === undefined || clockToleranceSeconds > 3600)
    throw call.refuse(`--clock-tolerance must be ${durationForm}, up to 1h`)
  return { at, clockToleranceSeconds }
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
  const assumed = assumptionsOf(payload)
  const product = named ?? assumed.product
  if (product === undefined) {
    call.note(
      'note: the token does not say which Qlik it is for: form, timestamps and signature are checked; --for adds the rules of a product',
    )
    return undefined
  }
  const { title } = products[product]
  const said = levels.some(
    ({ issuer, userDirectory }) => issuer !== undefined || userDirectory !== undefined,
  )
  if (!said)
    call.note(
      `note: checked as ${title}${named === undefined ? ', by its claims' : ''}; the issuer or directory is the token’s own`,
    )
  const { deployment } = await toTarget(call, [...levels, { ...assumed, product }], false)
  const isMapped = levels.some(
    ({ claims }) => claims?.groups !== undefined || claims?.attributes !== undefined,
  )
  return { deployment: isMapped ? deployment : withMappingOf(deployment, payload), title }
}

async function readTrust(call: Call, levels: readonly Settings[]): Promise<CheckOptions> {
  const [key, certificate, jwks] = ['key', 'certificate', 'jwks'].map((name) =>
    call.values.text(name),
  )
  if ([key, certificate, jwks].filter((file) => file !== undefined).length > 1)
    throw call.refuse('give one of --key, --certificate and --jwks')
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
  inspection: TokenInspection,
  { findings, signature }: TokenCheck,
  title: string | undefined,
): Outcome {
  const { header, payload, times, signatureLength } = inspection
  const json = {
    header,
    payload,
    times,
    signatureLength,
    target: title ?? null,
    signature: signature.verdict,
    findings,
  }
  const { paint } = layoutFor(call.terminal, 'stdout')
  const size = signatureLength === undefined ? '' : `, ${signatureLength} bytes`
  const text = [
    `${paint('bold', 'Header')}\n${indented(header)}`,
    `${paint('bold', 'Claims')}\n${indented(payload)}`,
    `${paint('bold', 'Timestamps')}\n${timesInWords(times)}`,
    `${paint('bold', 'Signature')}: ${paint(colours[signature.verdict], signature.verdict)}${size}`,
    '',
    verdictInWords(findings, signature, title ?? 'a token', paint),
    ...(findings.length === 0 ? [] : ['', findingsInWords(findings, call.terminal)]),
  ].join('\n')
  return { text: `${text.trimEnd()}\n`, json, exitCode: exitCodeOf(findings) }
}

const colours = {
  valid: 'green',
  invalid: 'red',
  'not-checked': 'yellow',
} as const satisfies Record<SignatureVerdict['verdict'], Style>

function verdictInWords(
  findings: TokenCheck['findings'],
  { verdict }: SignatureVerdict,
  title: string,
  paint: ReturnType<typeof layoutFor>['paint'],
): string {
  if (exitCodeOf(findings) === 3)
    return `${findings.length} finding${findings.length === 1 ? '' : 's'} for ${title}:`
  return verdict === 'not-checked'
    ? paint('yellow', `No rule of ${title} is broken, but the signature was not checked.`)
    : paint('green', `No rule of ${title} is broken.`)
}

function indented(value: unknown): string {
  if (value === undefined) return '  (cannot be read)'
  const json = JSON.stringify(value, null, 2)
  return escapeForTerminal(json, { keepLines: true }).replaceAll(/^/gm, '  ')
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
