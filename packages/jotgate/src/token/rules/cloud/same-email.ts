import type { CloudDeployment } from '../../deployment.ts'
import { isFilled, ownValue } from '../members.ts'
import type { Subject } from '../rule.ts'

/** Earlier tokens of other subjects with the same address; addresses are compared without case. */
export function earlierWithSameEmail({
  claims,
  earlier,
}: Subject<CloudDeployment>): { sameName: boolean }[] {
  const email = ownValue(claims, 'email')
  if (!isFilled(email)) return []
  return earlier.flatMap((one) => {
    const other = ownValue(one, 'email')
    if (!isFilled(other) || other.toLowerCase() !== email.toLowerCase()) return []
    if (ownValue(one, 'sub') === ownValue(claims, 'sub')) return []
    return [{ sameName: ownValue(one, 'name') === ownValue(claims, 'name') }]
  })
}
