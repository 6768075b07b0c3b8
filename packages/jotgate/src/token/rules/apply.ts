import type { Deployment } from '../deployment.ts'
import type { Finding } from '../finding.ts'
import type { TokenText } from '../token-text.ts'
import type { SignatureVerdict } from '../verify/signature.ts'
import { formRules } from './form/index.ts'
import { peers } from './peers.ts'
import { rulesFor } from './registry.ts'
import type { RuleWords, Subject, TokenRule } from './rule.ts'
import { signatureNotChecked } from './signature.ts'

/** What the rules of form say about a text. */
export function toFormFindings(text: TokenText): Finding[] {
  return formRules.flatMap((rule) => toFindings(rule, rule.explain(text)))
}

/** What the rules of a deployment's product say, as far as the token can be read. */
export function toTokenFindings<For extends Deployment>(
  subject: Subject<For>,
  about: ReadonlySet<TokenRule['about']>,
): Finding[] {
  return rulesFor(subject.deployment)
    .filter((rule) => about.has(rule.about))
    .flatMap((rule) => {
      const detail = rule.explain(subject)
      return toFindings(rule, detail && [detail, ...namePeers(rule, subject)].join(' '))
    })
}

/**
 * Fails closed: a token whose signature was not found right is never in order, even where no rule says
 * why it was not checked.
 */
export function withDoubt(
  findings: readonly Finding[],
  { outcome }: SignatureVerdict,
): readonly Finding[] {
  const isDoubted = findings.some(({ effect }) => effect === 'refused' || effect === 'unknown')
  if (outcome === 'valid' || isDoubted) return findings
  return [...findings, ...toFindings(signatureNotChecked, 'The check did not get that far.')]
}

function namePeers({ id }: RuleWords, subject: Subject): string[] {
  return peers.flatMap(({ program, mistakes, made }) => {
    const mistake = mistakes[id]
    return mistake === undefined || !made(subject)
      ? []
      : [`This is what ${program} makes: ${mistake}.`]
  })
}

function toFindings(rule: RuleWords, detail: string | undefined): Finding[] {
  if (detail === undefined) return []
  const { id, effect, certainty, title, hint, source } = rule
  return [{ id, effect, certainty, title, detail, hint, source }]
}
