// An administrator with curl and the exported certificates: from nothing to a virtual proxy at which people log in.
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { getCurrentUser } from 'jotgate/qlik'
import { afterAll, expect, it } from 'vitest'
import { createServerStage } from './server-session-stage.ts'

const run = promisify(execFile)
const stage = await createServerStage()
const folder = await mkdtemp(join(tmpdir(), 'jotgate-curl-'))
await stage.emulator.certificates?.exportTo(folder)
afterAll(async () => {
  await stage.close()
  await rm(folder, { recursive: true, force: true })
})

type Entity = Readonly<Record<string, unknown>> & { readonly id: string }

const identity = ['--cert', join(folder, 'client.pem'), '--key', join(folder, 'client_key.pem')]

/** What curl was answered: the status, and JSON where it is some. */
async function curl(path: string, args: readonly string[] = identity) {
  const { qrs } = stage.server.urls
  const headers = [
    'X-Qlik-Xrfkey: abcdefghijklmnop',
    'X-Qlik-User: UserDirectory=INTERNAL; UserId=sa_api',
  ]
  const { stdout } = await run('curl', [
    ...['-sS', '--cacert', join(folder, 'root.pem'), '-w', '\n%{http_code}'],
    ...headers.flatMap((header) => ['-H', header]),
    ...args,
    `${qrs}/qrs/${path}?Xrfkey=abcdefghijklmnop`,
  ])
  const at = stdout.lastIndexOf('\n')
  const text = stdout.slice(0, at)
  const body: unknown = /^[[{]/.test(text) ? JSON.parse(text) : text
  return { status: Number(stdout.slice(at + 1)), body }
}

const send = (method: string, path: string, body: object) =>
  curl(path, [...identity, '-X', method, '--data', JSON.stringify(body)])

it('makes a virtual proxy, links it, and changes it, which ends its sessions', async () => {
  const made = await send('POST', 'virtualproxyconfig', {
    prefix: 'made',
    description: 'made by curl',
    sessionCookieHeaderName: 'X-Qlik-Session-made',
    authenticationMethod: 4,
    jwtPublicKeyCertificate: stage.certificate,
    jwtAttributeUserId: 'userId',
    jwtAttributeUserDirectory: 'userDirectory',
  })
  expect(made.status).toBe(201)
  const virtualProxy = made.body as Entity
  const deployment = stage.deploymentOf({ prefix: 'made' })
  await expect(stage.enter(deployment)).rejects.toThrow()

  const services = (await curl('proxyservice/full')).body as Entity[]
  expect(services).toHaveLength(2)
  for (const service of services) {
    const settings = service.settings as { virtualProxies: object[] }
    const virtualProxies = [...settings.virtualProxies, { id: virtualProxy.id }]
    const linked = { ...service, settings: { ...settings, virtualProxies } }
    expect((await send('PUT', `proxyservice/${service.id}`, linked)).status).toBe(200)
  }
  const session = await stage.enter(deployment)
  expect(await getCurrentUser({ session })).toMatchObject({ id: 'ACME\\ada' })

  const changed = { ...virtualProxy, description: 'changed' }
  const path = `virtualproxyconfig/${virtualProxy.id}`
  expect((await send('PUT', path, changed)).status).toBe(200)
  await expect(getCurrentUser({ session })).rejects.toMatchObject({
    code: 'ERR_QLIK_NOT_LOGGED_IN',
  })
  expect((await send('PUT', path, changed)).status).toBe(409)
  expect((await curl(path, [...identity, '-X', 'DELETE'])).status).toBe(204)
})

it('gets 403 without the client certificate', async () => {
  expect(await curl('about', [])).toEqual({ status: 403, body: 'Forbidden' })
})
