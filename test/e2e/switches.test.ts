// What nobody knows of Qlik Cloud is a switch of the emulator. The product works with every setting, or
// says what is wrong with the right error: each value of each switch, the whole way and what it is about.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type SwitchDefinition,
  type SwitchName,
  switchDefinitions,
} from '../../packages/emulator/src/control/switch-definitions.ts'
import { createTenant, type Tenant } from './stage.ts'
import { allWell, pageOrigin, runFlow } from './switch-flow.ts'
import { type Scenario, scenarios } from './switch-scenarios.ts'

type Value = string | number | boolean

/** All values of a choice; of a number the bounds and the default. */
function valuesOf(name: SwitchName): readonly Value[] {
  const definition = switchDefinitions[name] as unknown as SwitchDefinition<Value>
  const { values, min = 0, max = 0 } = definition
  return values ?? [...new Set([min, definition.default, max])]
}

const names = Object.keys(switchDefinitions) as SwitchName[]
const cases = names.flatMap((name) => valuesOf(name).map((value) => ({ name, value })))

let tenant: Tenant
beforeAll(async () => {
  tenant = await createTenant()
})
afterAll(() => tenant?.close())

it('every switch of the emulator has a scenario, and none is left of a switch that is gone', async () => {
  const response = await fetch(`${tenant.deployment.url}/_emulator`)
  const { switches } = (await response.json()) as { switches: { name: string }[] }
  expect(Object.keys(scenarios).sort()).toEqual(switches.map(({ name }) => name).sort())
})

describe.each(cases)('with $name = $value', ({ name, value }) => {
  const { about, flow } = scenarios[name] as unknown as Scenario<Value>
  const isOtherwise = flow?.(value) ?? {}

  it('the product goes its way, or says what is wrong', async () => {
    tenant.emulator.reset()
    tenant.emulator.switches.set({ [name]: value })
    const stopped = isOtherwise.register !== undefined
    const skipped = Object.fromEntries(Object.keys(allWell).map((step) => [step, 'skipped']))
    const expected = { ...(stopped ? skipped : allWell), ...isOtherwise }
    expect(await runFlow(tenant)).toEqual(expected)
  })

  it('the product copes with what the switch is about', async () => {
    tenant.emulator.reset()
    tenant.emulator.switches.set({ [name]: value })
    const isRegistered = isOtherwise.register === undefined
    const { webIntegrationId } = isRegistered
      ? await tenant.register([pageOrigin])
      : { webIntegrationId: '' }
    await about({ tenant, webIntegrationId }, value)
  })
})
