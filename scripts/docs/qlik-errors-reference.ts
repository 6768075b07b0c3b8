import type { QlikError } from '../../packages/jotgate/src/doctor/qlik-errors/qlik-error.ts'
import { qlikErrors } from '../../packages/jotgate/src/doctor/qlik-errors/qlik-errors.ts'

const sections = {
  cloud: 'Qlik Cloud',
  'client-managed': 'Client-managed Qlik Sense',
  both: 'Both products',
} as const satisfies Record<QlikError['product'], string>

/** The page docs/reference/qlik-errors.md. */
export function qlikErrorsReference(): string {
  const lines = [
    '# Errors of Qlik',
    '',
    '<!-- Generated from packages/jotgate/src/cli/explain by `npm run docs`. Do not edit. -->',
    '',
    'What Qlik answers, as far as public material shows it, and what to do. `jotgate explain CODE` prints these pages in the',
    'terminal, and `jotgate explain "part of the text"` finds them by what Qlik said. The texts are Qlik’s own; causes and advice',
    'are in our words.',
    '',
    '**verified**: Qlik’s own text, code or answer says so. **inferred**: it follows from such, or third parties tell of it.',
  ]
  for (const [product, heading] of Object.entries(sections)) {
    const errors = qlikErrors.filter((error) => error.product === product)
    lines.push('', `## ${heading}`, ...errors.flatMap(describe))
  }
  return `${lines.join('\n')}\n`
}

function describe({ name, texts, where, cause, action, source, certainty }: QlikError): string[] {
  return [
    '',
    `### ${name}`,
    '',
    ...texts.flatMap((text) => [`> ${text}`, '>']).slice(0, -1),
    ...(texts.length === 0 ? [] : ['']),
    `- Where: ${where}`,
    `- Cause (${certainty}): ${cause}`,
    `- What to do: ${action}`,
    `- Source: ${source}`,
  ]
}
