import type { CloudDeployment } from '../../deployment.ts'
import type { TokenRule } from '../rule.ts'
import { algorithmHmac } from './algorithm-hmac.ts'
import { algorithmNone } from './algorithm-none.ts'
import { algorithmOther } from './algorithm-other.ts'
import { audience } from './audience.ts'
import { audienceList } from './audience-list.ts'
import { clockTolerance } from './clock-tolerance.ts'
import { emailForm } from './email-form.ts'
import { emailMissing } from './email-missing.ts'
import { emailReused } from './email-reused.ts'
import { emailTrustedBlindly } from './email-trusted-blindly.ts'
import { emailUnverified } from './email-unverified.ts'
import { emailVerifiedMissing } from './email-verified-missing.ts'
import { emailVerifiedType } from './email-verified-type.ts'
import { expired } from './expired.ts'
import { expiryMissing } from './expiry-missing.ts'
import { groupForGroups } from './group-for-groups.ts'
import { groupName } from './group-name.ts'
import { groupsEmpty } from './groups-empty.ts'
import { groupsType } from './groups-type.ts'
import { issuedAtMissing } from './issued-at-missing.ts'
import { issuedInFuture } from './issued-in-future.ts'
import { issuer } from './issuer.ts'
import { keyIdInPayload } from './key-id-in-payload.ts'
import { keyIdMissing } from './key-id-missing.ts'
import { keyIdUnknown } from './key-id-unknown.ts'
import { madeForClientManaged } from './made-for-client-managed.ts'
import { nameMissing } from './name-missing.ts'
import { notBeforeAfterIssue } from './not-before-after-issue.ts'
import { notBeforeMissing } from './not-before-missing.ts'
import { notYetValid } from './not-yet-valid.ts'
import { randomSubject } from './random-subject.ts'
import { subjectChanges } from './subject-changes.ts'
import { subjectMissing } from './subject-missing.ts'
import { subjectType } from './subject-type.ts'
import { subjectTypeMissing } from './subject-type-missing.ts'
import { timeInMilliseconds } from './time-in-milliseconds.ts'
import { timeOrder } from './time-order.ts'
import { timeType } from './time-type.ts'
import { tokenIdMissing } from './token-id-missing.ts'
import { tokenIdNumber } from './token-id-number.ts'
import { tokenIdReused } from './token-id-reused.ts'
import { tokenIdShort } from './token-id-short.ts'
import { tokenIdType } from './token-id-type.ts'
import { unreadClaims } from './unread-claims.ts'
import { validityWindow } from './validity-window.ts'

/** What Qlik Cloud asks for. */
export const cloudRules: readonly TokenRule<CloudDeployment>[] = [
  algorithmHmac,
  algorithmNone,
  algorithmOther,
  keyIdMissing,
  keyIdInPayload,
  keyIdUnknown,
  issuer,
  audience,
  audienceList,
  madeForClientManaged,
  subjectMissing,
  subjectTypeMissing,
  subjectType,
  randomSubject,
  subjectChanges,
  nameMissing,
  emailMissing,
  emailForm,
  emailReused,
  emailVerifiedMissing,
  emailVerifiedType,
  emailUnverified,
  emailTrustedBlindly,
  tokenIdMissing,
  tokenIdType,
  tokenIdNumber,
  tokenIdShort,
  tokenIdReused,
  issuedAtMissing,
  notBeforeMissing,
  expiryMissing,
  timeType,
  timeInMilliseconds,
  timeOrder,
  validityWindow,
  expired,
  notYetValid,
  clockTolerance,
  issuedInFuture,
  notBeforeAfterIssue,
  groupForGroups,
  groupsType,
  groupName,
  groupsEmpty,
  unreadClaims,
]
