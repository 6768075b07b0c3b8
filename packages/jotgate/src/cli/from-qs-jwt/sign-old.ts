import { createSigner, type Deployment, type User } from '../../token/index.ts'
import type { Call, Outcome } from '../command.ts'
import type { Problems } from '../problems.ts'
import { warnOfLongLife } from '../signing.ts'
import { readOldKey } from './key-files.ts'

/** What qs-jwt's options have come to; a part that is missing has its problem told. */
interface OldOrder {
  readonly deployment: Deployment | undefined
  readonly user: User | undefined
  readonly lifetimeSeconds: number | undefined
  readonly kid: string | undefined
}

/** Signs as the old options say and gives the token alone. No key is read or made before all is right. */
export async function signOld(call: Call, problems: Problems, order: OldOrder): Promise<Outcome> {
  problems.tell()
  const { deployment, user, lifetimeSeconds, kid } = order
  if (deployment === undefined || user === undefined || lifetimeSeconds === undefined)
    throw new Error('A part of the order is missing, and no problem was told')
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
