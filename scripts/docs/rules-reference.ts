import { type RuleDescription, tokenRules } from '../../packages/jotgate/src/token/index.ts'

const products = {
  any: 'Any token: its form and its signature',
  cloud: 'Qlik Cloud',
  'client-managed': 'Client-managed Qlik Sense',
} as const

/** The page docs/reference/rules.md. */
export function rulesReference(): string {
  const lines = [
    '# Rules for tokens',
    '',
    '<!-- Generated from packages/jotgate/src/token/rules by `npm run docs`. Do not edit. -->',
    '',
    '`checkToken` holds a token against these rules and gives a finding for each that is broken; `tokenRules` lists',
    'them in a program. Their names are never used again for something else.',
    '',
    '- **refused**: Qlik says no. **ignored**: Qlik takes the token and drops this part. **advice**: ours. **unknown**: no',
    '  source settles what Qlik does.',
    '- **verified**: Qlik’s own text, code or answer says so. **inferred**: it follows from such, or was seen in',
    '  third-party material only. **unknown**: it was looked for and not found.',
  ]
  for (const [product, heading] of Object.entries(products)) {
    const rules = tokenRules.filter((rule) => rule.product === product)
    lines.push('', `## ${heading}`, '', '| rule | effect | what is wrong |', '| --- | --- | --- |')
    for (const { id, effect, title } of rules)
      lines.push(`| [${id}](#${id}) | ${effect} | ${toCell(title)} |`)
    for (const rule of rules) lines.push(...describe(rule))
  }
  return `${lines.join('\n')}\n`
}

function describe(rule: RuleDescription): string[] {
  return [
    '',
    `### ${rule.id}`,
    '',
    `${rule.title}.`,
    '',
    `- Effect: ${rule.effect}, ${rule.certainty}`,
    `- What to do: ${rule.hint}`,
    `- Source: ${rule.source}`,
    ...rule.peers.map(({ program, mistake }) => `- Seen in ${program}: ${mistake}`),
  ]
}

function toCell(text: string): string {
  return text.replaceAll('|', '\\|')
}
