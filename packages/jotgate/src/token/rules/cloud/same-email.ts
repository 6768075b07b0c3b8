import { ownMember } from '../../../values/index.ts'
import type { CloudDeployment } from '../../deployment.ts'
import { isFilled } from '../members.ts'
import type { Subject } from '../rule.ts'

/** Earlier tokens of other subjects with the same address; addresses are compared without case. */
export function earlierWithSameEmail({
  claims,
  earlier,
}: Subject<CloudDeployment>): { sameName: boolean }[] {
  const email = ownMember(claims, 'email')
  if (!isFilled(email)) return []
  return earlier.flatMap((one) => {
    const other = ownMember(one, 'email')
    if (!isFilled(other) || other.toLowerCase() !== email.toLowerCase()) return []
    if (ownMember(one, 'sub') === ownMember(claims, 'sub')) return []
    return [{ sameName: ownMember(one, 'name') === ownMember(claims, 'name') }]
  })
}
