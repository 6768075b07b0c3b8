// `jotgate doctor` as somebody types it, at a healthy deployment of each product and at broken ones.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTransport } from 'jotgate/qlik'
import {
  createEmulator,
  createEmulators,
  createMoviesApp,
  clientManaged as emulatedServer,
  moviesAppId,
} from 'jotgate-emulator'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Command, createCommand } from './command.ts'
import { hasTerminals, sitAt } from './terminal.ts'

const pageOrigin = 'https://www.acme.localhost'

let command: Command
beforeAll(async () => {
  command = await createCommand()
  const made = await command.run(['keys', 'create', '--kid', 'acme-1'])
  expect(made.exitCode, made.err).toBe(0)
})
afterAll(() => command?.close())

const write = (name: string, text: string) => writeFile(join(command.folder, name), text)

const configure = (deployment: object) =>
  write('jotgate.config.json', JSON.stringify({ deployments: { prod: deployment } }))

/** What doctor says for programs. */
interface Told {
  readonly results: readonly {
    readonly check: string
    readonly verdict: string
    readonly title: string
    readonly hint?: string
  }[]
}

const openOf = ({ results }: Told) => results.filter(({ verdict }) => verdict !== 'passed')
const checksOf = (told: Told) => openOf(told).map(({ check }) => check)
const readTold = (out: string) => JSON.parse(out) as Told

