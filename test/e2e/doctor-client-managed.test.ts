// Broken client-managed sites, each by one fault: doctor names that fault first, with what mends it, and finds nothing
// at a healthy one.
import type { CheckResult } from 'jotgate/doctor'
import { serviceUserRules } from 'jotgate/provision'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type ClientManagedFault, clientManagedFaults } from './doctor/client-managed-faults.ts'
import { findingsOf } from './doctor/fault.ts'
import {
  createDoctorKeys,
  createServerDoctorStage,
  pageOrigin,
  type ServerDoctorStage,
} from './doctor/server-doctor-stage.ts'
import { findFreePort } from './free-port.ts'

let stage: ServerDoctorStage
beforeAll(async () => {
  stage = await createServerDoctorStage(await createDoctorKeys())
})
beforeEach(() => stage.heal())
afterAll(() => stage?.close())

const faultOf = (what: string): ClientManagedFault => {
  const found = clientManagedFaults.find((one) => one.what === what)
  if (found === undefined) throw new Error(`No fault is called “${what}”`)
  return found
}

const diagnose = ({ told, certificate }: Pick<ClientManagedFault, 'told' | 'certificate'>) =>
  stage.diagnose(
    typeof told === 'function' ? told(stage) : told,
    certificate === undefined ? {} : { certificate },
  )

function expectFault(found: CheckResult | undefined, fault: ClientManagedFault) {
  const { check, says, mending, qlikSays = '' } = fault
  expect(found?.check, JSON.stringify(found)).toBe(check)
  const words = `${found?.title} ${found?.evidence}`
  expect(words).toMatch(says)
  expect(words).toContain(qlikSays)
  expect(found?.hint).toMatch(mending)
  expect(found?.source ?? '').not.toBe('')
}

