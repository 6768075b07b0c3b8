// `jotgate import` as somebody types it: from deployments that were made by hand, with unusual values in every field,
// to a file of which a plan finds nothing but marks and names; and from those that jotgate made.
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { cloud } from 'jotgate'
import { createKeyPair, type KeyPair } from 'jotgate/keys'
import {
  applyPlan,
  type CloudSetup,
  type ImportCloudOptions,
  importCloud,
  provisionCloud,
  readPlan,
} from 'jotgate/provision'
import { createAdministration, createRepository, createTransport } from 'jotgate/qlik'
import {
  createEmulator,
  createEmulators,
  type Emulator,
  clientManaged as emulatedServer,
} from 'jotgate-emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { type Command, createCommand } from './command.ts'

let pair: KeyPair
let command: Command
beforeAll(async () => {
  pair = await createKeyPair({ bits: 2048 })
  command = await createCommand()
})
afterAll(() => command?.close())

const config = () => join(command.folder, 'jotgate.config.json')
const readConfig = async () => JSON.parse(await readFile(config(), 'utf8')).deployments

async function clear() {
  for (const name of ['jotgate.config.json', 'keys'])
    await rm(join(command.folder, name), { recursive: true, force: true })
}
beforeEach(clear)

/** What a person does next: Qlik has no private key. */
const putKey = () =>
  writeFile(join(command.folder, 'keys', 'qlik.pem'), pair.privateKeyPem, { mode: 0o600 })

