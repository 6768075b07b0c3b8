// `jotgate sessions`, `request --qrs` and `gateway` by the real bin at an emulated server of two nodes, and what a session
// that an administrator ended means to a program that uses it.
import { randomUUID } from 'node:crypto'
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createKeyPair } from 'jotgate/keys'
import { createProxyApi, createTransport, getCurrentUser, openSession } from 'jotgate/qlik'
import jsonwebtoken from 'jsonwebtoken'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { createCommandWithKey } from './command-for-ada.ts'
import { findFreePort } from './free-port.ts'
import { startGateway } from './gateway-child.ts'
import { createVisitor } from './gateway-visitor.ts'
import { createServerStage, openEngine, saysLost } from './server-session-stage.ts'

let command: Awaited<ReturnType<typeof createCommandWithKey>>
let stage: Awaited<ReturnType<typeof createServerStage>>
let nodes: readonly string[]
let certificates: { root: string; client: string; clientKey: string }
beforeAll(async () => {
  command = await createCommandWithKey()
  stage = await createServerStage()
  if (stage.emulator.certificates === undefined) throw new TypeError('no certificates')
  certificates = stage.emulator.certificates
  const { qrs = '', qps = '', qps2 = '' } = stage.server.urls
  nodes = [qps, qps2].flatMap((url) => ['--node', url])
  const write = (name: string, text: string) =>
    writeFile(join(command.folder, name), text, { mode: 0o600 })
  await write('root.pem', certificates.root)
  await write('client.pem', certificates.client)
  await write('client_key.pem', certificates.clientKey)
  await write('server.pem', stage.privateKeyPem)
  const site = {
    product: 'client-managed',
    url: stage.deploymentOf().url,
    prefix: 'jwt',
    userDirectory: 'ACME',
    caFile: 'root.pem',
    qrs: { url: qrs },
    clientCertificate: { file: 'client.pem', keyFile: 'client_key.pem' },
    claims: { userId: 'userId', userDirectory: 'userDirectory', groups: 'group' },
    signing: { key: { file: 'server.pem' } },
  }
  await write('jotgate.config.json', JSON.stringify({ deployments: { site } }))
})
afterAll(async () => {
  await stage?.close()
  await command?.close()
})
beforeEach(() => stage.emulator.reset())

const eve = { subject: 'eve', name: 'Eve', groups: ['sales'] }
const run = (...words: string[]) => command.run([...words, '--deployment', 'site'])
const sessions = (...words: string[]) => run('sessions', ...words, ...nodes)

/** Two of Ada's, on two virtual proxies, and one of Eve's on the second node. */
async function enterAll() {
  const { deploymentOf, enter } = stage
  return [
    await enter(),
    await enter(deploymentOf({ prefix: 'second' })),
    await enter(deploymentOf({ url: stage.secondUrl }), eve),
  ] as const
}

describe('jotgate sessions list', () => {
  it('asks every node and virtual proxy, and shows no whole ID', async () => {
    const opened = await enterAll()
    const { exitCode, out, err } = await sessions('list', '--json')
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' })
    const listed = JSON.parse(out) as { user: string; prefix: string; node: string }[]
    expect(listed.map(({ user, prefix }) => `${user} ${prefix}`).sort()).toEqual([
      'ACME\\ada jwt',
      'ACME\\ada second',
      'ACME\\eve jwt',
    ])
    const [first = '', second = ''] = nodes.filter((word) => word.startsWith('https'))
    expect(listed.map(({ node }) => node).sort()).toEqual([first, first, second].sort())
    const table = await sessions('list')
    expect(table.out).toMatch(/^user +session +virtual proxy +node$/m)
    for (const { cookies } of opened)
      for (const id of cookies.values()) {
        expect(out + table.out).not.toContain(id)
        expect(table.out).toContain(id.slice(0, 8))
      }
  })

  it('says which node does not answer, lists the rest, and ends with 1', async () => {
    await enterAll()
    const dead = ['--node', 'https://localhost:1']
    const { exitCode, out, err } = await run('sessions', 'list', ...nodes.slice(0, 2), ...dead)
    expect(exitCode).toBe(1)
    expect(out).toMatch(/^ACME\\ada .* jwt /m)
    expect(err).toContain('failed: https://localhost:1, virtual proxy jwt')
    expect(err).toContain('ERR_CLI_PARTIAL')
  })

  it('needs the client certificate, and a key that nobody else can read', async () => {
    const url = stage.server.urls.qrs ?? ''
    const words = ['sessions', 'list', '--for', 'client-managed', '--qrs-url', url]
    const without = await command.run([...words, '--ca-file', 'root.pem'])
    expect(without).toMatchObject({ exitCode: 2, out: '' })
    expect(without.err).toContain('--client-certificate and --client-key are missing')
    await chmod(join(command.folder, 'client_key.pem'), 0o644)
    const open = await sessions('list')
    await chmod(join(command.folder, 'client_key.pem'), 0o600)
    expect(open).toMatchObject({ exitCode: 1, out: '' })
    expect(open.err).toContain('is a private key that other users can read')
  })

  it('trusts the authority that is named, and no other', async () => {
    const url = stage.server.urls.qrs ?? ''
    const words = ['sessions', 'list', '--for', 'client-managed', '--qrs-url', url]
    const certificate = ['--client-certificate', 'client.pem', '--client-key', 'client_key.pem']
    const { exitCode, err } = await command.run([...words, ...certificate])
    expect(exitCode).toBe(1)
    expect(err.replaceAll(/\s+/g, ' ')).toContain(
      'the authority behind its certificate is not known',
    )
  })
})

