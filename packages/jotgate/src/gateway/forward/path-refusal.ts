import { gatewayErrors } from '../errors.ts'

/** Why a path is not carried: no line has it, no setting opens it, or it is not below the prefix. */
type Why = 'unlisted' | 'closed' | 'elsewhere'

const words: Readonly<Record<Why, { problem: string; advice?: string }>> = {
  unlisted: { problem: 'is not on the gateway’s allow-list' },
  closed: {
    problem:
      'is administration of Qlik, or opens or ends a session, which the gateway does not carry',
    advice: 'Administer Qlik directly; no setting of the gateway opens this path.',
  },
  elsewhere: {
    problem: 'is not below the prefix of the virtual proxy that the gateway stands in front of',
    advice:
      'Put the prefix first, as in /jwt/hub/: it is the same at the gateway as at Qlik itself.',
  },
}

/** The refusal of a path, with advice that fits. */
export const pathRefusal = (method: string, why: Why) =>
  gatewayErrors.ERR_GATEWAY_PATH({ method, why, ...words[why] })
