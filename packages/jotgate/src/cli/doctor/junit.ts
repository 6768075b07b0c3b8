import type { CheckResult } from '../../doctor/index.ts'

/**
 * The results as JUnit XML, a suite for each category: a failure for what is broken, `skipped` for what was not
 * checked, and what is only a warning in `system-out`.
 *
 * @see https://github.com/testmoapp/junitxml
 */
export function toJunit(results: readonly CheckResult[], name: string): string {
  const categories = [...new Set(results.map(({ category }) => category))]
  const suites = categories.map((category) => {
    const own = results.filter((one) => one.category === category)
    return `  <testsuite name="${escapeXml(category)}" ${countsOf(own)}>\n${own.map(caseOf).join('')}  </testsuite>\n`
  })
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${escapeXml(name)}" ${countsOf(results)}>\n${suites.join('')}</testsuites>\n`
}

function countsOf(results: readonly CheckResult[]): string {
  const count = (verdict: string) => results.filter((one) => one.verdict === verdict).length
  return `tests="${results.length}" failures="${count('failed')}" errors="0" skipped="${count('not-checked')}"`
}

function caseOf({ check, category, verdict, title, evidence, hint }: CheckResult): string {
  const head = `    <testcase classname="${escapeXml(`jotgate.doctor.${category}`)}" name="${escapeXml(`${check}: ${title}`)}"`
  const text = escapeXml([evidence, hint].filter((one) => one !== undefined).join('\n'))
  if (verdict === 'failed')
    return `${head}>\n      <failure message="${escapeXml(title)}" type="${escapeXml(check)}">${text}</failure>\n    </testcase>\n`
  if (verdict === 'not-checked')
    return `${head}>\n      <skipped message="${escapeXml(hint ?? title)}"/>\n    </testcase>\n`
  if (verdict === 'warning')
    return `${head}>\n      <system-out>${escapeXml(`warning: ${title}\n`)}${text}</system-out>\n    </testcase>\n`
  return `${head}/>\n`
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
}

/** XML 1.0 has no place for most control characters, nor for half of a surrogate pair. */
function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^\t\n\x20-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replaceAll(/[&<>"\n]/g, (one) => entities[one] ?? one)
}
