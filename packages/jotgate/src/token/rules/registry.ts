import type { Deployment } from '../deployment.ts'
import { clientManagedRules } from './client-managed/index.ts'
import { cloudRules } from './cloud/index.ts'
import { formRules } from './form/index.ts'
import { peers } from './peers.ts'
import type { RuleWords, TokenRule } from './rule.ts'
import { signatureRules } from './signature.ts'

const ruleSets = {
  cloud: [...cloudRules, ...signatureRules],
  'client-managed': [...clientManagedRules, ...signatureRules],
}

/** The rules of a deployment's product, in the order in which they are evaluated. */
export function rulesFor<For extends Deployment>({ product }: For): readonly TokenRule<For>[] {
  return ruleSets[product] as readonly unknown[] as readonly TokenRule<For>[]
}

/** A rule with the product that it is about, for programs that list or explain rules. */
export interface RuleDescription extends RuleWords {
  /** Both products, or the one that the rule is about. */
  readonly product: 'any' | Deployment['product']
  /** Widely copied programs that break it, and how. */
  readonly peers: readonly { readonly program: string; readonly mistake: string }[]
}

function describeRules(
  product: RuleDescription['product'],
  rules: readonly RuleWords[],
): RuleDescription[] {
  return rules.map(({ id, effect, certainty, title, hint, source }) => ({
    product,
    id,
    effect,
    certainty,
    title,
    hint,
    source,
    peers: peers.flatMap(({ program, mistakes }) => {
      const mistake = mistakes[id]
      return mistake === undefined ? [] : [{ program, mistake }]
    }),
  }))
}

/**
 * Every rule of `checkToken`, in the order in which they are evaluated: what docs/reference/rules.md is
 * made of.
 *
 * @example
 * const refusals = tokenRules.filter(({ effect }) => effect === 'refused')
 */
export const tokenRules: readonly RuleDescription[] = Object.freeze([
  ...describeRules('any', formRules),
  ...describeRules('any', signatureRules),
  ...describeRules('cloud', cloudRules),
  ...describeRules('client-managed', clientManagedRules),
])
