// `jotgate plan`, `apply` and `destroy` at client-managed Qlik, by certificate and as the service user.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Command, createCommand } from './command.ts'
import { carryOut, plan, type Server, serviceUser, startServer } from './provision-server-stage.ts'
import { type Admin, asAdmin, mark, wholeRepository } from './server-administrator.ts'

let command: Command
let server: Server
let admin: Admin

const certificate = { file: 'client.pem', keyFile: 'client_key.pem' }

beforeAll(async () => {
  command = await createCommand()
  server = await startServer()
  admin = asAdmin(server)
  const { ca, certificate: client, key } = server.identity
  const files = {
    'qlik.cer': server.certificatePem,
    'qlik.pem': server.privateKeyPem,
    'root.pem': ca,
    'client.pem': client,
    'client_key.pem': key,
  }
  for (const [name, text] of Object.entries(files))
    await writeFile(join(command.folder, name), text, { mode: 0o600 })
})
afterAll(async () => {
  await server?.close()
  await command?.close()
})

/** Two deployments, which differ in how the administrator comes in. */
const configure = (setup: object = {}) => {
  const common = {
    product: 'client-managed',
    url: server.urls.proxy,
    prefix: 'jwt',
    userDirectory: 'ACME',
    claims: { groups: 'group', attributes: {} },
    signing: { key: { file: 'qlik.pem' } },
    setup: { id: '5f2c90ab', origins: ['https://www.acme.example'], ...setup },
    administrator: { user: `${serviceUser.directory}\\${serviceUser.id}` },
  }
  const services = { qrs: { url: server.urls.qrs }, caFile: 'root.pem' }
  const deployments = {
    certificate: { ...common, ...services, clientCertificate: certificate },
    service: common,
  }
  return writeFile(join(command.folder, 'jotgate.config.json'), JSON.stringify({ deployments }))
}

/** Made without the command, which takes longer to start. */
async function setUp(): Promise<void> {
  const provisioning = await server.provision({ serviceUser })
  await carryOut(provisioning, await plan(provisioning))
}

beforeEach(async () => {
  server.reset()
  await configure()
})

const run = (line: string) => command.run(line.split(' '))
const jotgate = (name: string, by: 'certificate' | 'service', more = '') =>
  run(`${name} --deployment ${by}${more === '' ? '' : ` ${more}`}`)

describe('by certificate', () => {
  it('go from a server as it is installed to one with nothing to do, and back', async () => {
    const installed = await wholeRepository(admin)
    const first = await jotgate('plan', 'certificate')
    expect(first).toMatchObject({ exitCode: 3, err: '' })
    expect(first.out).toContain('+ create virtual proxy "jwt"')
    expect(first.out).toContain('Plan: 7 to create.')
    expect(await wholeRepository(admin)).toEqual(installed)

    const applied = await jotgate('apply', 'certificate', '--yes --json')
    expect(applied, applied.err).toMatchObject({ exitCode: 0, err: '' })
    expect(JSON.parse(applied.out)).toEqual({
      done: ['virtual proxy', 'proxy link', 'proxy link', ...Array(4).fill('security rule')].map(
        (kind) => ({ action: 'create', kind, key: expect.any(String) }),
      ),
      left: [],
    })
    expect(await jotgate('plan', 'certificate')).toMatchObject({ exitCode: 0, err: '' })
    expect(await server.logIn('proxy2')).toBe('ACME\\ada')

    const before = await wholeRepository(admin)
    const refused = await jotgate('destroy', 'certificate', '--yes')
    expect(refused).toMatchObject({ exitCode: 2, out: '' })
    expect(refused.err).toContain('nothing was deleted: --allow-delete is needed')
    expect(await wholeRepository(admin)).toEqual(before)
    const gone = await jotgate('destroy', 'certificate', '--yes --allow-delete --json')
    expect(gone, gone.err).toMatchObject({ exitCode: 0, err: '' })
    expect(JSON.parse(gone.out).done).toHaveLength(7)
    const left = new Set((await wholeRepository(admin)).keys())
    const users = await admin.list('user')
    const ada = users.find(({ userId }) => userId === 'ada')
    expect(left).toEqual(new Set([...installed.keys(), `user ${ada?.id}`]))
  })

  it('show a drift in words and as JSON, and leave what is to be deleted without --allow-delete', async () => {
    await setUp()
    await admin.proxy({ sessionInactivityTimeout: 5 })
    await configure({ virtualProxy: { proxies: ['Central'] } })
    const told = await jotgate('plan', 'certificate')
    expect(told).toMatchObject({ exitCode: 3 })
    expect(told.out).toMatch(/~ change virtual proxy "jwt".*sessionInactivityTimeout\s+5 → 30/s)
    expect(told.out).toContain('ends the sessions of everybody who is logged in')
    expect(told.out).toContain('- delete proxy link "jwt at Rim"')
    const { steps } = JSON.parse((await jotgate('plan', 'certificate', '--json')).out)
    expect(steps).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          action: 'update',
          kind: 'virtual proxy',
          changes: [
            expect.objectContaining({ field: 'sessionInactivityTimeout', from: 5, to: 30 }),
          ],
        }),
        expect.objectContaining({ action: 'delete', kind: 'proxy link', key: 'jwt at Rim' }),
      ]),
    )
    const applied = await jotgate('apply', 'certificate', '--yes --json')
    const { done, left } = JSON.parse(applied.out)
    expect([applied.exitCode, done, left]).toEqual([
      0,
      [{ action: 'update', kind: 'virtual proxy', key: 'jwt' }],
      [{ action: 'delete', kind: 'proxy link', key: 'jwt at Rim' }],
    ])
    expect(applied.err).toContain('`--allow-delete` deletes them')
    expect(await server.logIn('proxy2')).toBe('ACME\\ada')
    expect(await jotgate('apply', 'certificate', '--yes --allow-delete')).toMatchObject({
      exitCode: 0,
      out: 'Done and read back: 1 deleted.\n',
    })
    await expect(server.logIn('proxy2')).rejects.toThrow()
  })

  it('take what nobody has marked for a conflict, and take it over with --adopt', async () => {
    await admin.make('virtualproxyconfig', {
      prefix: 'jwt',
      description: 'By hand',
      sessionCookieHeaderName: 'X-Qlik-Session-hand',
    })
    const before = await wholeRepository(admin)
    expect((await jotgate('plan', 'certificate')).out).toMatch(/! conflict: virtual proxy "jwt"/)
    expect(await jotgate('apply', 'certificate', '--yes')).toMatchObject({
      exitCode: 1,
      out: '',
      err: expect.stringContaining('ERR_PROVISION_CONFLICT'),
    })
    expect(await wholeRepository(admin)).toEqual(before)
    const adopted = await jotgate('apply', 'certificate', '--yes --adopt')
    expect(adopted, adopted.err).toMatchObject({
      exitCode: 0,
      out: 'Done and read back: 6 created, 1 changed.\n',
    })
    expect(await admin.find('virtualproxyconfig', 'prefix', 'jwt')).toMatchObject({
      description: 'jotgate',
      tags: [{ name: mark }],
    })
  })
})

