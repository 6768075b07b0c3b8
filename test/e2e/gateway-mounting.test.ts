// The examples of docs/guides/gateway-mounting.md, as they stand there: a host application at www.acme.localhost whose
// server answers for the gateway at qlik.acme.localhost too.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { type IncomingMessage, request } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { cloud } from 'jotgate'
import { createEmulator, type Emulator, moviesAppId } from 'jotgate-emulator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { registerTenant } from '../../scripts/start/register-tenant.ts'
import { provideSigningKey } from '../../scripts/start/signing-key.ts'
import { findFreePort } from './free-port.ts'

const root = join(import.meta.dirname, '../..')
const issuer = 'acme.example'
let folder: string
let emulator: Emulator
const children: ChildProcess[] = []

/** A process of its own, since the test runner resolves libraries by other conditions than Node. */
const program = `
import { randomBytes } from 'node:crypto'
import { cloud } from 'jotgate'
import { createGateway, identifyByCallback, memoryStore } from 'jotgate/gateway'
import { readSigningKey } from 'jotgate/keys'

const [example, port, url, folder] = process.argv.slice(2)
const ada = { subject: 'acme|ada', name: 'Ada', email: 'ada@acme.example', emailVerified: true }
const gateway = await createGateway({
  publicUrl: 'http://qlik.acme.localhost:' + port,
  allowedOrigins: ['http://www.acme.localhost:' + port],
  upstream: {
    deployment: cloud({ url, issuer: '${issuer}' }),
    key: await readSigningKey({ file: folder + '/keys/qlik.pem' }),
  },
  identify: identifyByCallback(({ headers }) =>
    headers.get('cookie')?.includes('who=ada') ? ada : undefined,
  ),
  store: memoryStore(),
  audit: { folder: folder + '/audit-' + port, key: randomBytes(32), writeHead() {}, timeoutMs: 60_000 },
})
const { createHostServer } = await import(folder + '/' + example + '.mjs')
const server = await createHostServer(gateway)
server.listen(Number(port), '127.0.0.1', () => console.log('ready'))
`

/** Mounted in the wrong place. */
const late = `
import { createServer } from 'node:http'
import express from 'express'

export function createHostServer(gateway) {
  const app = express()
  app.use('/api/v1/users', gateway.handler)
  app.use(express.json())
  app.use(gateway.handler)
  return createServer(app)
}
`

beforeAll(async () => {
  // Below the repository, so that the examples find their libraries.
  const cache = join(root, 'node_modules/.cache')
  await mkdir(cache, { recursive: true })
  folder = await mkdtemp(join(cache, 'mounting-'))
  const guide = await readFile(join(root, 'docs/guides/gateway-mounting.md'), 'utf8')
  for (const [, name = '', code = ''] of guide.matchAll(/```js\n\/\/ ([\w-]+)\.js\n([\s\S]*?)```/g))
    await writeFile(join(folder, `${name}.mjs`), code)
  await writeFile(join(folder, 'program.mjs'), program)
  await writeFile(join(folder, 'late.mjs'), late)
  emulator = await createEmulator()
  const { key, certificateLine } = await provideSigningKey(join(folder, 'keys'))
  const deployment = cloud({ url: emulator.url, issuer })
  const apiKey = emulator.adminKey
  await registerTenant({
    deployment,
    apiKey,
    key,
    certificateLine,
    origins: ['http://localhost:1'],
  })
})

afterAll(async () => {
  for (const child of children) {
    child.kill('SIGKILL')
    await once(child, 'close')
  }
  await emulator?.close()
  await rm(folder, { recursive: true, force: true })
})

