// `jotgate gateway`, as a newcomer starts it: two commands, with a configuration file.

import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { createServer, request } from 'node:http'
import { get } from 'node:https'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { cloud } from 'jotgate'
import { rotateKeyRing } from 'jotgate/gateway'
import { createKeyPair } from 'jotgate/keys'
import { createEmulator, type Emulator } from 'jotgate-emulator'
import jsonwebtoken from 'jsonwebtoken'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { registerTenant } from '../../scripts/start/register-tenant.ts'
import { provideSigningKey } from '../../scripts/start/signing-key.ts'
import { type Command, createCommand } from './command.ts'
import { findFreePort } from './free-port.ts'
import { startGateway } from './gateway-child.ts'

const issuer = 'acme.example'
const hostUrl = 'http://localhost:1'

let emulator: Emulator
let hostKey: Awaited<ReturnType<typeof createKeyPair>>
let command: Command
let port: number
const ending: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  emulator = await createEmulator()
  hostKey = await createKeyPair({ bits: 2048, kid: 'host-1' })
})
afterAll(() => emulator?.close())

beforeEach(async () => {
  command = await createCommand()
  port = await findFreePort()
  await provideSigningKey(join(command.folder, 'keys'))
  await writeFile(join(command.folder, 'host.jwk'), JSON.stringify(hostKey.publicJwk))
  await configure({})
})
afterEach(async () => {
  for (const end of ending.splice(0)) await end()
  await command.close()
})

/** Writes the configuration file: that of a newcomer, with changes. */
async function configure(changes: Record<string, unknown>): Promise<void> {
  const gateway = {
    publicUrl: `http://localhost:${port}`,
    allowedOrigins: [hostUrl],
    listen: { port },
    identify: { assertion: { issuer: hostUrl, keyFiles: ['host.jwk'] } },
    authorise: { groups: { allow: ['sales'] } },
    ...changes,
  }
  await write({ acme: tenantOf(emulator) }, gateway)
}

const tenantOf = ({ port: at }: Emulator) => ({
  product: 'cloud',
  url: `http://tenant.cloud.localhost:${at}`,
  signing: { key: { file: 'keys/qlik.pem' }, issuer },
})

const write = (deployments: object, gateway: object) =>
  writeFile(join(command.folder, 'jotgate.config.json'), JSON.stringify({ deployments, gateway }))

async function trustKey({ url, adminKey: apiKey } = emulator): Promise<void> {
  const { key, certificateLine } = await provideSigningKey(join(command.folder, 'keys'))
  const deployment = cloud({ url, issuer })
  await registerTenant({ deployment, apiKey, key, certificateLine, origins: [hostUrl] })
}

/** Starts it; it is killed after the test. */
async function start(...args: string[]) {
  const started = await startGateway(command.folder, args)
  ending.push(() => started.end('SIGKILL'))
  return started
}

const assertion = (
  audience = `http://localhost:${port}`,
  { subject = 'ada', groups = ['sales'] } = {},
) =>
  jsonwebtoken.sign(
    { name: 'Ada', email: `${subject}@acme.example`, email_verified: true, groups },
    hostKey.privateKeyPem,
    {
      algorithm: 'RS256',
      keyid: 'host-1',
      subject,
      issuer: hostUrl,
      audience,
      expiresIn: 60,
      jwtid: randomUUID(),
    },
  )

async function logIn(): Promise<string> {
  const answer = await fetch(`http://localhost:${port}/.jotgate/login`, {
    method: 'POST',
    headers: { authorization: `Bearer ${assertion()}`, origin: hostUrl },
  })
  expect(answer.status, await answer.clone().text()).toBe(200)
  return answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
}

const me = (cookie: string) =>
  fetch(`http://localhost:${port}/api/v1/users/me`, { headers: { cookie } })

/** Makes a certificate for localhost, in the folder of the command. @returns it, as PEM */
async function makeCertificate(certificateFile: string, keyFile: string): Promise<string> {
  const { folder } = command
  await promisify(execFile)(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...['-days', '60', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'],
      ...['-out', certificateFile, '-keyout', keyFile],
    ],
    { cwd: folder },
  )
  return readFile(join(folder, certificateFile), 'utf8')
}

/** Asks over TLS, with a certificate as the only authority. @returns the status */
function servedBy(ca: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get({ host: 'localhost', port, path: '/.jotgate/session', ca, agent: false }, (answer) => {
      answer.resume()
      resolve(answer.statusCode)
    }).on('error', reject)
  })
}

