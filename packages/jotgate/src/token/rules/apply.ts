import type { Finding } from '../../values/index.ts'
import type { Deployment } from '../deployment.ts'
import type { TokenText } from '../token-text.ts'
import { formRules } from './form/index.ts'
import { kindRules } from './kind.ts'
import { peers } from './peers.ts'
import { rulesFor } from './registry.ts'
import { blocksOf, type RuleWords, type Subject, type TokenRule } from './rule.ts'
import { signatureNotVerifiable } from './signature.ts'

/** What the rules of form say about a text. */
export function toFormFindings(text: TokenText): Finding[] {
  return formRules.flatMap((rule) => toFindings(rule, rule.explain(text)))
}

/** What the rules for a deployment, or for none, say, as far as the token can be read. */
export function toTokenFindings<For extends Deployment | undefined>(
  subject: Subject<For>,
  about: ReadonlySet<TokenRule['about']>,
): Finding[] {
  return rulesFor(subject.deployment)
    .filter((rule) => about.has(rule.about))
    .flatMap((rule) => toTokenFinding(rule, subject))
}

/** What the token is where it is none for Qlik: the first rule that says so, which leads all findings. */
export function toKindFinding(subject: Subject): Finding[] {
  return kindRules.flatMap((rule) => toTokenFinding(rule, subject)).slice(0, 1)
}

/**
 * Fails closed: a token whose signature was to be checked, and was not, is never called good, even where
 * no other rule says why it was not.
 */
export function failClosed(findings: readonly Finding[], subject: Subject): readonly Finding[] {
  if (findings.some(({ blocks }) => blocks)) return findings
  return [...findings, ...toTokenFinding(signatureNotVerifiable, subject)]
}

function toTokenFinding<For extends Deployment | undefined>(
  rule: TokenRule<For>,
  subject: Subject<For>,
): Finding[] {
  const explanation = rule.explain(subject)
  if (explanation === undefined) return []
  const { detail, hint } =
    typeof explanation === 'string' ? { detail: explanation, hint: rule.hint } : explanation
  return toFindings({ ...rule, hint }, [detail, ...namePeers(rule, subject)].join(' '))
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
  return [{ id, effect, blocks: blocksOf(rule), certainty, title, detail, hint, source }]
}