/** A host application with its gateway, at a free port. */
async function start(example: string): Promise<number> {
  const port = await findFreePort()
  const url = `http://tenant.cloud.localhost:${emulator.port}`
  const child = spawn(
    process.execPath,
    ['--conditions=jotgate-source', join(folder, 'program.mjs'), example, `${port}`, url, folder],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  children.push(child)
  const said = text(child.stderr)
  const ended = once(child, 'close').then(async () => Promise.reject(new Error(await said)))
  ended.catch(() => undefined)
  await Promise.race([once(child.stdout, 'data'), ended])
  return port
}

/** Node resolves no name below localhost, so the name stands in Host alone. */
function ask(
  port: number,
  name: string,
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<{ status: number; body: string; cookie: string; location: string }> {
  const { method = 'GET', headers = {}, body } = options
  return new Promise((resolve, reject) => {
    const asked = request({
      host: '127.0.0.1',
      port,
      path,
      method,
      headers: { host: `${name}:${port}`, ...headers },
    })
    asked.on('error', reject).on('response', async (answer: IncomingMessage) => {
      let text = ''
      for await (const chunk of answer.setEncoding('utf8')) text += chunk
      const [cookie = ''] = (answer.headers['set-cookie'] ?? []).map((one) => one.split(';')[0])
      const { statusCode: status = 0, headers: fields } = answer
      resolve({ status, body: text, cookie, location: fields.location ?? '' })
    })
    asked.end(body)
  })
}

const www = 'www.acme.localhost'
const qlik = 'qlik.acme.localhost'

async function logIn(port: number) {
  const { status, body, cookie } = await ask(port, qlik, '/.jotgate/login', {
    method: 'POST',
    headers: { origin: `http://${www}:${port}`, cookie: 'who=ada' },
  })
  expect(status, body).toBe(200)
  return { origin: `http://${www}:${port}`, cookie: `who=ada; ${cookie}` }
}

/** Qlik answers with a redirect to the user's own address. */
async function whoIs(port: number, headers: Record<string, string>) {
  const { location } = await ask(port, qlik, '/api/v1/users/me', { headers })
  const { body } = await ask(port, qlik, location, { headers })
  return JSON.parse(body)
}

const json = { 'content-type': 'application/json' }

describe.each(['node-http', 'express', 'fastify', 'hono'])('a gateway in %s', (name) => {
  let port: number
  beforeAll(async () => {
    port = await start(name)
  })

  it('leaves to the application what is for its host name', async () => {
    expect(await ask(port, www, '/')).toMatchObject({ status: 200, body: 'home' })
    const echo = { method: 'POST', headers: json, body: '{"a":1}' }
    expect(await ask(port, www, '/echo', echo)).toMatchObject({ status: 200, body: '{"a":1}' })
    const socket = new WebSocket(`ws://127.0.0.1:${port}/app/x`, {
      headers: { host: `${www}:${port}` },
    })
    await expect(once(socket, 'open')).rejects.toThrow(/socket hang up/)
  })

  it('carries requests, bodies and web sockets of the one who is logged in there', async () => {
    const anonymous = await ask(port, qlik, '/api/v1/users/me')
    expect(anonymous.status, anonymous.body).toBe(401)
    const headers = await logIn(port)
    expect(await whoIs(port, headers)).toMatchObject({ subject: 'acme|ada' })
    const post = {
      method: 'POST',
      headers: { ...headers, ...json, 'content-length': '7' },
      body: '{"a":1}',
    }
    // There is nothing at Qlik, which says so itself.
    expect((await ask(port, qlik, '/api/v1/reports/none', post)).status).toBe(404)
    expect(emulator.requests.at(-1)).toMatchObject({
      method: 'POST',
      path: '/api/v1/reports/none',
    })
    const socket = new WebSocket(`ws://127.0.0.1:${port}/app/${moviesAppId}`, {
      headers: { ...headers, host: `${qlik}:${port}` },
    })
    const [message] = await once(socket, 'message')
    expect(String(message)).toContain('OnConnected')
    socket.close()
  })
})

describe('a gateway that is mounted behind a reader of bodies', () => {
  it('says so for what has a body, and reads the whole path where Express has cut it', async () => {
    const port = await start('late')
    const headers = await logIn(port)
    expect(await whoIs(port, headers)).toMatchObject({ subject: 'acme|ada' })
    const answer = await ask(port, qlik, '/api/v1/reports/none', {
      method: 'POST',
      headers: { ...headers, ...json, 'content-length': '7' },
      body: '{"a":1}',
    })
    expect(answer.status).toBe(500)
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'ERR_GATEWAY_BODY_READ' })
  })
})
