// Few pages ask for it, so that it is apart from what all of them load.
import { parseQlikUser, type QlikUser } from '../../../protocol/index.ts'
import { failure } from '../../failure.ts'

/** Reads what Qlik answered at `url`. */
export async function toQlikUser(answer: object, url: string): Promise<QlikUser> {
  const user = parseQlikUser(answer)
  if (user === undefined) throw await failure('ERR_BROWSER_QLIK_ANSWER', { reason: 'refused', url })
  return user
}
