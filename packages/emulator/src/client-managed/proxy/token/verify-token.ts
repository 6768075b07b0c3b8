import type { RecordedToken, RuleVerdict } from '../../../control/recorder.ts'
import { readTokenForm } from '../../../jwt/token-form.ts'
import type { UserName } from '../../repository/users.ts'
import { claimRules } from './claim-rules.ts'
import {
  type Attributes,
  type Draft,
  isRefusal,
  type Refusal,
  type Rule,
  refuse,
  type VerificationContext,
} from './rule.ts'
import { trustRules } from './trust-rules.ts'
import { userRules } from './user-rules.ts'

/** The rules in their order: form first, then trust, then time, and the user last. */
const rules: readonly Rule[] = [...trustRules, ...claimRules, ...userRules]

/** The names of all rules, in order. */
export const proxyRuleNames: readonly string[] = ['form', ...rules.map((rule) => rule.name)]

/** The result of verifying one token. */
export type Verification = { readonly record: RecordedToken } & (
  | { readonly refusal: Refusal }
  | { readonly user: UserName; readonly attributes: Attributes }
)

function toVerdict(refusal: Refusal | undefined, passed: number): RuleVerdict[] {
  return proxyRuleNames.map((rule, index) => {
    if (index < passed) return { rule, outcome: 'passed' }
    if (index > passed || refusal === undefined) return { rule, outcome: 'not-reached' }
    return { rule, outcome: 'refused', ...refusal }
  })
}

/** Verifies a token as a virtual proxy with the authentication method JWT; the first rule that refuses decides. */
export function verifyProxyToken(token: string, context: VerificationContext): Verification {
  const form = readTokenForm(token)
  if ('flaw' in form) {
    const refusal = refuse(form.flaw)
    const record = { header: {}, claims: {}, verdict: toVerdict(refusal, 0), accepted: false }
    return { refusal, record }
  }
  const { header, claims } = form
  const refused = (refusal: Refusal, passed: number): Verification => ({
    refusal,
    record: { header, claims, verdict: toVerdict(refusal, passed), accepted: false },
  })
  let draft: Draft = form
  let passed = 1
  for (const rule of rules) {
    const result = rule.check(draft, context)
    if (result !== undefined && isRefusal(result)) return refused(result, passed)
    draft = { ...draft, ...result }
    passed += 1
  }
  const { user, attributes = new Map() } = draft
  if (user === undefined) return refused(refuse('The token names no user'), passed - 1)
  const verdict = toVerdict(undefined, passed)
  return { user, attributes, record: { header, claims, verdict, accepted: true } }
}
