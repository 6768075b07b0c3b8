import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { proxyRuleNames } from './client-managed/proxy/token/verify-token.ts'
import { clientManagedSwitches } from './client-managed/switches.ts'
import { type RefusalKind, refusals, refuse, toFailure } from './cloud/login/refusals.ts'
import { ruleNames } from './cloud/login/verify-token.ts'
import { cloudSwitches } from './cloud/switch-definitions.ts'
import { expectedValues, type SwitchDefinitions } from './control/switch-definition.ts'
import { createSwitches } from './control/switches.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const cellsOf = (line: string) =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())
const rows = readme
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .map(cellsOf)

const allSwitches: SwitchDefinitions = { ...cloudSwitches, ...clientManagedSwitches }

describe('the README', () => {
  it.each(Object.entries(allSwitches))('shows the switch %s', (name, definition) => {
    const { default: value, fact, certainty, source } = definition
    const row = [`\`${name}\``, fact, certainty, `\`${value}\``, expectedValues(definition), source]
    expect(rows).toContainEqual(row)
  })

  it('shows no switch that is gone', () => {
    const shown = rows.filter((row) => row.length === 6 && /^`[a-z]\w+`$/.test(row[0] ?? ''))
    expect(shown.map(([name]) => name?.replaceAll('`', ''))).toEqual(Object.keys(allSwitches))
  })

  it.each(Object.keys(refusals) as RefusalKind[])(
    'shows the refusal %s and how sure it is',
    (kind) => {
      const { certainty } = refusals[kind]
      const { status, code } = toFailure(refuse(kind), createSwitches(cloudSwitches).get())
      const row = rows.find(([first]) => first === kind)
      expect(row).toEqual([kind, expect.any(String), `${status} ${code}`, certainty])
    },
  )

  it('names the rules in their order', () => {
    for (const names of [ruleNames, proxyRuleNames])
      expect(readme).toContain(names.map((name) => `\`${name}\``).join(', '))
  })
})
