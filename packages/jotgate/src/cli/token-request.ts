import type { DeploymentOptions } from '../config/index.ts'
import type { Deployment, Signer, SigningKey, User } from '../token/index.ts'
import type { Call } from './command.ts'
import { gatherProblems, type Problems } from './problems.ts'
import { findSigner, warnOfLongLife } from './signing.ts'
import { findTarget, type Target } from './target.ts'
import {
  checkGivenUser,
  createUnsentNote,
  type GivenUser,
  noteOfUser,
  readGivenUser,
} from './user.ts'

/** What a command asks besides what every token needs. */
export interface AskedRequest {
  /** Whether the deployment will be spoken to. */
  readonly needsUrl: boolean
  /** Throws a JotgateError when the command has nothing to do for this deployment. */
  readonly accepts?: (
    options: DeploymentOptions,
    deployment: Deployment | undefined,
  ) => void | Promise<void>
  /** What the command itself found wrong already. */
  readonly problems?: readonly string[]
}

/** Everything that tokens for one deployment are made of. */
export interface SigningRequest {
  readonly target: Target
  readonly signer: Signer
  readonly key: SigningKey
}

/** Everything that a token for one user is made of. */
export interface TokenRequest extends SigningRequest {
  readonly user: User
}

/**
 * Reads what a command line, the environment and the file say of a token and its user. All that is wrong
 * with it is told at once: otherwise each correction would only show the next mistake.
 */
export async function readTokenRequest(call: Call, asked: AskedRequest): Promise<TokenRequest> {
  const problems = gatherProblems(call)
  const given = await readGivenUser(call, problems)
  const request = await readRequest(call, { ...asked, given }, problems)
  const user = given.user as User
  noteOfUser(call, request.target, user)
  createUnsentNote(call, request.target)(user)
  return { ...request, user }
}

/** The same for users who are read later, one by one. */
export async function readSigningRequest(call: Call, asked: AskedRequest): Promise<SigningRequest> {
  return readRequest(call, asked, gatherProblems(call))
}

async function readRequest(
  call: Call,
  asked: AskedRequest & { readonly given?: GivenUser },
  problems: Problems,
): Promise<SigningRequest> {
  const { needsUrl, accepts, given } = asked
  problems.add(...(asked.problems ?? []))
  const found = await findTarget(call, { needsUrl, attributes: given?.attributes ?? [] }, problems)
  const { settings, options, deployment } = found
  if (options !== undefined) await problems.attempt(() => accepts?.(options, deployment))
  if (given !== undefined) await checkGivenUser(given, found, problems)
  const made = await findSigner(call, found, problems)
  problems.tell()
  if (options === undefined || deployment === undefined || made === undefined)
    throw new Error('A part of the request is missing, and no problem was told')
  await warnOfLongLife(call, settings.lifetimeSeconds)
  return { target: { settings, options, deployment }, ...made }
}