describe('as the service user', () => {
  it('are told that the certificate comes first, and change nothing', async () => {
    const before = await wholeRepository(admin)
    expect(await jotgate('plan', 'service')).toMatchObject({
      exitCode: 1,
      out: '',
      err: expect.stringMatching(/ERR_PROVISION_SERVICE_USER.*client\s+certificate/s),
    })
    expect(await wholeRepository(admin)).toEqual(before)
  })

  it('find and mend drifts, and say what they do not check; the session has ended after', async () => {
    await setUp()
    const inOrder = await jotgate('plan', 'service')
    expect(inOrder).toMatchObject({ exitCode: 0, err: '' })
    expect(inOrder.out).toMatch(/Not checked:.*security rules/s)
    await admin.proxy({ jwtAudience: '', sessionInactivityTimeout: 5 })
    await admin.unlink('Rim')
    expect((await jotgate('plan', 'service')).exitCode).toBe(3)
    const applied = await jotgate('apply', 'service', '--yes')
    expect(applied, applied.err).toMatchObject({
      exitCode: 0,
      out: 'Done and read back: 1 created, 1 changed.\n',
    })
    const proved = await server.provision({ serviceUser })
    expect((await plan(proved)).steps.every(({ action }) => action === 'none')).toBe(true)
    const { id, directory } = serviceUser
    const own = server.state
      .sessions()
      .filter(({ userId, userDirectory }) => userId === id && userDirectory === directory)
    expect(own).toEqual([])
  })

  it('tell which rule is missing before anything is changed', async () => {
    await setUp()
    await admin.rule('links to proxies', { actions: 2 })
    await admin.proxy({ sessionInactivityTimeout: 5 })
    await admin.unlink('Rim')
    const before = await wholeRepository(admin)
    const planned = await jotgate('plan', 'service')
    expect(planned).toMatchObject({ exitCode: 3 })
    expect(planned.out).toMatch(/Rights that are missing:.*jotgate jwt: links to\s+proxies/s)
    expect(await jotgate('apply', 'service', '--yes')).toMatchObject({
      exitCode: 1,
      out: '',
      err: expect.stringContaining('ERR_PROVISION_RIGHTS'),
    })
    const after = await wholeRepository(admin)
    const withoutUser = (all: typeof after) => [...all].filter(([key]) => !key.startsWith('user '))
    expect(withoutUser(after)).toEqual(withoutUser(before))
  })

  it('do not destroy, since nobody could come in for the rest', async () => {
    await setUp()
    const whole = async () =>
      [...(await wholeRepository(admin))].filter(([key]) => !/^user/.test(key))
    const before = await whole()
    expect(await jotgate('destroy', 'service', '--yes --allow-delete')).toMatchObject({
      exitCode: 2,
      out: '',
      err: expect.stringMatching(/a service user cannot delete.*--client-certificate/s),
    })
    expect(await whole()).toEqual(before)
    const options = '--client-certificate client.pem --client-key client_key.pem --ca-file root.pem'
    const byOptions = `--yes --allow-delete ${options} --qrs-url ${server.urls.qrs}`
    expect(await jotgate('destroy', 'service', byOptions)).toMatchObject({ exitCode: 0 })
    expect(server.state.virtualProxies().map(({ prefix }) => prefix)).toEqual([''])
  })
})
