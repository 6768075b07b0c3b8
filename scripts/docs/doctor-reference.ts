import type { Check } from '../../packages/jotgate/src/doctor/check.ts'
import { clientManagedChecks } from '../../packages/jotgate/src/doctor/client-managed/client-managed-checks.ts'
import { cloudChecks } from '../../packages/jotgate/src/doctor/cloud/cloud-checks.ts'
import { gatewayChecks } from '../../packages/jotgate/src/doctor/gateway/gateway-checks.ts'
import { keyChecks } from '../../packages/jotgate/src/doctor/key/key-checks.ts'
import { networkChecks } from '../../packages/jotgate/src/doctor/network/network-checks.ts'
import { clientManagedFaults } from '../../test/e2e/doctor/client-managed-faults.ts'
import { cloudFaults } from '../../test/e2e/doctor/cloud-faults.ts'
import { gatewayFaults } from '../../test/e2e/doctor/gateway-faults.ts'

type Listed = Pick<Check<never>, 'id' | 'category' | 'question'>
type Fault = { readonly what: string; readonly check: string; readonly qlikSays?: string }

const parts: readonly (readonly [string, readonly Listed[], readonly Fault[]])[] = [
  ['Every product', [...networkChecks, ...keyChecks], []],
  ['Qlik Cloud', cloudChecks, cloudFaults],
  ['Client-managed Qlik Sense', clientManagedChecks, clientManagedFaults],
  ['A gateway', gatewayChecks, gatewayFaults],
]

/** The page docs/reference/doctor.md. */
export function doctorReference(): string {
  const lines = [
    '# Checks of doctor',
    '',
    '<!-- Generated from packages/jotgate/src/doctor and test/e2e/doctor by `npm run docs`. Do not edit. -->',
    '',
    'What `jotgate doctor` asks, in its order, and the broken deployments at which tests show that it names the fault first.',
  ]
  for (const [heading, checks, faults] of parts) {
    lines.push('', `## ${heading}`, '', '| Check | Category | Question |', '|---|---|---|')
    for (const { id, category, question } of checks)
      lines.push(`| \`${id}\` | ${category} | ${question} |`)
    if (faults.length === 0) continue
    lines.push('', '| What is broken | Named by | Known words |', '|---|---|---|')
    for (const { what, check, qlikSays = '' } of faults)
      lines.push(`| ${what} | \`${check}\` | ${qlikSays} |`)
  }
  return `${lines.join('\n')}\n`
}