describe('jotgate sessions end', () => {
  const left = () =>
    stage.server.state.sessions().map(({ userId, prefix }) => `${userId} ${prefix}`)

  it('ends those of one user everywhere, after a question or with --yes', async () => {
    await enterAll()
    const asked = await sessions('end', '--user', 'acme\\ADA')
    expect(asked).toMatchObject({ exitCode: 2, out: '' })
    expect(asked.err).toContain('2 sessions of 1 user would be ended: --yes ends them')
    expect(left()).toHaveLength(3)
    const { exitCode, out, err } = await sessions('end', '--user', 'acme\\ADA', '--yes')
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' })
    expect(out).toMatch(/^2 sessions ended/)
    expect(left()).toEqual(['eve jwt'])
  })

  it('ends one by the beginning of its ID, without a question, and all', async () => {
    const [first] = await enterAll()
    const [id = ''] = first.cookies.values()
    const one = await sessions('end', '--session', id.slice(0, 8), '--json')
    expect(JSON.parse(one.out)).toEqual({
      ended: [
        expect.objectContaining({ user: 'ACME\\ada', session: id.slice(0, 8), prefix: 'jwt' }),
      ],
    })
    expect(left().sort()).toEqual(['ada second', 'eve jwt'])
    expect((await sessions('end', '--all', '--yes')).exitCode).toBe(0)
    expect(left()).toEqual([])
  })

  it('ends what it can when a node does not answer, and says so with 1', async () => {
    await enterAll()
    const dead = ['--node', 'https://localhost:1']
    const words = ['sessions', 'end', '--all', '--yes', ...nodes.slice(0, 2), ...dead]
    const { exitCode, out, err } = await run(...words)
    expect({ exitCode, out }).toMatchObject({
      exitCode: 1,
      out: expect.stringMatching(/^2 sessions/),
    })
    expect(err).toContain('failed: https://localhost:1')
    expect(left()).toEqual(['eve jwt'])
  })

  it.each([
    [[], 'give one of --user, --session and --all'],
    [['--all', '--user', 'A\\b'], 'give one of'],
    [['--user', 'ada'], 'with a backslash between'],
    [['--session', 'abc'], '8 characters'],
  ])('refuses %j', async (words, says) => {
    const { exitCode, out, err } = await sessions('end', ...words)
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' })
    expect(err).toContain(says)
  })
})

describe('jotgate request --qrs', () => {
  it('calls the repository with the certificate, in the name of a user', async () => {
    const { exitCode, out } = await run('request', 'GET', '/about', '--qrs')
    expect({ exitCode, about: JSON.parse(out) }).toMatchObject({
      exitCode: 0,
      about: { schemaPath: 'About' },
    })
    const filter = `/qrs/virtualproxyconfig/full?filter=${encodeURIComponent("prefix eq 'second'")}`
    const found = await run('request', 'GET', filter, '--qrs', '--json')
    expect(JSON.parse(found.out).body).toMatchObject([{ prefix: 'second' }])
    const nobody = await run(
      'request',
      'GET',
      '/virtualproxyconfig/full',
      '--qrs',
      '--qrs-user',
      'ACME\\nobody',
    )
    expect(nobody.out === '[]\n' || nobody.exitCode === 1).toBe(true)
  })
})

