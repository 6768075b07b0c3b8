// Broken gateways, each by one fault: doctor names that fault first, with what mends it, and finds nothing at a healthy
// one.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CheckResult } from 'jotgate/doctor'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Command, createCommand } from './command.ts'
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

describe('jotgate doctor, where the file has a gateway', () => {
  let command: Command
  beforeAll(async () => {
    command = await createCommand()
  })
  afterAll(() => command?.close())

  /** What the command says of the gateway. */
  async function doctor(config: object, line = 'doctor') {
    await writeFile(join(command.folder, 'jotgate.config.json'), JSON.stringify(config))
    const { exitCode, out, err } = await command.run([...line.split(' '), '--json'])
    expect(out, err).not.toBe('')
    const { results } = JSON.parse(out) as { results: CheckResult[] }
    return { exitCode, found: results.filter(({ category }) => category === 'gateway') }
  }

  it('passes every check of a healthy one, also whether it would start', async () => {
    const { exitCode, found } = await doctor(stage.config)
    expect(found.filter(({ verdict }) => verdict !== 'passed')).toEqual([])
    expect(found.map(({ check }) => check)).toEqual(
      expect.arrayContaining(['gateway-store', 'gateway-start', 'gateway-cookie']),
    )
    expect(exitCode).toBe(0)
  })

  it('names two faults, and what follows from neither', async () => {
    const faults = ['other users can read the store', 'the server in front puts its own name']
    for (const words of faults)
      await gatewayFaults.find(({ what }) => what.startsWith(words))?.breakIt(stage)
    const { exitCode, found } = await doctor(stage.config)
    expect(exitCode).toBe(3)
    expect(findingsOf(found).map(({ check }) => check)).toEqual([
      'gateway-store',
      'gateway-reachable',
    ])
  })

  it('says what keeps it from starting, as `jotgate gateway --check` does', async () => {
    const gateway = { ...stage.config.gateway, authorise: { subject: '{nickname}' } }
    const { exitCode, found } = await doctor({ ...stage.config, gateway })
    expect(exitCode).toBe(3)
    expect(findingsOf(found)).toMatchObject([
      {
        check: 'gateway-start',
        title: 'The gateway does not start with these settings',
        evidence: expect.stringContaining('subject has a placeholder that is not known'),
      },
    ])
  })

  it('does not look for files of a gateway on another machine, nor for one of another deployment', async () => {
    const { prod } = stage.config.deployments
    const { store: _store, audit: _audit, ...gateway } = stage.config.gateway
    const deployments = { prod, trial: prod }
    const config = { deployments, gateway: { ...gateway, deployment: 'prod' } }
    const { exitCode, found } = await doctor(config, 'doctor --deployment prod')
    expect(exitCode).toBe(0)
    const open = found.filter(({ verdict }) => verdict !== 'passed')
    expect(open).toMatchObject([
      { check: 'gateway-place', verdict: 'not-checked' },
      { check: 'gateway-store', waitsFor: 'gateway-place' },
      { check: 'gateway-audit', waitsFor: 'gateway-place' },
      { check: 'gateway-start', waitsFor: 'gateway-place' },
    ])
    expect((await doctor(config, 'doctor --deployment trial')).found).toEqual([])
  })
})
