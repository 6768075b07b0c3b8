import type { RecordedToken, RuleVerdict } from '../../control/recorder.ts'
import { readTokenForm } from '../../jwt/token-form.ts'
import { claimRules } from './claim-rules.ts'
import { type Refusal, refuse, toDetail } from './refusals.ts'
import { type Draft, isRefusal, type Rule, type VerificationContext } from './rule.ts'
import { trustRules } from './trust-rules.ts'

/** The rules in their order: form first, then trust, then meaning, and the jti last. */
const rules: readonly Rule[] = [...trustRules, ...claimRules]

/** The names of all rules, in order. */
export const ruleNames: readonly string[] = ['form', ...rules.map((rule) => rule.name)]

/** The result of verifying one token. */
export type Verification = { readonly record: RecordedToken } & (
  | {
      readonly refusal: Refusal
      /** The token, when at least its signature was right. */
      readonly trusted?: Draft
    }
  | { readonly draft: Draft }
)

function toVerdict(refusal: Refusal | undefined, passed: number): RuleVerdict[] {
  return ruleNames.map((rule, index) => {
    if (index < passed) return { rule, outcome: 'passed' }
    if (index > passed || refusal === undefined) return { rule, outcome: 'not-reached' }
    const { decidedBy } = refusal
    const bySwitch = decidedBy === undefined ? {} : { decidedBy }
    return { rule, outcome: 'refused', detail: toDetail(refusal), ...bySwitch }
  })
}

/**
 * Verifies a token by every rule in order; the first that refuses decides. It changes nothing: who
 * accepts the token writes down its jti, so that a refused one is not used up.
 */
export function verifyToken(token: string, context: VerificationContext): Verification {
  const form = readTokenForm(token)
  if ('flaw' in form) {
    const refusal = refuse('form', form.flaw)
    const verdict = toVerdict(refusal, 0)
    return { refusal, record: { header: {}, claims: {}, verdict, accepted: false } }
  }
  const { header, claims } = form
  let draft: Draft = form
  let passed = 1
  for (const rule of rules) {
    const result = rule.check(draft, context)
    if (result !== undefined && isRefusal(result)) {
      const verdict = toVerdict(result, passed)
      const record = { header, claims, verdict, accepted: false }
      return passed > trustRules.length
        ? { refusal: result, trusted: draft, record }
        : { refusal: result, record }
    }
    draft = { ...draft, ...result }
    passed += 1
  }
  return {
    draft,
    record: { header, claims, verdict: toVerdict(undefined, passed), accepted: true },
  }
}
