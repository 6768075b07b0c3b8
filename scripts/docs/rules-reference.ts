import { type KeyRule, keyRules } from '../../packages/jotgate/src/keys/index.ts'
import { type RuleDescription, tokenRules } from '../../packages/jotgate/src/token/index.ts'

const products = {
  any: 'Any token: its kind, its form and its signature',
  cloud: 'Qlik Cloud',
  'client-managed': 'Client-managed Qlik Sense',
  unknown: 'A token of which the product is not known',
} as const

/** The page docs/reference/rules.md. */
export function rulesReference(): string {
  const lines = [
    '# Rules for tokens and keys',
    '',
    '<!-- Generated from packages/jotgate/src/token/rules and src/keys/check/key-rules.ts by `npm run docs`. Do not edit. -->',
    '',
    '`checkToken` checks a token by these rules, and `checkKey` a key and its certificate by the last of them; each',
    'gives a finding for each that is broken. `tokenRules` and `keyRules` list them in a program. An ID is never used again',
    'for another rule.',
    '',
    '- **refused**: Qlik refuses the token. **ignored**: Qlik accepts the token and drops this part. **advice**: from jotgate.',
    '  **unknown**: no source settles what Qlik does.',
    '- **blocks**: do not go on with this token or key; the command ends with exit code 3.',
    '- **verified**: Qlik’s own text, code or answer says so. **inferred**: it follows from such, or was seen in',
    '  third-party material only. **unknown**: it was looked for and not found.',
  ]
  for (const [product, heading] of Object.entries(products)) {
    const rules = tokenRules.filter((rule) => rule.product === product)
    lines.push(...section(heading, [], rules))
  }
  lines.push(...section('Keys and certificates', aboutKeys, keyRules))
  return `${lines.join('\n')}\n`
}

const aboutKeys = [
  '',
  'Here **refused** means that jotgate does not sign with such a key. Qlik looks neither at a key’s strength nor at where it',
  'comes from. **Verified** is what the source itself says or what was measured.',
]

type Rule = KeyRule & Partial<Pick<RuleDescription, 'peers'>>

function section(heading: string, about: readonly string[], rules: readonly Rule[]): string[] {
  return [
    '',
    `## ${heading}`,
    ...about,
    '',
    '| rule | effect | what is wrong |',
    '| --- | --- | --- |',
    ...rules.map(({ id, effect, title }) => `| [${id}](#${id}) | ${effect} | ${toCell(title)} |`),
    ...rules.flatMap(describe),
  ]
}

function describe(rule: Rule): string[] {
  return [
    '',
    `### ${rule.id}`,
    '',
    `${rule.title}.`,
    '',
    `- Effect: ${rule.effect}, ${rule.certainty}${rule.blocks ? '; blocks' : ''}`,
    `- What to do: ${rule.hint}`,
    `- Source: ${toLink(rule.source)}`,
    ...(rule.peers ?? []).map(({ program, mistake }) => `- Seen in ${program}: ${mistake}`),
  ]
}

/** Errors are on the page beside this one. */
function toLink(source: string): string {
  const code = /^jotgate explain (ERR_\w+)$/.exec(source)?.[1]
  return code === undefined ? source : `[${code}](errors.md#${code.toLowerCase()})`
}

function toCell(text: string): string {
  return text.replaceAll('|', '\\|')
}
