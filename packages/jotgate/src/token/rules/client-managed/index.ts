import type { ClientManagedDeployment } from '../../client-managed.ts'
import type { TokenRule } from '../rule.ts'
import { algorithm } from './algorithm.ts'
import { algorithmNotConfigured } from './algorithm-not-configured.ts'
import { attributeType } from './attribute-type.ts'
import { audience } from './audience.ts'
import { audienceUnasked } from './audience-unasked.ts'
import { clockTolerance } from './clock-tolerance.ts'
import { expired } from './expired.ts'
import { expiryMissing } from './expiry-missing.ts'
import { groupName } from './group-name.ts'
import { internalDirectory } from './internal-directory.ts'
import { issuedInFuture } from './issued-in-future.ts'
import { keyNotNamed } from './key-not-named.ts'
import { longLife } from './long-life.ts'
import { madeForCloud } from './made-for-cloud.ts'
import { mappedClaimMissing } from './mapped-claim-missing.ts'
import { notYetValid } from './not-yet-valid.ts'
import { reservedName } from './reserved-name.ts'
import { semicolon } from './semicolon.ts'
import { subAsName } from './sub-as-name.ts'
import { timeInMilliseconds } from './time-in-milliseconds.ts'
import { timeOrder } from './time-order.ts'
import { timeType } from './time-type.ts'
import { unmappedClaims } from './unmapped-claims.ts'
import { userDirectoryDiffers } from './user-directory-differs.ts'
import { userDirectoryMissing } from './user-directory-missing.ts'
import { userIdMissing } from './user-id-missing.ts'
import { userType } from './user-type.ts'

/** What a client-managed Qlik and its virtual proxy ask for. */
export const clientManagedRules: readonly TokenRule<ClientManagedDeployment>[] = [
  algorithm,
  algorithmNotConfigured,
  reservedName,
  subAsName,
  madeForCloud,
  userIdMissing,
  userDirectoryMissing,
  userType,
  userDirectoryDiffers,
  internalDirectory,
  audience,
  audienceUnasked,
  expiryMissing,
  longLife,
  timeType,
  timeInMilliseconds,
  timeOrder,
  expired,
  notYetValid,
  clockTolerance,
  issuedInFuture,
  groupName,
  mappedClaimMissing,
  attributeType,
  semicolon,
  unmappedClaims,
  keyNotNamed,
]
