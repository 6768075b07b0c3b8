import {
  type DeploymentOptions,
  durationForm,
  parseDuration,
  type Settings,
} from '../../config/index.ts'
import { type DeploymentAddress, openSession, type QlikSession } from '../../qlik/index.ts'
import type { Deployment } from '../../token/index.ts'
import { isWholeNumber } from '../../values/index.ts'
import { type Call, longOf, nameOfOption, type OptionSpec } from '../command.ts'
import { cliErrors } from '../errors.ts'
import { factsFor, type ProductFacts, type Said } from '../product-facts.ts'
import { readInput } from '../read-input.ts'
import { readGivenSettings } from '../setting-options.ts'
import { readLevels, signingOptions, targetOptions, toTarget } from '../target.ts'
import { readTokenRequest } from '../token-request.ts'
import { userOptions } from '../user-options.ts'
import { readKeptSession, sessionFileOption } from './kept-session.ts'
import { connectionOptions, readTransport } from './transport.ts'

/** How long Qlik may take. */
export const timeoutOption: OptionSpec = {
  flags: '--timeout <time>',
  description: 'how long each answer of Qlik may take, its body included: 1s to 1h',
  otherwise: '60s',
}

/** How a session comes about: by a token that is given, or by one that is made for it. */
export const sessionOptions: readonly OptionSpec[] = [
  {
    flags: '--token <text>',
    description:
      'the token; JOTGATE_TOKEN and --token-file are better: other users of the machine cannot see them',
    secret: true,
  },
  { flags: '--token-file <file>', description: 'the file with the token; - is stdin' },
  timeoutOption,
  ...connectionOptions,
  ...targetOptions,
  ...signingOptions,
  ...userOptions,
]

/** The same, or a session that `session open` has opened: then there is no new login, and the session is not ended. */
export const callerOptions: readonly OptionSpec[] = [sessionFileOption, ...sessionOptions]

/** A session, and the token that opened it. */
export interface Opened {
  readonly session: QlikSession
  readonly token?: string
}

/** What opens sessions, as often as it is asked; one token that was given opens one only. */
export interface SessionOpener {
  readonly deployment: DeploymentAddress
  /** Whether a second session can be opened. */
  readonly again: boolean
  /** Whether the session is somebody else's to end. */
  readonly stays: boolean
  readonly timeoutMs: number
  /** Another fetch than Node's own, where a setting or a proxy server asks for it. */
  readonly how: { readonly fetch?: typeof fetch }
  /** What a token of this deployment says; without a token, nothing reads one. */
  readonly saidBy?: (payload: Readonly<Record<string, unknown>>) => Said
  open(): Promise<Opened>
}

export async function readSessionOpener(call: Call): Promise<SessionOpener> {
  const kept = call.values.text('sessionFile')
  if (kept !== undefined) return fromKept(call, kept)
  const given = await readGivenToken(call)
  return given === undefined ? fromUser(call) : fromToken(call, given)
}

async function readGivenToken(call: Call): Promise<string | undefined> {
  const [text, file] = [call.values.text('token'), call.values.text('tokenFile')]
  const bothTyped =
    call.values.source('token') === 'flag' && call.values.source('tokenFile') === 'flag'
  if (bothTyped) throw call.refuse('the token is given twice: by --token and by --token-file')
  const useFile = file !== undefined && call.values.source('token') !== 'flag'
  const token = useFile ? await readInput(call, '--token-file', file) : text
  if (token === undefined) return undefined
  const trimmed = token.trim().replace(/^Bearer /i, '')
  if (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(trimmed) && trimmed.length <= 8192) return trimmed
  const source = useFile ? (file === '-' ? 'The standard input' : file) : 'The option --token'
  throw cliErrors.ERR_CLI_NO_TOKEN({ source, problem: 'a token has three parts with dots between' })
}

async function fromKept(call: Call, file: string): Promise<SessionOpener> {
  const beside = sessionOptions
    .filter((option) => option !== timeoutOption && !connectionOptions.includes(option))
    .filter(({ flags }) => call.values.source(nameOfOption(flags)) === 'flag')
    .map(({ flags }) => `--${longOf(flags)}`)
  if (beside.length > 0)
    throw call.refuse(`--session-file says who and where; leave out ${beside.join(', ')}`)
  const timeoutMs = readTimeoutMs(call)
  const session = await readKeptSession(call, file)
  const { deployment } = session
  const how = await readHow(call, readGivenSettings(call))
  return { deployment, again: false, stays: true, timeoutMs, how, open: async () => ({ session }) }
}

async function fromToken(call: Call, token: string): Promise<SessionOpener> {
  const levels = (await readLevels(call)).map(({ settings }) => settings)
  // The token has its issuer and directory already; here they are only asked for by the type.
  const said = { issuer: 'in the token', userDirectory: 'in the token' }
  const { deployment, settings } = await toTarget(call, [...levels, said], true)
  const timeoutMs = readTimeoutMs(call)
  const how = await readHow(call, settings)
  const open = () => openWith(call, { deployment, token, timeoutMs, how })
  return { deployment, again: false, stays: false, timeoutMs, how, open, ...readerFor(deployment) }
}

async function fromUser(call: Call): Promise<SessionOpener> {
  const timeoutMs = readTimeoutMs(call)
  const { target, user, signer } = await readTokenRequest(call, { needsUrl: true })
  const { deployment, settings } = target
  const how = await readHow(call, settings)
  const open = async () =>
    openWith(call, { deployment, token: (await signer.sign(user)).token, timeoutMs, how })
  return { deployment, again: true, stays: false, timeoutMs, how, open, ...readerFor(deployment) }
}

/** A deployment has all that the options have from which it was made. */
function readerFor(deployment: Deployment): Pick<ProductFacts, 'saidBy'> {
  const { product } = deployment
  return factsFor({ product, options: deployment } as DeploymentOptions)
}

/** A login has no large answer: five minutes are enough for any. */
const maxLoginMs = 300_000

async function openWith(
  { signal }: Call,
  options: Pick<SessionOpener, 'timeoutMs' | 'how'> & { deployment: Deployment; token: string },
): Promise<Opened> {
  const { deployment, token, how } = options
  const timeoutMs = Math.min(options.timeoutMs, maxLoginMs)
  return { session: await openSession({ ...how, deployment, token, timeoutMs, signal }), token }
}

/** How calls reach Qlik by the settings. */
export async function readHow(call: Call, settings: Settings): Promise<SessionOpener['how']> {
  const transport = await readTransport(call, settings)
  return transport === undefined ? {} : { fetch: transport.fetch }
}

/** The limit that --timeout sets, in milliseconds. */
export function readTimeoutMs(call: Call): number {
  const seconds = parseDuration(call.values.text('timeout') ?? '60s')
  if (seconds === undefined) throw call.refuse(`--timeout must be ${durationForm}`)
  if (!isWholeNumber(seconds, 1, 3600)) throw call.refuse('--timeout must be from 1s to 1h')
  return seconds * 1000
}
