import type { Deployment } from '../deployment.ts'
import { clientManagedRules } from './client-managed/index.ts'
import { cloudRules } from './cloud/index.ts'
import { formRules } from './form/index.ts'
import { kindRules } from './kind.ts'
import { peers } from './peers.ts'
import { blocksOf, type RuleWords, type TokenRule } from './rule.ts'
import { signatureNotVerifiable, signatureRules } from './signature.ts'
import { tokenTimeRules } from './times.ts'

/** By the product that a token is for, and for a token of which that is not known. */
const ruleSets = {
  any: [...tokenTimeRules, ...signatureRules],
  cloud: [...cloudRules, ...signatureRules],
  'client-managed': [...clientManagedRules, ...signatureRules],
}

/** The rules for a token of this deployment, in the order in which they are evaluated. */
export function rulesFor<For extends Deployment | undefined>(
  deployment: For,
): readonly TokenRule<For>[] {
  return ruleSets[deployment?.product ?? 'any'] as readonly unknown[] as readonly TokenRule<For>[]
}

/** A rule with the product that it is about, for programs that list or explain rules. */
export interface RuleDescription extends RuleWords {
  /** Whether its findings block. */
  readonly blocks: boolean
  /**
   * The product that the rule is about; `any` when it does not depend on it, `unknown` when it is for
   * tokens of which the product is not known.
   */
  readonly product: 'any' | 'unknown' | Deployment['product']
  /** Widely copied programs that break it, and how. */
  readonly peers: readonly { readonly program: string; readonly mistake: string }[]
}

function describeRules(
  product: RuleDescription['product'],
  rules: readonly RuleWords[],
): RuleDescription[] {
  return rules.map((rule) => describeRule(product, rule))
}

function describeRule(product: RuleDescription['product'], rule: RuleWords): RuleDescription {
  const { id, effect, certainty, title, hint, source } = rule
  return {
    product,
    id,
    effect,
    blocks: blocksOf(rule),
    certainty,
    title,
    hint,
    source,
    peers: peers.flatMap(({ program, mistakes }) => {
      const mistake = mistakes[id]
      return mistake === undefined ? [] : [{ program, mistake }]
    }),
  }
}

/**
 * Every rule of `checkToken`, in the order in which they are evaluated: what docs/reference/rules.md is
 * made of.
 *
 * @example
 * const refusals = tokenRules.filter(({ effect }) => effect === 'refused')
 */
export const tokenRules: readonly RuleDescription[] = Object.freeze([
  ...describeRules('any', kindRules),
  ...describeRules('any', formRules),
  ...describeRules('any', [...signatureRules, signatureNotVerifiable]),
  ...describeRules('cloud', cloudRules),
  ...describeRules('client-managed', clientManagedRules),
  ...describeRules('unknown', tokenTimeRules),
])
