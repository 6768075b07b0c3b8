import type { Deployment } from '../deployment.ts'
import type { Finding } from '../finding.ts'
import type { TokenText } from '../token-text.ts'
import { formRules } from './form/index.ts'
import { rulesFor } from './registry.ts'
import type { RuleWords, Subject, TokenRule } from './rule.ts'

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

function namePeers<For extends Deployment>(rule: TokenRule<For>, subject: Subject<For>): string[] {
  return (rule.peers ?? [])
    .filter((peer) => peer.made(subject))
    .map(
      ({ program, mistake, sentence }) => sentence ?? `This is what ${program} makes: ${mistake}.`,
    )
}

function toFindings(rule: RuleWords, detail: string | undefined): Finding[] {
  if (detail === undefined) return []
  const { id, effect, certainty, title, hint, source } = rule
  return [{ id, effect, certainty, title, detail, hint, source }]
}
