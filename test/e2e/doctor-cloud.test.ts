// `jotgate doctor` at tenants with one fault each, and with two.
import { afterEach, describe, expect, it } from 'vitest'
import { createDoctorTenant, type DoctorTenant } from './doctor/cloud-doctor-stage.ts'
import { type CloudFault, cloudFaults } from './doctor/cloud-faults.ts'
import { findingsOf } from './doctor/fault.ts'

let tenant: DoctorTenant | undefined
afterEach(async () => {
  await tenant?.close()
  tenant = undefined
})

async function examine(...faults: readonly Pick<CloudFault, 'breakIt' | 'tls'>[]) {
  tenant = await createDoctorTenant({ tls: faults.some(({ tls }) => tls === true) })
  for (const fault of faults) await fault.breakIt(tenant)
  return tenant.examine()
}

const expectedOf = ({ check, says, mending, isWarning }: CloudFault) =>
  expect.objectContaining({
    check,
    verdict: isWarning === true ? 'warning' : 'failed',
    title: expect.stringMatching(says),
    hint: expect.stringMatching(mending),
  })

describe('doctor at a healthy tenant', () => {
  it.each([
    ['over http', []],
    ['over https', [{ tls: true as const, breakIt: async () => undefined }]],
  ])('passes every check, %s', async (_, nothing) => {
    const found = await examine(...nothing)
    expect(found.filter(({ verdict }) => verdict !== 'passed')).toEqual([])
    expect(new Set(found.map(({ category }) => category))).toEqual(
      new Set(['network', 'key', 'set-up', 'person', 'login', 'data']),
    )
  })

  it('ends the test session, and says what it cannot know without an administrator', async () => {
    tenant = await createDoctorTenant()
    const { emulator, options } = tenant
    const { apiKey: _, ...less } = options
    tenant.options = less
    const found = await tenant.examine()
    expect(findingsOf(found)).toEqual([])
    const open = found.filter(({ verdict }) => verdict === 'not-checked')
    expect(open.map(({ check }) => check)).toEqual(
      expect.arrayContaining(['cloud-administrator', 'cloud-user', 'cloud-login', 'cloud-app']),
    )
    expect(open[0]?.hint).toContain('administrator.apiKey')
    expect(emulator.requests.filter(({ path }) => path.startsWith('/login/'))).toMatchObject([
      { method: 'OPTIONS' },
    ])
  })

  it('says that an IP allowlist lets this machine in, and whom else', async () => {
    tenant = await createDoctorTenant()
    tenant.emulator.state.allowOnly(['127.0.0.0/8', '192.0.2.7'])
    const found = await tenant.examine()
    expect(findingsOf(found)).toEqual([])
    expect(found.find(({ check }) => check === 'cloud-ip-policy')).toMatchObject({
      title: expect.stringContaining('lets this machine in'),
      evidence: expect.stringContaining('127.0.0.0/8, 192.0.2.7'),
    })
  })

  it('makes a user for the test only when told so, and deletes them', async () => {
    tenant = await createDoctorTenant()
    const users = async () => JSON.stringify(await tenant?.send('GET', '/api/v1/users?limit=100'))
    const before = await users()
    tenant.options = {
      ...tenant.options,
      user: { subject: 'doctor', name: 'Doctor', email: 'doctor@acme.example', groups: ['sales'] },
      createsUser: true,
    }
    expect(findingsOf(await tenant.examine())).toEqual([])
    expect(before).not.toContain('doctor@acme.example')
    expect(JSON.parse(await users()).data).toHaveLength(JSON.parse(before).data.length)
  })
})

describe('doctor at a broken tenant', () => {
  it.each(cloudFaults.map((one) => [one.what, one] as const))('names: %s', async (_, one) => {
    const findings = findingsOf(await examine(one))
    // What follows from it is not another finding.
    expect(findings).toEqual([expectedOf(one)])
  })

  const pairs = [
    ['other key ID and images', 'another key ID', 'images alone'],
    ['issuer and groups', 'another issuer', 'creation of groups is off'],
    ['certificate and origin', 'certificate of another key', 'the origin with http'],
    ['no provider and disabled user', 'never made', 'the user was disabled'],
    ['no integration and no policy', 'no web integration', 'has no entry for the page'],
    ['line breaks and licence', 'line breaks', 'no licence'],
    ['twins and groups', 'creation of groups is off', 'the same e-mail address'],
    ['cookies and space', 'not for pages of other sites', 'no role for the user'],
    ['clock and origin', 'ten minutes further', 'the origin with http'],
    ['licence and app', 'no licence', 'that of no app'],
  ] as const
  it.each(pairs)('names both of two: %s', async (_, ...words) => {
    const both = words.map((part) => cloudFaults.find(({ what }) => what.includes(part)))
    const faults = both.filter((one) => one !== undefined)
    expect(faults).toHaveLength(2)
    const findings = findingsOf(await examine(...faults))
    expect(findings).toEqual(faults.map(expectedOf))
  })
})