describe('doctor at client-managed Qlik', () => {
  it('finds nothing at a healthy site, and leaves neither session nor user', async () => {
    const results = await stage.diagnose()
    expect(findingsOf(results)).toEqual([])
    expect(results.filter(({ verdict }) => verdict !== 'passed')).toEqual([])
    expect(stage.state.sessions()).toEqual([])
    expect(stage.state.users().map(({ userId }) => userId)).toContain('ada')
  })

  it('finds nothing at a healthy site without a client certificate, and says what it did not check', async () => {
    const results = await stage.diagnose({}, { certificate: false })
    expect(findingsOf(results)).toEqual([])
    const open = results.filter(({ verdict }) => verdict === 'not-checked')
    expect(open.map(({ check }) => check)).toContain('server-certificate')
    expect(open[0]?.hint).toMatch(/clientCertificate/)
  })

  it('makes nobody where it cannot know whether the user is there', async () => {
    const results = await stage.diagnose({ createsUser: false }, { certificate: false })
    expect(findingsOf(results)).toEqual([])
    expect(results).toContainEqual(
      expect.objectContaining({
        check: 'server-user',
        verdict: 'not-checked',
        hint: expect.stringContaining('--create-test-user'),
      }),
    )
    expect(stage.state.sessions()).toEqual([])
  })

  it('reads by a service user what the security rules show, and says what it did not check', async () => {
    const serviceUser = { directory: 'SERVICE', id: 'jotgate' }
    const withoutRights = await stage.diagnose({ serviceUser }, { certificate: false })
    expect(findingsOf(withoutRights)).toEqual([])
    expect(withoutRights).toContainEqual(
      expect.objectContaining({
        check: 'server-repository',
        verdict: 'not-checked',
        title: expect.stringContaining('may not read the virtual proxy'),
      }),
    )

    for (const rule of serviceUserRules({ user: serviceUser, prefix: 'jwt', setupId: '5f2c90ab' }))
      await stage.callQrs('POST', 'systemrule', {
        ...rule,
        actions: 2,
        category: 'Security',
        ruleContext: 0,
      })
    const results = await stage.diagnose({ serviceUser }, { certificate: false })
    expect(findingsOf(results)).toEqual([])
    const verdictOf = (id: string) => results.find(({ check }) => check === id)?.verdict
    expect(verdictOf('server-certificate')).toBe('passed')
    expect(verdictOf('server-claim-names')).toBe('passed')
    expect(verdictOf('server-access')).toBe('not-checked')
    expect(stage.state.sessions().map(({ userId }) => userId)).not.toContain('jotgate')

    await stage.changeVirtualProxy({ jwtAttributeMap: [] })
    const [first] = findingsOf(await stage.diagnose({ serviceUser }, { certificate: false }))
    expect(first?.check).toBe('server-attributes')
  })

  it('says why the service user cannot log in, and goes on without it', async () => {
    await stage.changeVirtualProxy({ jwtPublicKeyCertificate: stage.otherCertificatePem })
    const serviceUser = { directory: 'SERVICE', id: 'jotgate' }
    const results = await stage.diagnose({ serviceUser }, { certificate: false })
    expect(results.find(({ check }) => check === 'server-repository')).toMatchObject({
      verdict: 'not-checked',
      title: expect.stringMatching(/SERVICE\\jotgate.*401/s),
    })
    expect(findingsOf(results).map(({ check }) => check)).toEqual(['server-login'])
  })

  it.each(clientManagedFaults)('names it when $what', async (fault) => {
    await fault.breakIt(stage)
    const findings = findingsOf(await diagnose(fault))
    expectFault(findings[0], fault)
    expect(findings.slice(1)).toEqual([])
  })

  it('has at least five texts of Qlik itself', () => {
    const texts = clientManagedFaults.flatMap(({ qlikSays = [] }) => qlikSays)
    expect(new Set(texts).size).toBeGreaterThanOrEqual(5)
  })

  it('makes a user only where it may, and deletes them', async () => {
    const user = { subject: 'grace', name: 'Grace' }
    const [first] = findingsOf(await stage.diagnose({ user }))
    expect(first).toMatchObject({
      check: 'server-user',
      hint: expect.stringContaining('--create-test-user'),
    })
    const names = () => stage.state.users().map(({ userId }) => userId)
    expect(names()).not.toContain('grace')
    const login = (await stage.diagnose({ user, createsUser: true })).find(
      ({ check }) => check === 'server-login',
    )
    expect(login?.verdict).toBe('passed')
    expect(names()).not.toContain('grace')
  })

  it('says what it cannot reach of the services, and goes on', async () => {
    const nowhere = `https://localhost:${await findFreePort()}`
    const results = await stage.diagnose({ proxyApis: [nowhere] })
    expect(findingsOf(results)).toEqual([])
    expect(results.filter(({ verdict }) => verdict === 'not-checked')).toMatchObject([
      { check: 'server-sessions', title: expect.stringContaining('ECONNREFUSED') },
    ])

    const repository = { url: nowhere, user: { directory: 'INTERNAL', id: 'sa_api' } }
    const findings = findingsOf(await stage.diagnose({ repository }, { certificate: false }))
    expect(findings).toMatchObject([
      {
        check: 'server-repository',
        title: 'The client certificate opens no way to the repository (QRS)',
        hint: expect.stringContaining('port 4242'),
      },
    ])
  })

  it('ends its own session alone', async () => {
    await stage.openSessions(2)
    await stage.diagnose()
    expect(stage.state.sessions()).toHaveLength(2)
  })

  it('says that Extended security environment is on behind a gateway', async () => {
    const gateway = {
      sites: [{ publicUrl: 'https://qlik.acme.localhost', allowedOrigins: [pageOrigin] }],
      identify: {},
      deployments: [],
      store: { file: 'sessions.db', keysFile: 'keys.json' },
      audit: { folder: 'audit', keyFile: 'audit.key' },
    }
    await stage.changeVirtualProxy({ extendedSecurityEnvironment: true })
    expect(findingsOf(await stage.diagnose())).toEqual([])
    const [first] = findingsOf(await stage.diagnose({ gateway }))
    expect(first?.check).toBe('server-extended-security')
  })

  it('says that what answers is not a proxy of Qlik Sense', async () => {
    const { products } = stage.emulator
    const deployment = stage.deploymentOf({ url: products['client-managed'].urls.qrs ?? '' })
    const [first] = findingsOf(await stage.diagnose({ deployment, nodes: [deployment.url] }))
    expect(first).toMatchObject({
      check: 'server-product',
      title: expect.stringContaining('not a proxy'),
    })
  })
})

describe('two faults at once', () => {
  it.each([
    ['the certificate is that of another key', 'the user is blocked'],
    ['the virtual proxy requires an audience', 'the user is there twice, in two directories'],
    [
      'the attribute for the user ID is written in another case',
      'the Host allow list has the page’s origin with its scheme',
    ],
    [
      'a public key was pasted in place of the certificate',
      'the response headers have the page’s origin with a slash',
    ],
    ['the virtual proxy has no load balancing node', 'the user is known in another directory'],
    [
      'the session’s cookie is SameSite=Lax for a page of another site',
      'the stream of the app is closed to the user by a rule',
    ],
    [
      'the response headers name two origins',
      'a program has opened five sessions of the user and keeps no cookie',
    ],
  ])('%s; %s', async (one, other) => {
    const both = [faultOf(one), faultOf(other)]
    for (const fault of both) await fault.breakIt(stage)
    const findings = findingsOf(await stage.diagnose())
    for (const fault of both)
      expectFault(
        findings.find(({ check }) => check === fault.check),
        fault,
      )
    expect(findings).toHaveLength(2)
  })
})
