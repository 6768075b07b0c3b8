import { browserErrors } from '../../browser/index.ts'
import { configErrors } from '../../config/index.ts'
import { doctorErrors, type QlikError, qlikErrors } from '../../doctor/index.ts'
import { type ErrorDefinition, messageForm } from '../../errors/index.ts'
import { gatewayErrors } from '../../gateway/index.ts'
import { keyErrors, keyRules } from '../../keys/index.ts'
import { provisionErrors } from '../../provision/index.ts'
import { qlikErrors as errorsOfPartQlik } from '../../qlik/index.ts'
import { tokenErrors, tokenRules } from '../../token/index.ts'
import type { Certainty, Effect } from '../../values/index.ts'
import { cliErrors } from '../errors.ts'
import type { Page } from './page.ts'

/** The catalogue of each part that has one. */
const catalogues = [
  browserErrors,
  cliErrors,
  configErrors,
  doctorErrors,
  gatewayErrors,
  keyErrors,
  provisionErrors,
  errorsOfPartQlik,
  tokenErrors,
]

const products = {
  any: 'both products',
  both: 'both products',
  unknown: 'a token of which it is not known',
  cloud: 'Qlik Cloud',
  'client-managed': 'client-managed Qlik Sense',
} as const

const effects = {
  refused: 'Qlik refuses it',
  ignored: 'Qlik takes the token and drops this part',
  advice: 'advice of jotgate',
  unknown: 'no source settles what Qlik does',
} as const satisfies Record<Effect, string>

const certainties = {
  verified: 'by Qlik’s own text, code or answer, or a standard',
  inferred: 'inferred, or told by third parties only',
  unknown: 'not known',
} as const satisfies Record<Certainty, string>

/** Every page, in the order of the list. */
export function allPages(): readonly Page[] {
  const ours = catalogues
    .flatMap((catalogue) => Object.values<CataloguedError>({ ...catalogue }))
    .map(pageOfError)
    .sort((one, other) => (one.name < other.name ? -1 : 1))
  return [
    ...ours,
    ...tokenRules.map(pageOfRule),
    ...keyRules.map(pageOfRule),
    ...qlikErrors.map(pageOfQlik),
  ]
}

interface CataloguedError {
  readonly code: string
  readonly definition: ErrorDefinition<never>
}

function pageOfError({ code, definition }: CataloguedError): Page {
  const { hint, kind, status } = definition
  return {
    name: code,
    kind: 'error',
    title: messageForm(definition).replaceAll(/\s+/g, ' '),
    texts: [],
    facts: {
      kind: kind === 'use' ? 'wrong use (exit code 2)' : 'failure (exit code 1)',
      'HTTP status': `${status}, where a server answers it`,
    },
    action: hint,
  }
}

interface Rule {
  readonly id: string
  readonly effect: Effect
  readonly certainty: Certainty
  readonly title: string
  readonly hint: string
  readonly source: string
  readonly product?: keyof typeof products
  readonly peers?: readonly { readonly program: string; readonly mistake: string }[]
}

function pageOfRule({
  id,
  title,
  hint,
  effect,
  certainty,
  source,
  product,
  peers = [],
}: Rule): Page {
  const seen = peers.map(({ program, mistake }) => `${program}: ${mistake}`)
  return {
    name: id,
    kind: 'rule',
    title,
    texts: [],
    facts: {
      product: product === undefined ? 'keys and certificates of both products' : products[product],
      effect: effects[effect],
      certainty: certainties[certainty],
      source,
      ...(seen.length === 0 ? {} : { 'seen in': seen.join('; ') }),
    },
    action: hint,
  }
}

function pageOfQlik(error: QlikError): Page {
  const { name, product, texts, where, cause, action, source, certainty } = error
  return {
    name,
    kind: 'qlik',
    title: texts[0] ?? where,
    texts,
    facts: {
      product: products[product],
      where,
      cause,
      certainty: certainties[certainty],
      source,
    },
    action,
  }
}
