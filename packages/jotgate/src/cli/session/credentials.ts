import { isJotgateError } from '../../errors/index.ts'
import type { QlikSession } from '../../qlik/index.ts'
import type { Deployment } from '../../token/index.ts'
import type { Call, OptionSpec } from '../command.ts'
import { cliErrors } from '../errors.ts'
import { readInput } from '../read-input.ts'
import { createSignerFor } from '../signing.ts'
import { readLevels, readTarget, signingOptions, targetOptions, toTarget } from '../target.ts'
import { claimNamesOf, readUser, userOptions } from '../user.ts'

/** How a session comes about: by a token that is given, or by one that is made for it. */
export const sessionOptions: readonly OptionSpec[] = [
  {
    flags: '--token <text>',
    description: 'the token; better by JOTGATE_TOKEN or --token-file, which nobody else sees',
    secret: true,
  },
  { flags: '--token-file <file>', description: 'the file with the token; - is stdin' },
  ...targetOptions,
  ...signingOptions,
  ...userOptions,
]

/** What opens sessions, as often as it is asked; one token that was given opens one only. */
export interface Entrance {
  readonly deployment: Deployment
  /** Whether a second session can be opened. */
  readonly again: boolean
  open(): Promise<{ session: QlikSession; token: string }>
}

export async function readEntrance(call: Call): Promise<Entrance> {
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

async function fromToken(call: Call, token: string): Promise<Entrance> {
  const levels = (await readLevels(call)).map(({ settings }) => settings)
  // The token has its issuer and directory already; here they are only asked for by the type.
  const said = { issuer: 'in the token', userDirectory: 'in the token' }
  const { deployment } = await toTarget(call, [...levels, said], true)
  return { deployment, again: false, open: async () => openWith(deployment, token) }
}

async function fromUser(call: Call): Promise<Entrance> {
  const target = await readTarget(call, true, claimNamesOf(call))
  await checkProduct(target.deployment)
  const user = await readUser(call, target)
  const { signer } = await createSignerFor(call, target)
  return {
    deployment: target.deployment,
    again: true,
    open: async () => openWith(target.deployment, (await signer.sign(user)).token),
  }
}

async function openWith(deployment: Deployment, token: string) {
  await checkProduct(deployment)
  const { openSession } = await import('../../qlik/index.ts')
  return { session: await openSession({ deployment, token }), token }
}

/** Says clearly which sessions this version opens: the product seam knows, and nobody else. */
async function checkProduct(deployment: Deployment): Promise<void> {
  const { productFor } = await import('../../qlik/index.ts')
  try {
    productFor(deployment)
  } catch (error) {
    if (isJotgateError(error) || !(error instanceof TypeError)) throw error
    const qlik = 'client-managed Qlik'
    throw cliErrors.ERR_CLI_SESSION_PRODUCT({ qlik }, { cause: error })
  }
}
