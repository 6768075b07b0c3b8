import type { QlikFailure } from '../error-envelope.ts'
import type { CloudSwitches, SwitchName } from '../switch-definitions.ts'

interface RefusalDefinition {
  /** Which switch sets the status; `fixed` refusals have a documented one. */
  readonly status: 'trust' | 'claim' | 'disabled' | number
  readonly code: string
  readonly title: string
  readonly detail: (about: string) => string
  /** `documented`: text and status were seen from Qlik. `inferred`: the emulator's own, until a tenant shows it. */
  readonly certainty: 'documented' | 'inferred'
}

function inferredTrust(detail: (about: string) => string): RefusalDefinition {
  return {
    status: 'trust',
    code: 'INTERNAL-TOKEN-1',
    title: 'Unauthorized',
    detail,
    certainty: 'inferred',
  }
}

function inferredClaim(detail: (about: string) => string): RefusalDefinition {
  return {
    status: 'claim',
    code: 'INTERNAL-TOKEN-1',
    title: 'Invalid token request',
    detail: (about) => `JWT_LOGIN_VALIDATIONS ${detail(about)}`,
    certainty: 'inferred',
  }
}

/** Every way in which `POST /login/jwt-session` refuses (qlik-cloud.md §1.5). */
export const refusals = {
  'no-token': inferredTrust(() => 'No Authorization: Bearer token'),
  form: inferredTrust((about) => `Malformed token: ${about}`),
  algorithm: inferredTrust((about) => `Algorithm not allowed: ${about}`),
  header: inferredTrust((about) => `Header member not allowed: ${about}`),
  'key-id': inferredTrust(() => 'The kid in the header is missing or not a string'),
  'unknown-issuer': inferredTrust(() => 'No identity provider has this issuer'),
  'unknown-key-id': inferredTrust(() => 'No identity provider of this issuer has this kid'),
  certificate: inferredTrust(
    () => 'The certificate of the identity provider has expired or is not yet valid',
  ),
  signature: inferredTrust(() => 'The signature does not match the key of the identity provider'),
  'missing-claim': {
    status: 400,
    code: 'INTERNAL-TOKEN-1',
    title: 'Invalid token request',
    detail: (about) => `JWT_LOGIN_VALIDATIONS Missing required claim: ${about}`,
    certainty: 'documented',
  },
  audience: inferredClaim(() => 'Wrong audience: it must be qlik.api/login/jwt-session'),
  'claim-type': inferredClaim((about) => `Invalid claim: ${about}`),
  lifetime: inferredClaim((about) => `The time between nbf and exp ${about}`),
  'not-yet-valid': inferredTrust((about) => `The token is not valid yet: nbf is ${about} s ahead`),
  expired: inferredTrust((about) => `The token expired ${about} s ago`),
  replay: inferredTrust(() => 'The jti was used before'),
  'same-email': {
    status: 400,
    code: 'LOGIN-12',
    title: 'Multiple active users detected with the same e-mail, please contact your administrator',
    detail: () => 'Another active user with another subject has this e-mail',
    certainty: 'documented',
  },
  size: {
    status: 431,
    code: 'HTTP-431',
    title: 'Request Header Fields Too Large',
    detail: (about) => `The token is longer than ${about} characters`,
    certainty: 'inferred',
  },
  'disabled-user': {
    status: 'disabled',
    code: 'AUTH-5',
    title: 'Forbidden',
    detail: () => 'User is not a member of tenant',
    certainty: 'inferred',
  },
  'invite-expired': {
    status: 403,
    code: 'USER_INVITE_EXPIRED',
    title: 'User invitation expired',
    detail: () => 'The invitation must be renewed',
    certainty: 'documented',
  },
} as const satisfies Record<string, RefusalDefinition>

export type RefusalKind = keyof typeof refusals

/** Why a token was refused. */
export interface Refusal {
  readonly kind: RefusalKind
  /** A claim's or algorithm's name, or a number: what the text speaks of. Never the token. */
  readonly about: string
  /** The switch that decides this, where one does. */
  readonly decidedBy?: SwitchName
}

export function refuse(kind: RefusalKind, about = '', decidedBy?: SwitchName): Refusal {
  return { kind, about, ...(decidedBy === undefined ? {} : { decidedBy }) }
}

/** The text of a refusal. */
export function toDetail(refusal: Refusal): string {
  return refusals[refusal.kind].detail(refusal.about)
}

const statusSwitches = {
  trust: 'trustRefusalStatus',
  claim: 'claimRefusalStatus',
  disabled: 'disabledUserStatus',
} as const

/** The answer to a refusal, with the statuses as the switches stand. */
export function toFailure(refusal: Refusal, switches: CloudSwitches): QlikFailure {
  const { status, code, title, certainty } = refusals[refusal.kind]
  const { decidedBy } = refusal
  const meta = { emulator: 'inferred', rule: refusal.kind }
  const shapedBy = typeof status === 'number' ? undefined : statusSwitches[status]
  return {
    status: typeof status === 'number' ? status : switches[statusSwitches[status]],
    code,
    title,
    detail: toDetail(refusal),
    // A documented body stays as Qlik shows it.
    ...(certainty === 'documented' ? {} : { meta }),
    ...(decidedBy === undefined ? {} : { decidedBy }),
    ...(shapedBy === undefined ? {} : { shapedBy: [shapedBy] }),
  }
}
