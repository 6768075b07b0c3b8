import { createSigner, type Deployment, type User } from '../../token/index.ts'
import type { Call, Outcome } from '../command.ts'
import type { Problems } from '../problems.ts'
import { warnOfLongLife } from '../signing.ts'
import { readOldKey } from './key-files.ts'

/** What qs-jwt's options ask for; a part is undefined where its problem was reported. */
interface SigningRequest {
  readonly deployment: Deployment | undefined
  readonly user: User | undefined
  readonly lifetimeSeconds: number | undefined
  readonly kid: string | undefined
}

/** Signs as qs-jwt's options say and returns the token alone. No key is read or made before the rest is right. */
export async function signRequest(
  call: Call,
  problems: Problems,
  request: SigningRequest,
): Promise<Outcome> {
  problems.tell()
  const { deployment, user, lifetimeSeconds, kid } = request
  if (deployment === undefined || user === undefined || lifetimeSeconds === undefined)
    throw new Error('A part of the request is missing, and no problem was reported')
  const key = await readOldKey(call, kid)
  const signer = createSigner({
    deployment,
    key,
    lifetimeSeconds,
    notBeforeSkewSeconds: 0,
    clock: call.clock,
  })
  const { token } = await signer.sign(user)
  if (call.values.text('loglevel') !== 'error') await warnOfLongLife(call, lifetimeSeconds)
  return { text: `${token}\n` }
}
