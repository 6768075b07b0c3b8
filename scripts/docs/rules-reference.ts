import { type KeyRule, keyRules } from '../../packages/jotgate/src/keys/index.ts'
import { type RuleDescription, tokenRules } from '../../packages/jotgate/src/token/index.ts'

const products = {
  any: 'Any token: its form and its signature',
  cloud: 'Qlik Cloud',
  'client-managed': 'Client-managed Qlik Sense',
} as const

/** The page docs/reference/rules.md. */
export function rulesReference(): string {
  const lines = [
    '# Rules for tokens and keys',
    '',
    '<!-- Generated from packages/jotgate/src/token/rules and src/keys/check/key-rules.ts by `npm run docs`. Do not edit. -->',
    '',
    '`checkToken` holds a token against these rules, and `checkKey` a key and its certificate against the last of them; each',
    'gives a finding for each that is broken. `tokenRules` and `keyRules` list them in a program. Their names are never used',
    'again for something else.',
    '',
    '- **refused**: Qlik says no. **ignored**: Qlik takes the token and drops this part. **advice**: ours. **unknown**: no',
    '  source settles what Qlik does.',
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
  'Here **refused** is jotgate’s own word: it does not sign with such a key. Qlik looks neither at a key’s strength nor at where',
  'it comes from. **Verified** is what the source itself says or what was measured.',
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
    `- Effect: ${rule.effect}, ${rule.certainty}`,
    `- What to do: ${rule.hint}`,
    `- Source: ${toLink(rule.source)}`,
    ...(rule.peers ?? []).map(({ program, mistake }) => `- Seen in ${program}: ${mistake}`),
  ]
}

/** An error of ours is told on the page beside this one. */
function toLink(source: string): string {
  const code = /^docs\/reference\/errors\.md#(.+)$/.exec(source)?.[1]
  return code === undefined ? source : `[${code.toUpperCase()}](errors.md#${code})`
}

function toCell(text: string): string {
  return text.replaceAll('|', '\\|')
}
