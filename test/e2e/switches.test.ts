// What nobody knows of Qlik Cloud is a switch of the emulator. The product works with every setting, or
// says what is wrong with the right error: each value of each switch, the whole way and what it is about.
import type { CloudSwitches } from 'jotgate-emulator'
import { afterAll, describe, expect, it } from 'vitest'
import { createTenant } from './stage.ts'
import { allWell, pageOrigin, runFlow } from './switch-flow.ts'
import type { Scenario } from './switch-provocations.ts'
import { scenarios } from './switch-scenarios.ts'

type Value = string | number | boolean

interface ToldSwitch {
  readonly name: keyof CloudSwitches
  readonly value: Value
  readonly takes: string
}

// The emulator itself tells which switches there are: a new one is taken here by itself, and fails
// until it has a scenario.
const tenant = await createTenant()
const information = await fetch(`${tenant.deployment.url}/_emulator`)
const { switches } = (await information.json()) as { switches: readonly ToldSwitch[] }
afterAll(() => tenant.close())

function parseValue(text: string): Value {
  if (text === 'true' || text === 'false') return text === 'true'
  return /^\d+$/.test(text) ? Number(text) : text
}

/** All values of a choice; of a number the bounds and the default. */
function valuesOf({ value, takes }: ToldSwitch): readonly Value[] {
  const [, from, to] = /^a whole number from (\d+) to (\d+)$/.exec(takes) ?? []
  if (from === undefined || to === undefined) return takes.split(', ').map(parseValue)
  return [...new Set([Number(from), value, Number(to)])]
}

it('every switch of the emulator has a scenario, and no scenario is for a switch that is gone', () => {
  expect(Object.keys(scenarios).sort()).toEqual(switches.map(({ name }) => name).sort())
  expect(switches.length).toBeGreaterThan(40)
})

const cases = switches.flatMap((one) =>
  valuesOf(one).map((value) => ({ name: one.name, value, shown: String(value) })),
)

describe.each(cases)('with $name = $shown', ({ name, value }) => {
  const { about, flow } = (scenarios[name] ?? {}) as unknown as Scenario<Value>
  const otherwise = flow?.(value) ?? {}

  it('the product logs in, or says what is wrong', async () => {
    tenant.emulator.reset()
    tenant.emulator.switches.set({ [name]: value })
    const stopped = otherwise.register !== undefined
    const skipped = Object.fromEntries(Object.keys(allWell).map((step) => [step, 'skipped']))
    const expected = { ...(stopped ? skipped : allWell), ...otherwise }
    expect(await runFlow(tenant)).toEqual(expected)
  })

  it('the product handles what the switch is about', async () => {
    tenant.emulator.reset()
    tenant.emulator.switches.set({ [name]: value })
    const isRegistered = otherwise.register === undefined
    const { webIntegrationId } = isRegistered
      ? await tenant.register([pageOrigin])
      : { webIntegrationId: '' }
    await about({ tenant, webIntegrationId }, value)
  })
})
