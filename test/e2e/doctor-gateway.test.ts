// Broken gateways, each by one fault: doctor names that fault first, with what mends it, and finds nothing at a healthy
// one.
import type { CheckResult } from 'jotgate/doctor'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { findingsOf } from './doctor/fault.ts'
import { createGatewayDoctorStage, type GatewayDoctorStage } from './doctor/gateway-doctor-stage.ts'
import { type GatewayFault, gatewayFaults } from './doctor/gateway-faults.ts'

let stage: GatewayDoctorStage
beforeAll(async () => {
  stage = await createGatewayDoctorStage()
})
afterEach(() => stage.heal())
afterAll(() => stage?.close())

function expectFault(found: CheckResult | undefined, { check, says, mending }: GatewayFault) {
  expect(found?.check, JSON.stringify(found)).toBe(check)
  expect(`${found?.title} ${found?.evidence}`).toMatch(says)
  expect(found?.hint).toMatch(mending)
}

describe('doctor at a gateway', () => {
  it('finds nothing at a healthy one', async () => {
    const results = await stage.diagnose()
    expect(results.filter(({ verdict }) => verdict !== 'passed')).toEqual([])
  })

  it.each(gatewayFaults)('names it when $what', async (fault) => {
    const told = await fault.breakIt(stage)
    const findings = findingsOf(await stage.diagnose(told))
    expectFault(findings[0], fault)
  })

  it.each([
    ['other users can read the store', 'a line of the audit log was changed'],
    [
      'unlisted paths are still carried and reported',
      'the server in front puts its own name into Host',
    ],
    [
      'the file of the host application’s key is missing',
      'the server in front adds a Domain to cookies',
    ],
  ])('names both: %s; %s', async (one, other) => {
    const both = [one, other].map((what) => gatewayFaults.find((fault) => fault.what === what))
    let told = {}
    for (const fault of both) told = { ...told, ...(await fault?.breakIt(stage)) }
    const findings = findingsOf(await stage.diagnose(told))
    for (const fault of both) {
      if (fault === undefined) throw new Error('a fault has another name')
      expectFault(
        findings.find(({ check }) => check === fault.check),
        fault,
      )
    }
    expect(findings).toHaveLength(2)
  })

  it('shows no key that stands in a file', async () => {
    const shown = JSON.stringify(await stage.diagnose())
    expect(shown).not.toMatch(/PRIVATE KEY|[A-Za-z0-9+/_-]{43}/)
  })
})