describe('jotgate gateway, with the client certificate', () => {
  it('ends Qlik sessions at QPS by their ID, and its own whether QPS answers or not', async () => {
    const { visit, said, audited } = await startGatewayOfSite()
    // Of the same user, elsewhere.
    await stage.enter()
    const ofAda = () => stage.server.state.sessions().filter(({ userId }) => userId === 'ada')
    const [first, second] = [await visit('ada'), await visit('ada')]
    expect(ofAda()).toHaveLength(2)
    expect((await first.ask('/jwt/qps/user', { method: 'DELETE' })).status).toBe(204)
    expect((await second.ask('/jwt/hub/')).status).toBe(200)
    expect(ofAda()).toHaveLength(2)
    await second.ask('/jwt/qps/user', { method: 'DELETE' })
    await expect.poll(() => ofAda().length).toBe(1)

    stage.emulator.faults.add({ effect: { kind: 'server-error', status: 503 }, pathPrefix: '/qps' })
    const third = await visit('ada')
    expect((await third.ask('/jwt/qps/user', { method: 'DELETE' })).status).toBe(204)
    expect((await third.ask('/jwt/hub/')).status).toBe(401)
    await expect.poll(() => said.err).toContain('could not be ended at Qlik')
    expect(ofAda()).toHaveLength(2)
    await expect.poll(audited).toContain('"event":"qlik-session-left"')
  })
})

/** The gateway of a configuration of its own, in front of the site. */
async function startGatewayOfSite() {
  const { folder } = command
  const pair = await createKeyPair({ bits: 2048, kid: 'host-1' })
  const [port, hostUrl] = [await findFreePort(), 'http://localhost:1']
  const gatewayUrl = `http://localhost:${port}`
  const file = join(folder, 'jotgate.config.json')
  const { deployments } = JSON.parse(await readFile(file, 'utf8'))
  const gateway = {
    publicUrl: gatewayUrl,
    allowedOrigins: [hostUrl],
    listen: { port },
    identify: { assertion: { issuer: hostUrl, keyFiles: ['host.jwk'] } },
    authorise: { groups: { allow: ['sales'] } },
    proxyApis: nodes.filter((word) => word.startsWith('https')),
  }
  await writeFile(join(folder, 'host.jwk'), JSON.stringify(pair.publicJwk))
  await writeFile(file, JSON.stringify({ deployments, gateway }))
  const made = await command.run(['gateway', 'init'])
  expect(made.exitCode, made.err).toBe(0)
  const { said, end } = await startGateway(folder)
  onTestFinished(async () => {
    await end('SIGKILL')
  })
  const auditFolder = join(folder, 'jotgate-data/audit')
  return {
    said,
    async audited() {
      const files = (await readdir(auditFolder)).filter((name) => name.endsWith('.jsonl'))
      return (
        await Promise.all(files.map((name) => readFile(join(auditFolder, name), 'utf8')))
      ).join('')
    },
    /** A browser that is logged in, and has asked Qlik for something. */
    async visit(subject: string) {
      const visitor = createVisitor({ gatewayUrl, hostUrl, base: '/jwt' })
      const assertion = jsonwebtoken.sign({ groups: ['sales'] }, pair.privateKeyPem, {
        ...{ algorithm: 'RS256', keyid: 'host-1', subject, issuer: hostUrl },
        ...{ audience: gatewayUrl, expiresIn: 60, jwtid: randomUUID() },
      })
      expect((await visitor.logIn(assertion)).status).toBe(200)
      expect((await visitor.ask('/jwt/hub/')).status).toBe(200)
      return visitor
    },
  }
}

describe('a session that QPS ends', () => {
  it('closes its web socket, and a new one opens: on the other node as well', async () => {
    const { fetch, close } = await createTransport({
      ca: certificates.root,
      clientCertificate: { certificate: certificates.client, key: certificates.clientKey },
    })
    try {
      const { qps = '', qps2 = '' } = stage.server.urls
      for (const [url, address] of [
        [qps, undefined],
        [qps2, stage.secondUrl],
      ] as const) {
        const deployment = stage.deploymentOf(address === undefined ? {} : { url: address })
        const session = await stage.enter(deployment)
        const engine = await openEngine(session, stage.appId)
        const api = createProxyApi({ url, fetch })
        const [known, ...others] = await api.listSessions('jwt')
        expect(others).toEqual([])
        expect([...session.cookies.values()]).toEqual([known?.sessionId])
        expect(await api.endSession('jwt', known?.sessionId ?? '')).toBe(true)
        expect(await api.endSession('jwt', known?.sessionId ?? '')).toBe(false)
        expect(saysLost(session, await engine.closed)).toBe(true)
        await expect(getCurrentUser({ session })).rejects.toMatchObject({
          code: 'ERR_QLIK_NOT_LOGGED_IN',
        })
        // The token is still valid, so whoever has it comes in again.
        const again = await openSession({ deployment, token: await stage.sign(deployment) })
        expect((await getCurrentUser({ session: again })).subject).toBe('ada')
        const user = { userDirectory: 'ACME', userId: 'ada' }
        expect(await api.endUserSessions('jwt', user)).toHaveLength(1)
        await expect(getCurrentUser({ session: again })).rejects.toThrow()
      }
    } finally {
      await close()
    }
  })
})