describe('at Qlik Cloud, jotgate doctor', () => {
  let tenant: Awaited<ReturnType<typeof startTenant>>
  beforeAll(async () => {
    tenant = await startTenant()
    const applied = await tenant.run('apply --yes')
    expect(applied.exitCode, applied.err).toBe(0)
    await tenant.publish()
  })
  afterEach(() => tenant.configure({}))
  afterAll(() => tenant?.close())

  it('passes every check at a healthy tenant, and leaves a file for a pipeline', async () => {
    const ended = await tenant.run(`doctor --as ada --app ${moviesAppId} --junit doctor.xml`)
    expect(ended, ended.out + ended.err).toMatchObject({ exitCode: 0, err: '' })
    expect(ended.out).toMatch(/It is a tenant of Qlik Cloud/)
    expect(ended.out).toMatch(/^Nothing is broken, \d+ results\.$/m)
    const junit = await readFile(join(command.folder, 'doctor.xml'), 'utf8')
    expect(junit).toContain('failures="0" errors="0" skipped="0"')
  })

  it('tells one fault first, with its mending, and ends with 3', async () => {
    await tenant.switchGroups(false)
    const ended = await tenant.run('doctor --as ada --json --junit faults.xml')
    await tenant.switchGroups(true)
    expect(ended.exitCode, ended.err).toBe(3)
    const told = readTold(ended.out)
    expect(told).toMatchObject({ deployment: { product: 'cloud', url: tenant.url } })
    expect(openOf(told)[0]).toMatchObject({
      check: 'cloud-groups',
      verdict: 'failed',
      hint: expect.stringContaining('Feature control'),
      isMendedByApply: true,
    })
    expect(ended.err).toContain('Next: ')
    const junit = await readFile(join(command.folder, 'faults.xml'), 'utf8')
    expect(junit).toMatch(/<failure message="Creation of groups is off.*type="cloud-groups">/)
  })

  it('checks the rest on a machine that has not the variable of the administrator', async () => {
    const ended = await command.run(['doctor', '--json'])
    expect(ended.exitCode, ended.err).toBe(0)
    expect(ended.err).toContain('QLIK_API_KEY, which administrator of the file names, is not set')
    expect(openOf(readTold(ended.out))[0]).toMatchObject({
      check: 'cloud-administrator',
      verdict: 'not-checked',
    })
    // Who names it here means it.
    const named = await command.run(['doctor', '--api-key-env', 'NO_SUCH_KEY'])
    expect(named).toMatchObject({ exitCode: 2, out: '' })
    expect(named.err).toContain('the variable NO_SUCH_KEY is not set or empty')
  })

  it('makes a user only when told so, and deletes them', async () => {
    const before = await tenant.subjects()
    const refused = await tenant.run('doctor --as grace --json')
    expect(refused.exitCode, refused.err).toBe(3)
    expect(openOf(readTold(refused.out))[0]).toMatchObject({
      check: 'cloud-user',
      title: 'The tenant has no user of the subject grace',
      hint: expect.stringContaining('--create-test-user'),
    })
    expect(await tenant.subjects()).toEqual(before)

    const made = await tenant.run(
      'doctor --as grace --create-test-user --name Grace --group sales --json',
    )
    expect(made.exitCode, made.out + made.err).toBe(0)
    expect(readTold(made.out).results).toContainEqual(
      expect.objectContaining({ check: 'cloud-login', verdict: 'passed' }),
    )
    expect(await tenant.subjects()).toEqual(before)
  })

  it('with --fix shows the plan, asks, applies it and checks again; the rest stays told', async () => {
    const [integration] = (await tenant.send('GET', '/api/v1/web-integrations')).data
    const [policy] = (await tenant.send('GET', '/api/v1/csp-origins')).data
    const [user] = (await tenant.send('GET', '/api/v1/users?filter=subject%20eq%20%22ada%22')).data
    const setStatus = (value: string) =>
      tenant.send('PATCH', `/api/v1/users/${user.id}`, [{ op: 'replace', path: '/status', value }])
    await tenant.send('PATCH', `/api/v1/web-integrations/${integration.id}`, [
      { op: 'replace', path: '/validOrigins', value: ['http://www.acme.localhost'] },
    ])
    await tenant.send('DELETE', `/api/v1/csp-origins/${policy.id}`)
    await tenant.switchGroups(false)
    await setStatus('disabled')

    const unasked = await tenant.run('doctor --as ada --fix')
    expect(unasked).toMatchObject({ exitCode: 2, out: '' })
    expect(unasked.err).toMatch(
      /✗ The web integration has http.*\+ create CSP entry.*--yes gives it/s,
    )

    const fixed = await tenant.run('doctor --as ada --fix --yes --json')
    expect(fixed.exitCode, fixed.out + fixed.err).toBe(3)
    expect(JSON.parse(fixed.out).applied.done).toHaveLength(3)
    expect(checksOf(readTold(fixed.out))[0]).toBe('cloud-user')
    expect(fixed.err).toMatch(
      /^Mended: cloud-web-integration, cloud-content-security-policy, cloud-groups\. Not mended: cloud-user\.$/m,
    )

    await setStatus('active')
    const nothing = await tenant.run('doctor --as ada --fix --yes')
    expect(nothing).toMatchObject({
      exitCode: 0,
      err: 'Nothing was changed: nothing is broken.\n',
    })
  })

  it.runIf(hasTerminals)('asks on a terminal before --fix changes anything', async () => {
    await tenant.switchGroups(false)
    const sitting = sitAt('stty cols 60; jotgate doctor --fix', {
      folder: command.folder,
      env: { QLIK_API_KEY: tenant.adminKey },
    })
    await sitting.until('(yes/no)')
    sitting.type('yes\n')
    expect(await sitting.ended).toBe(0)
    expect(sitting.shown()).toMatch(/Mended: cloud-groups\./)
    // A line of progress that is wider than the window would stay on the screen: the terminal wraps none of them.
    const lines = sitting
      .shown()
      .split('\x1b[1G')
      .filter((line) => line.includes('… '))
    expect(lines).not.toEqual([])
    expect(lines.filter((line) => !line.startsWith('\x1b[?7l'))).toEqual([])
  })

  it('reads the tenant by an OAuth client, and says so when nobody may read it', async () => {
    const { clientId, clientSecret } = await tenant.makeOauthClient()
    await write('oauth-secret.txt', clientSecret)
    const oauth = { clientId, secret: { file: 'oauth-secret.txt' } }
    await tenant.configure({ administrator: { oauth } })
    const ended = await tenant.run('doctor --as ada --json')
    expect(ended.exitCode, ended.out + ended.err).toBe(0)
    expect(checksOf(readTold(ended.out))).toEqual(['cloud-app-access', 'cloud-engine', 'cloud-app'])

    await write('oauth-secret.txt', 'not-the-secret')
    const wrong = await tenant.run('doctor --json')
    expect(wrong.exitCode, wrong.err).toBe(3)
    expect(openOf(readTold(wrong.out))[0]).toMatchObject({
      check: 'cloud-administrator',
      title: 'The tenant does not take the OAuth client of the administrator',
    })
    expect(wrong.out + wrong.err).not.toContain('not-the-secret')

    await tenant.configure({ administrator: undefined })
    const less = await tenant.run('doctor')
    expect(less, less.err).toMatchObject({ exitCode: 0 })
    expect(less.out).toContain('there is no access as an administrator')
  })
})

async function startTenant() {
  const emulator = await createEmulator({ apps: [await createMoviesApp()] })
  const { url, adminKey } = emulator
  const settings = {
    product: 'cloud',
    url,
    signing: { issuer: 'acme.example', kid: 'acme-1', key: { file: 'keys/qlik.pem' } },
    setup: {
      id: '5f2c90ab',
      // The slash is easily typed; browsers send none.
      origins: [`${pageOrigin}/`],
      spaces: [
        { name: 'Films', type: 'shared', members: [{ group: 'sales', roles: ['consumer'] }] },
      ],
    },
    administrator: { apiKey: { env: 'QLIK_API_KEY' } },
  }
  const send = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(new URL(path, url), {
      method,
      headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }
  const tenant = {
    url,
    adminKey,
    send,
    switchGroups: (value: boolean) =>
      send('PATCH', '/api/v1/groups/settings', [
        { op: 'replace', path: '/autoCreateGroups', value },
      ]),
    configure: (changes: object) => configure({ ...settings, ...changes }),
    run: (line: string) => command.run(line.split(' '), { env: { QLIK_API_KEY: adminKey } }),
    async subjects() {
      const { data } = await send('GET', '/api/v1/users?limit=100')
      return data.map(({ subject }: { subject: string }) => subject)
    },
    /** Moves the app into the space that the setup made. */
    async publish() {
      const [space] = (await send('GET', '/api/v1/spaces?name=Films')).data
      await send('PUT', `/api/v1/apps/${moviesAppId}/space`, { spaceId: space.id })
    },
    makeOauthClient: () =>
      send('POST', '/api/v1/oauth-clients', {
        clientName: 'pipeline',
        appType: 'web',
        allowedGrantTypes: ['client_credentials'],
        connectionConfig: { consentMethod: 'trusted' },
      }),
    close: () => emulator.close(),
  }
  await tenant.configure({})
  const group = await send('POST', '/api/v1/groups', { name: 'sales', providerType: 'idp' })
  const ada = { subject: 'ada', name: 'Ada', email: 'ada@acme.example', status: 'active' }
  const { id } = await send('POST', '/api/v1/users', ada)
  await send('PATCH', `/api/v1/users/${id}`, [
    { op: 'replace', path: '/assignedGroups', value: [{ id: group.id }] },
  ])
  return tenant
}

describe('at client-managed Qlik, jotgate doctor', () => {
  let server: Awaited<ReturnType<typeof startServer>>
  beforeAll(async () => {
    server = await startServer()
    const applied = await server.run('apply --yes')
    expect(applied.exitCode, applied.err).toBe(0)
  })
  afterEach(() => server.configure({}))
  afterAll(() => server?.close())

  it('passes every check at a healthy site', async () => {
    const ended = await server.run(`doctor --as ada --app ${moviesAppId} --junit doctor.xml`)
    expect(ended, ended.out + ended.err).toMatchObject({ exitCode: 0, err: '' })
    expect(ended.out).toMatch(/It is client-managed Qlik Sense: release \d+\.\d+/)
    expect(ended.out).toMatch(/^Nothing is broken, \d+ results\.$/m)
    expect(await readFile(join(command.folder, 'doctor.xml'), 'utf8')).toContain(
      'failures="0" errors="0" skipped="0"',
    )
    expect(server.state.sessions()).toEqual([])
  })

  it('tells one fault first, with its mending, and ends with 3', async () => {
    server.state.changeVirtualProxy('jwt', { jwtAttributeUserId: 'UserID' })
    const ended = await server.run('doctor --as ada --json')
    server.state.changeVirtualProxy('jwt', { jwtAttributeUserId: 'userId' })
    expect(ended.exitCode, ended.err).toBe(3)
    expect(openOf(readTold(ended.out))[0]).toMatchObject({
      check: 'server-claim-names',
      verdict: 'failed',
      hint: expect.stringContaining('Write “userId”'),
      isMendedByApply: true,
    })
    expect(ended.err).toContain('Next: ')
  })

  it('makes a user only when told so, and deletes them', async () => {
    const refused = await server.run('doctor --as grace --json')
    expect(refused.exitCode, refused.err).toBe(3)
    expect(openOf(readTold(refused.out))[0]).toMatchObject({
      check: 'server-user',
      title: 'The repository has no user ACME\\grace',
    })
    const made = await server.run('doctor --as grace --create-test-user --json')
    expect(made.exitCode, made.out + made.err).toBe(0)
    expect(readTold(made.out).results).toContainEqual(
      expect.objectContaining({ check: 'server-login', verdict: 'passed' }),
    )
    expect(server.state.users().map(({ userId }) => userId)).not.toContain('grace')
  })

  it('reads the virtual proxy as the service user where there is no client certificate', async () => {
    await server.configure({ clientCertificate: undefined })
    server.state.changeVirtualProxy('jwt', { jwtAudience: 'other' })
    const ended = await server.run('doctor --json')
    server.state.changeVirtualProxy('jwt', { jwtAudience: '' })
    expect(readTold(ended.out).results.find(({ check }) => check === 'server-repository')).toEqual(
      expect.objectContaining({ verdict: 'not-checked' }),
    )

    server.state.changeVirtualProxy('jwt', { jwtAttributeMap: [] })
    const mapped = await server.run('doctor --fix --yes --json')
    expect(mapped.exitCode, mapped.out + mapped.err).toBe(0)
    expect(mapped.err).toContain('Mended: server-attributes.')
  })

  it('with --fix mends what the settings say', async () => {
    server.state.changeVirtualProxy('jwt', {
      jwtAttributeUserId: 'UserID',
      jwtPublicKeyCertificate: '',
      additionalResponseHeaders: '',
      websocketCrossOriginWhiteList: [],
      anonymousAccessMode: 2,
    })
    const fixed = await server.run('doctor --as ada --fix --yes --json')
    expect(fixed.exitCode, fixed.out + fixed.err).toBe(0)
    expect(JSON.parse(fixed.out).applied.done).toMatchObject([{ action: 'update' }])
    expect(checksOf(readTold(fixed.out))).toEqual(['server-app'])
    expect(fixed.err).toContain('Mended: server-authentication')
  })
})

async function startServer() {
  const folder = await mkdtemp(join(tmpdir(), 'jotgate-doctor-'))
  const emulator = await createEmulators({
    tls: { folder },
    products: [emulatedServer({ switches: { proxyPreflight: 'answered' } })],
  })
  const { certificates, tls } = emulator
  if (certificates === undefined || tls === undefined) throw new Error('there is no TLS')
  const { state, urls } = emulator.products['client-managed']
  await certificates.exportTo(join(command.folder, 'certificates'))
  await write('ca.pem', `${certificates.root}\n${await readFile(tls.caFile, 'utf8')}`)
  const settings = {
    product: 'client-managed',
    url: urls.proxy,
    caFile: 'ca.pem',
    prefix: 'jwt',
    userDirectory: 'ACME',
    signing: { key: { file: 'keys/qlik.pem' } },
    qrs: { url: urls.qrs },
    clientCertificate: { file: 'certificates/client.pem', keyFile: 'certificates/client_key.pem' },
    setup: { id: '5f2c90ab', origins: [`${pageOrigin}/`] },
    administrator: { user: 'SERVICE\\jotgate' },
  }
  const server = {
    state,
    configure: (changes: object) => configure({ ...settings, ...changes }),
    run: (line: string) => command.run(line.split(' ')),
    async close() {
      await emulator.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
  await server.configure({})
  const { root: ca, client: certificate, clientKey: key } = certificates
  const transport = await createTransport({ ca, clientCertificate: { certificate, key } })
  const send = async (method: string, path: string, body?: unknown) => {
    const answer = await transport.fetch(`${urls.qrs}/qrs/${path}?Xrfkey=abcdefghijklmnop`, {
      method,
      headers: {
        'x-qlik-xrfkey': 'abcdefghijklmnop',
        'x-qlik-user': 'UserDirectory=INTERNAL; UserId=sa_api',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status}`)
    return answer.json()
  }
  await send('POST', 'user', { userDirectory: 'ACME', userId: 'ada', name: 'Ada' })
  // The port of the proxy API, which the repository tells, is a free one here.
  for (const service of await send('GET', 'proxyservice/full')) {
    const restListenPort = Number(new URL(urls.qps ?? '').port)
    const settings = { ...service.settings, restListenPort }
    await send('PUT', `proxyservice/${service.id}`, { ...service, settings })
  }
  await transport.close()
  return server
}