/** Asks under a host name of its own, which fetch would not. */
function statusAt(path: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ port, path, headers }, (answer) => {
      answer.resume()
      resolve(answer.statusCode)
    })
      .on('error', reject)
      .end()
  })
}

describe('jotgate gateway', () => {
  it('starts with two commands, lets people in, and ends well on SIGTERM', async () => {
    const { folder, run } = command
    await trustKey()
    expect(await run(['gateway', 'init'])).toMatchObject({
      exitCode: 0,
      out: expect.stringMatching(/store-keys\.json is new\n.*audit\.key is new/),
    })
    expect((await run(['gateway', 'init', '--json'])).out).toMatch(/"isNew":false.*"isNew":false/)
    expect(await run(['gateway', '--check'])).toEqual({
      exitCode: 0,
      out: '',
      err: 'The gateway has no problems.\n',
    })
    const first = await start()
    expect(first.said.err).toContain(
      `of http://localhost:${port} listens at http://127.0.0.1:${port}`,
    )
    const cookie = await logIn()
    expect(await (await me(cookie)).json()).toMatchObject({ subject: 'ada', name: 'Ada' })
    expect(await first.end('SIGTERM')).toEqual([0, null])
    // Sessions and the audit log are on the disk.
    const second = await start()
    expect((await me(cookie)).status).toBe(200)
    if (process.platform !== 'win32') {
      const list = await run(['sessions', 'list', '--gateway', '--json'])
      expect(JSON.parse(list.out)).toMatchObject([{ hostSubject: 'ada', sockets: 0, qlik: 'open' }])
      expect(await run(['sessions', 'end', '--gateway', '--user', 'ada'])).toEqual({
        exitCode: 0,
        out: '1 session ended, with 0 web sockets\n',
        err: '',
      })
      expect((await me(cookie)).status).toBe(401)
    }
    // A new key ring is taken without a restart.
    await rotateKeyRing({ file: join(folder, 'jotgate-secrets/store-keys.json') })
    await expect.poll(() => second.said.err, { timeout: 20_000 }).toContain('"event":"reloaded"')
    expect(await second.end('SIGINT')).toEqual([0, null])
    const secrets = join(folder, 'jotgate-secrets')
    const data = join(folder, 'jotgate-data')
    const verified = await run([
      ...['audit', 'verify', '--folder', join(data, 'audit')],
      ...['--key-file', join(secrets, 'audit.key')],
      ...['--store', join(data, 'sessions.db'), '--store-keys', join(secrets, 'store-keys.json')],
    ])
    expect(verified).toMatchObject({
      exitCode: 0,
      out: expect.stringContaining('The log is whole'),
    })
  })

  it('stands in front of two tenants, at an address each', async () => {
    const other = await createEmulator()
    ending.push(() => other.close())
    await trustKey()
    await trustKey(other)
    const names = ['one', 'two']
    const urls = names.map((name) => `http://${name}.acme.localhost:${port}`)
    await write(
      { one: tenantOf(emulator), two: tenantOf(other) },
      {
        sites: names.map((deployment, at) => ({
          publicUrl: urls[at],
          allowedOrigins: ['http://www.acme.localhost'],
          deployment,
        })),
        listen: { port },
        identify: { assertion: { issuer: hostUrl, keyFiles: ['host.jwk'] } },
      },
    )
    await command.run(['gateway', 'init'])
    expect(await command.run(['gateway', '--check'])).toMatchObject({ exitCode: 0 })
    await start()
    // Other tests have asked the first one.
    const asked = () =>
      [emulator, other].map(
        ({ requests }) => requests.filter(({ path }) => path === '/api/v1/users/me').length,
      )
    const before = asked()
    for (const url of urls) {
      const headers = { authorization: `Bearer ${assertion(url)}`, host: new URL(url).host }
      // Qlik leads to the user’s own address.
      expect(await statusAt('/api/v1/users/me', headers)).toBe(301)
    }
    // An assertion is for one of them.
    const headers = {
      authorization: `Bearer ${assertion(urls[0])}`,
      host: new URL(urls[1] ?? '').host,
    }
    expect(await statusAt('/api/v1/users/me', headers)).toBe(401)
    expect(asked().map((count, at) => count - (before[at] ?? 0))).toEqual([1, 1])
  })

  it('leaves the deployment to the person, where the file says so', async () => {
    await trustKey()
    const other = await createEmulator()
    ending.push(() => other.close())
    await trustKey(other)
    const url = `http://localhost:${port}`
    await write(
      { blue: tenantOf(emulator), green: tenantOf(other) },
      {
        sites: [{ publicUrl: url, allowedOrigins: [hostUrl] }],
        listen: { port },
        identify: { assertion: { issuer: hostUrl, keyFiles: ['host.jwk'] } },
        authorise: {
          deployments: [
            { subject: 'bob', deployment: 'blue' },
            { group: 'sales', deployment: 'green' },
          ],
        },
      },
    )
    await command.run(['gateway', 'init'])
    await start()
    const asked = () =>
      [emulator, other].map(
        ({ requests }) => requests.filter(({ path }) => path === '/api/v1/users/me').length,
      )
    const enter = (subject: string, groups: string[]) => {
      const token = assertion(url, { subject, groups })
      return statusAt('/api/v1/users/me', { authorization: `Bearer ${token}` })
    }
    const before = asked()
    expect(await enter('ada', ['sales'])).toBe(301)
    expect(await enter('bob', ['sales'])).toBe(301)
    expect(await enter('bob', ['none'])).toBe(301)
    expect(await enter('eve', ['none'])).toBe(403)
    expect(asked().map((count, at) => count - (before[at] ?? 0))).toEqual([2, 1])
  })

  it('says of each problem which deployment or site it is of, and nothing that is refused', async () => {
    const tenant = tenantOf(emulator)
    await write(
      {
        blue: { ...tenant, signing: { ...tenant.signing, key: { file: 'keys/none.pem' } } },
        green: { ...tenant, signing: { issuer } },
      },
      {
        sites: [
          {
            publicUrl: 'http://blue.acme.localhost',
            allowedOrigins: ['http://www.acme.localhost'],
            deployment: 'blue',
            authorise: { subject: '{nobody}' },
          },
          {
            publicUrl: 'http://green.acme.localhost',
            allowedOrigins: ['http://www.other.localhost'],
            deployment: 'green',
            identify: { assertion: { issuer: hostUrl, keyFiles: ['none.jwk'] } },
          },
        ],
        deployments: { green: { nodes: ['https://node.acme.example'], atRoot: true } },
        identify: { assertion: { issuer: hostUrl, keyFiles: ['host.jwk'] } },
      },
    )
    await command.run(['gateway', 'init'])
    const { exitCode, err } = await command.run(['gateway', '--check'])
    expect(exitCode).toBe(2)
    const lines = err.split('\n').filter((line) => /^ {2}\S/.test(line))
    expect(lines.map((line) => line.trim())).toEqual([
      expect.stringMatching(/^deployments\.blue: There is no file at .*none\.pem/),
      'deployments.green: the private key is missing: set signing.key',
      expect.stringMatching(/^gateway\.deployments\.green: The option nodes /),
      expect.stringMatching(/^gateway\.deployments\.green: atRoot has no effect/),
      expect.stringMatching(/^gateway\.sites\[0\]\.authorise: The option subject /),
      expect.stringMatching(/^gateway\.sites\[1\]: The option allowedOrigins\[0\] /),
      expect.stringMatching(/^gateway\.sites\[1\]\.identify: The option key\.file .*none\.jwk/),
    ])
    expect(err).not.toMatch(/--key|--deployment/)
  })

  it('serves HTTPS, and takes a new certificate while it runs', async () => {
    const { folder, run } = command
    const [certificateFile, keyFile] = ['tls.pem', 'tls-key.pem']
    const first = await makeCertificate(certificateFile, keyFile)
    await configure({
      publicUrl: `https://localhost:${port}`,
      allowedOrigins: ['https://localhost'],
      listen: { port, tls: { certificateFile, keyFile } },
    })
    await run(['gateway', 'init'])
    await chmod(join(folder, keyFile), 0o644)
    expect(await run(['gateway', '--check'])).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('can be read by other users'),
    })
    await chmod(join(folder, keyFile), 0o600)
    const { said } = await start()
    expect(said.err).toContain(`listens at https://127.0.0.1:${port}`)
    expect(await servedBy(first)).toBe(401)
    const second = await makeCertificate('next.pem', 'next-key.pem')
    await rename(join(folder, 'next-key.pem'), join(folder, keyFile))
    await rename(join(folder, 'next.pem'), join(folder, certificateFile))
    await expect.poll(() => said.err, { timeout: 20_000 }).toContain('"event":"reloaded"')
    expect(await servedBy(second)).toBe(401)
    await expect(servedBy(first)).rejects.toThrow()
  })

  it('says in its log why somebody is refused, where that is asked for', async () => {
    await command.run(['gateway', 'init'])
    const { said } = await start('--log-level', 'debug')
    const answer = await fetch(`http://localhost:${port}/.jotgate/login`, {
      method: 'POST',
      headers: { authorization: 'Bearer not-a-token', origin: hostUrl },
    })
    const { requestId, detail } = await answer.json()
    expect(detail).toBe('Who you are is not known')
    await expect.poll(() => said.err).toContain(`"requestId":"${requestId}"`)
    const line = said.err.split('\n').find((one) => one.includes(requestId)) ?? ''
    expect(JSON.parse(line)).toMatchObject({
      code: 'ERR_GATEWAY_NOT_IDENTIFIED',
      reason: expect.stringMatching(/token/),
    })
    expect(said.err).not.toContain('not-a-token')
  })

  it('says what is missing, all at once, and what makes it', async () => {
    await configure({
      allowedOrigins: ['http://localhost:1', 'https://www.other.example'],
      paths: { allowPaths: ['GIT /x'] },
      trustedProxies: ['::ffff:10.0.0.0/8'],
      identify: { assertion: { issuer: hostUrl, keyFiles: ['none.jwk'] } },
    })
    const { exitCode, out, err } = await command.run(['gateway', '--check'])
    expect({ exitCode, out }, err).toEqual({ exitCode: 2, out: '' })
    for (const problem of [
      /allowedOrigins\[1\].*third party/,
      /trustedProxies\[0\] is an IPv4 address within IPv6/,
      /allowPaths\[0\].*GIT/,
      /none\.jwk/,
      /store-keys\.json does not exist/,
      /audit\.key does not exist/,
      /jotgate gateway init/,
    ])
      expect(err).toMatch(problem)
  })

  it('says what else is wrong, and how to correct it', async () => {
    const { folder, run } = command
    await run(['gateway', 'init'])
    const wrong = async (says: RegExp, args: readonly string[] = []) => {
      const { exitCode, out, err } = await run(['gateway', ...args])
      expect(err).toMatch(says)
      expect(out).toMatch(/^(\{"auditHead":.*\}\n)?$/)
      expect([1, 2]).toContain(exitCode)
      expect(err).not.toMatch(/\n +at /)
    }
    await wrong(/--port must be a whole number/, ['--port', 'x'])
    await wrong(/no deployment of that name/, ['--deployment', 'none'])
    await wrong(/--log-level/, ['--log-level', 'loud'])
    const other = createServer().listen(port, '127.0.0.1')
    await once(other, 'listening')
    await wrong(new RegExp(`Cannot listen at 127.0.0.1, port ${port}: another process listens`))
    other.close()
    await chmod(join(folder, 'jotgate-secrets/audit.key'), 0o644)
    await wrong(/audit\.key can be read by other users: `chmod 600` it/)
    await chmod(join(folder, 'jotgate-secrets/audit.key'), 0o600)
    await mkdir(join(folder, 'jotgate-data/audit'), { recursive: true })
    await configure({ store: { file: 'jotgate-secrets/sessions.db' } })
    await wrong(/store-keys\.json to another folder/)
    await configure({
      session: { idle: '10s' },
      hostNames: ['https://other.acme.example'],
      audit: { folder: 'jotgate-secrets' },
      store: { file: 'jotgate-secrets/sessions.db' },
    })
    const { exitCode, err } = await run(['gateway', '--check'])
    expect(exitCode, err).toBe(2)
    for (const problem of [
      /session\.idleSeconds must be a whole number of seconds from 60/,
      /hostNames\[0\] must be a host name alone/,
      /audit\.folder holds the key too/,
      /store-keys\.json to another folder/,
    ])
      expect(err).toMatch(problem)
    await configure({ audit: { folder: 'host.jwk' } })
    await wrong(/audit\.folder is .*host\.jwk, which is not a folder/, ['--check'])
    await configure({ deployment: 'none' })
    await wrong(/no deployment of that name/)
    await writeFile(join(folder, 'jotgate.config.json'), JSON.stringify({ deployments: {} }))
    await wrong(/jotgate\.config\.json has no gateway/)
  })
})