describe('jotgate import of a tenant that was made by hand', () => {
  let emulator: Emulator
  beforeAll(async () => {
    emulator = await createEmulator()
  })
  afterAll(() => emulator?.close())
  beforeEach(() => emulator.reset())

  const admin = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(new URL(`/api/v1/${path}`, emulator.url), {
      method,
      headers: { authorization: `Bearer ${emulator.adminKey}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    expect(answer.ok, text).toBe(true)
    return text === '' ? {} : JSON.parse(text)
  }
  const provider = (issuer: string, kid: string, more: object = {}) =>
    admin('POST', 'identity-providers', {
      protocol: 'jwtAuth',
      provider: 'external',
      options: { issuer, staticKeys: [{ kid, pem: pair.certificateLine }] },
      ...more,
    })
  const integration = (name: string, validOrigins: readonly string[]) =>
    admin('POST', 'web-integrations', { name, validOrigins })
  const run = (line: readonly string[], key = emulator.adminKey) =>
    command.run(line, { env: { QLIK_API_KEY: key } })
  const importing = (...more: string[]) =>
    run([
      ...['import', '--for', 'cloud', '--url', emulator.url, '--api-key-env', 'QLIK_API_KEY'],
      ...more,
    ])

  async function makeByHand() {
    await provider('hand.example', 'key 1/ü', { description: 'By hand', clockToleranceSec: 17 })
    await integration('Portal (old)', ['https://www.acme.example', 'https://b.example:8443'])
    await admin('POST', 'csp-origins', {
      name: 'portal',
      origin: 'www.acme.example',
      frameAncestors: true,
      imgSrc: true,
    })
    await admin('POST', 'csp-origins', {
      name: 'b',
      origin: 'b.example:8443',
      frameAncestors: true,
    })
    await admin('POST', 'csp-origins', { name: 'c', origin: 'cdn.example', fontSrc: true })
    await admin('POST', 'csp-origins', { name: 'other', origin: 'other.example', imgSrc: true })
    await admin('PATCH', 'groups/settings', [
      { op: 'replace', path: '/autoCreateGroups', value: false },
    ])
    const space = await admin('POST', 'spaces', {
      name: 'Sales & more',
      type: 'shared',
      description: 'Theirs',
    })
    const user = await admin('POST', 'users', { subject: '42', name: 'Ada', status: 'active' })
    await admin('POST', `spaces/${space.id}/assignments`, {
      type: 'user',
      assigneeId: user.id,
      roles: ['producer', 'consumer'],
    })
    await admin('POST', 'spaces', { name: 'Other', type: 'managed' })
  }
  const chosen = ['--csp-entry', 'cdn.example', '--space', 'Sales & more']

  it('gives settings of which a plan finds marks and names alone, and with the mark nothing', async () => {
    await makeByHand()
    const imported = await importing(...chosen)
    expect(imported, imported.err).toMatchObject({ exitCode: 0 })
    expect(imported.err).not.toContain('Not imported')
    expect(imported.err).toContain('Put the private key at keys/qlik.pem')
    const { prod } = await readConfig()
    expect(prod).toEqual({
      product: 'cloud',
      url: emulator.url,
      signing: { issuer: 'hand.example', kid: 'key 1/ü', key: { file: 'keys/qlik.pem' } },
      setup: {
        id: expect.stringMatching(/^[0-9a-f]{8}$/),
        title: 'Portal (old)',
        origins: ['https://www.acme.example', 'https://b.example:8443'],
        clockTolerance: '17s',
        createGroups: false,
        contentSecurityPolicy: {
          'https://www.acme.example': ['imgSrc'],
          'https://cdn.example': ['fontSrc'],
        },
        spaces: [
          {
            name: 'Sales & more',
            type: 'shared',
            description: 'Theirs',
            members: [{ user: '42', roles: ['consumer', 'producer'] }],
          },
        ],
      },
      administrator: { apiKey: { env: 'QLIK_API_KEY' } },
    })
    await putKey()
    const planned = JSON.parse((await run(['plan', '--adopt', '--json'])).out)
    expect(planned.counts).toMatchObject({ create: 0, delete: 0, replace: 0, conflict: 0 })
    const changed = planned.steps.flatMap(({ kind, changes }: Planned) =>
      changes.map(({ field }) => `${kind}: ${field}`),
    )
    expect([...new Set(changed)]).toEqual(['identity provider: description', 'CSP entry: name'])

    expect(await run(['apply', '--adopt', '--yes'])).toMatchObject({ exitCode: 0 })
    // Now the mark says what belongs together; the import ends with the same plan.
    const again = await importing('--print', '--json')
    expect(again, again.err).toMatchObject({ exitCode: 0 })
    expect(JSON.parse(again.out)).toMatchObject({
      settings: prod,
      notImported: [],
      unmarked: 0,
      steps: [],
    })
  })

  it('says which options choose where there are several, and writes nothing', async () => {
    const administration = createAdministration({
      deployment: cloud({ url: emulator.url, issuer: 'a.example' }),
      apiKey: emulator.adminKey,
    })
    const newSetupId = '5f2c90ab'
    const importFrom = (choice: Partial<ImportCloudOptions> = {}) =>
      importCloud({ administration, newSetupId, ...choice })
    await expect(importFrom()).rejects.toThrow('has no identity provider of the type JWT')
    await provider('a.example', 'one')
    await provider('a.example', 'two', { description: 'x [jotgate deadbeef]' })
    await integration('Portal', ['https://a.example'])
    const { id } = await integration('Hub', ['https://hub.example'])
    await integration('Theirs [jotgate 12345678]', ['https://theirs.example'])
    const kid = 'one'
    for (const [choice, problem] of [
      [{}, /several identity .*: issuer a\.example, key ID one; issuer a\.example, key ID two/],
      [{ issuer: 'b.example' }, /no such identity provider .* only: issuer a\.example, key ID one/],
      [{ kid }, /several web integrations: Portal \(ID .*; Hub \(ID [^;]*$/],
      [{ kid, webIntegration: 'Theirs' }, /no such web integration, only: Portal/],
      [{ kid, webIntegration: '', cspEntries: ['x.example'] }, /no CSP entry x\.example/],
      [{ kid, webIntegration: '', spaces: ['X'] }, /no space X/],
    ] as const)
      await expect(importFrom(choice)).rejects.toThrow(problem)
    expect((await importFrom({ kid, webIntegration: id })).setup).toEqual({
      id: newSetupId,
      title: 'Hub',
      origins: ['https://hub.example'],
      createGroups: false,
    })
    // What bears no mark is not of the setup whose mark the identity provider bears.
    expect((await importFrom({ kid: 'two' })).setup).toEqual({
      id: 'deadbeef',
      title: 'x',
      createGroups: false,
    })
    const told = await importing()
    expect(told).toMatchObject({ exitCode: 2, out: '' })
    expect(told.err).toMatch(/--issuer and --kid/)
    await expect(stat(config())).rejects.toThrow()
  })

  it('tells the rights that are missing', async () => {
    const { id: userId } = await admin('POST', 'users', { subject: 'eve', status: 'active' })
    const { token } = await admin('POST', 'api-keys', { description: 'eve', sub: userId })
    const deployment = cloud({ url: emulator.url, issuer: 'a.example' })
    const administration = createAdministration({ deployment, apiKey: token })
    await expect(importCloud({ administration, newSetupId: '5f2c90ab' })).rejects.toThrow(
      /change identity providers \(given by the role TenantAdmin/,
    )
  })

  it('shows hostile names as text, leaves them out, and overwrites nothing', async () => {
    const evil = `evil\u001b]0;x\u0007 ${'y'.repeat(150)}`
    await provider('a.example', 'one', { description: evil })
    await mkdir(join(command.folder, 'keys'))
    const file = join(command.folder, 'keys', 'qlik.cer')
    await writeFile(file, 'mine')
    expect(await importing()).toMatchObject({
      exitCode: 1,
      out: '',
      err: expect.stringMatching(/keys\/qlik\.cer exists already/),
    })
    await expect(stat(config())).rejects.toThrow()
    await rm(file)
    const hostile = await importing()
    expect(hostile, hostile.err).toMatchObject({ exitCode: 0 })
    for (const control of ['\u001b', '\u0007'])
      expect(hostile.err + hostile.out).not.toContain(control)
    expect(hostile.err).toMatch(/Not imported:[\s\S]*contains a control character/)
    expect((await readConfig()).prod.setup).toEqual({
      id: expect.any(String),
      createGroups: false,
    })
  })

  it('gives back every setup that was applied', async () => {
    const deployment = cloud({ url: emulator.url, issuer: 'a.example' })
    const text = fc.stringMatching(/^[A-Za-zü&"(][ -~ü]{0,20}[a-z)]$/)
    const origins = ['https://a.example', 'https://b.example:8443', 'http://localhost:5173']
    const directives = fc.subarray(['connectSrc', 'fontSrc', 'imgSrc'], { minLength: 1 })
    const setups = fc.record(
      {
        id: fc.constant('5f2c90ab'),
        title: text,
        origins: fc.subarray(origins, { minLength: 1 }),
        clockToleranceSeconds: fc.integer({ min: 0, max: 86_400 }),
        createGroups: fc.constant(false),
        contentSecurityPolicy: fc.dictionary(
          fc.constantFrom('https://cdn.example', 'https://d.example:1'),
          directives,
          { minKeys: 1 },
        ),
        spaces: fc.uniqueArray(
          fc.record({
            name: text,
            type: fc.constantFrom('shared', 'managed', 'data'),
            description: text,
            members: fc.constant([]),
          }),
          { minLength: 1, maxLength: 2, selector: ({ name }) => name.toLowerCase() },
        ),
      },
      { requiredKeys: ['id'] },
    )
    await fc.assert(
      fc.asyncProperty(setups, async (setup) => {
        await emulator.reset()
        const administration = createAdministration({ deployment, apiKey: emulator.adminKey })
        const provisioning = await provisionCloud({
          ...{ deployment, administration, kid: 'one', certificate: pair.certificatePem },
          setup: setup as CloudSetup,
        })
        const plan = await readPlan({ provisioning })
        await applyPlan({ provisioning, plan, allowDelete: false })
        const imported = await importCloud({ administration, newSetupId: 'deadbeef' })
        expect(imported).toEqual({
          issuer: 'a.example',
          kid: 'one',
          certificate: pair.certificatePem,
          setup,
          notImported: [],
        })
      }),
      { numRuns: 20 },
    )
  })
})

describe('jotgate import of a virtual proxy that was made by hand', () => {
  it('gives settings of which a plan finds marks alone, and with the mark nothing', async () => {
    const emulators = await createEmulators({ products: [emulatedServer({ nodes: 2 })] })
    onTestFinished(() => emulators.close())
    const { certificates } = emulators
    const { urls } = emulators.products['client-managed']
    if (certificates === undefined) throw new TypeError('the emulator has no certificates')
    const { root: ca, client: certificate, clientKey } = certificates
    const write = (name: string, text: string) =>
      writeFile(join(command.folder, name), text, { mode: 0o600 })
    await write('root.pem', ca)
    await write('client.pem', certificate)
    await write('client_key.pem', clientKey)
    const transport = await createTransport({
      ca,
      clientCertificate: { certificate, key: clientKey },
    })
    onTestFinished(() => transport.close())
    const user = { directory: 'INTERNAL', id: 'sa_api' }
    const repository = createRepository({ url: urls.qrs ?? '', user, fetch: transport.fetch })
    const [, rim] = await repository.listProxyServices()
    const made = await repository.createVirtualProxy({
      prefix: 'hand-made.1',
      description: 'By hand, “old”',
      authenticationMethod: 4,
      sessionCookieHeaderName: 'X-Qlik-Hand',
      sessionCookieDomain: 'acme.example',
      sessionInactivityTimeout: 7,
      jwtPublicKeyCertificate: pair.certificatePem.replaceAll('\n', '\r\n'),
      jwtAttributeUserId: 'uid',
      jwtAttributeUserDirectory: '[ACME]',
      jwtAudience: 'qlik-hand',
      jwtAttributeMap: ['group', 'mail', 'cost centre'].map((name) => ({
        jwtAttribute: name,
        senseAttribute: name,
        isMandatory: false,
      })),
      websocketCrossOriginWhiteList: [
        'www.acme.example',
        'intern.acme.example',
        new URL(urls.proxy ?? '').hostname,
      ],
      additionalResponseHeaders: [
        'Access-Control-Allow-Origin: https://www.acme.example',
        'Access-Control-Allow-Credentials: true',
        'Access-Control-Allow-Headers: Authorization, Content-Type, X-Qlik-Xrfkey, qlik-csrf-token, qlik-api-version',
        'Access-Control-Allow-Methods: GET, POST, PUT, DELETE',
        'Access-Control-Expose-Headers: qlik-csrf-token',
        'X-Frame-Options: SAMEORIGIN',
      ].join('\n'),
      extendedSecurityEnvironment: true,
      loadBalancingServerNodes: [{ id: rim?.serverNodeConfiguration.id ?? '' }],
      sameSiteAttributeHttp: 1,
      hasSecureAttributeHttp: true,
      sameSiteAttributeHttps: 1,
      hasSecureAttributeHttps: true,
    })
    await repository.linkVirtualProxy(rim?.id ?? '', made.id)
    const run = (...line: string[]) => command.run(line)
    const importing = (...more: string[]) =>
      run(
        ...['import', '--for', 'client-managed', '--url', urls.proxy ?? ''],
        ...['--qrs-url', urls.qrs ?? '', '--ca-file', 'root.pem'],
        ...['--client-certificate', 'client.pem', '--client-key', 'client_key.pem'],
        ...more,
      )
    const imported = await importing()
    expect(imported, imported.err).toMatchObject({ exitCode: 0 })
    expect(imported.err).not.toMatch(/Not imported|would change/)
    const { prod } = await readConfig()
    expect(prod).toEqual({
      product: 'client-managed',
      url: urls.proxy,
      caFile: 'root.pem',
      qrs: { url: urls.qrs },
      clientCertificate: { file: 'client.pem', keyFile: 'client_key.pem' },
      prefix: 'hand-made.1',
      userDirectory: 'ACME',
      audience: 'qlik-hand',
      claims: {
        userId: 'uid',
        userDirectory: '[ACME]',
        groups: 'group',
        attributes: { mail: 'mail', 'cost centre': 'cost centre' },
      },
      signing: { key: { file: 'keys/qlik.pem' } },
      setup: {
        id: expect.stringMatching(/^[0-9a-f]{8}$/),
        origins: ['https://www.acme.example'],
        virtualProxy: {
          description: 'By hand, “old”',
          sessionCookieName: 'X-Qlik-Hand',
          inactivityTimeout: 7,
          sessionCookieDomain: 'acme.example',
          hostAllowList: ['intern.acme.example'],
          responseHeaders: ['X-Frame-Options: SAMEORIGIN'],
          extendedSecurity: true,
          nodes: [rim?.serverNodeConfiguration.name],
          proxies: [rim?.serverNodeConfiguration.name],
        },
      },
    })
    await putKey()
    const planned = JSON.parse((await run('plan', '--adopt', '--json')).out)
    expect(planned.steps).toMatchObject([
      { kind: 'virtual proxy', action: 'update', adopts: true, changes: [] },
      { kind: 'proxy link', action: 'none' },
    ])
    expect(
      await run('apply', '--adopt', '--yes', '--service-user', 'SERVICE\\jotgate'),
    ).toMatchObject({ exitCode: 0 })
    const again = await importing('--print', '--json')
    expect(again, again.err).toMatchObject({ exitCode: 0 })
    expect(JSON.parse(again.out)).toMatchObject({
      settings: { ...prod, administrator: { user: 'SERVICE\\jotgate' } },
      notImported: [],
      unmarked: 0,
      steps: [],
    })
  })
})

interface Planned {
  kind: string
  changes: { field: string }[]
}
