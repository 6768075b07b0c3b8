// The disk of the audit log or of the store is full, and a flood of anonymous requests comes. Each disk is a small one
// of its own.
import { randomBytes } from 'node:crypto'
import { readdir, readFile, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { Agent, request as httpRequest } from 'node:http'
import { join } from 'node:path'
import type { User } from 'jotgate'
import {
  createKeyRing,
  type GatewayOptions,
  memoryStore,
  sqliteStore,
  verifyAuditLog,
} from 'jotgate/gateway'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  createStoreFolder,
  mountSmallDisk,
} from '../../packages/jotgate/src/gateway/store/store-folder.fixture.ts'
import {
  basePaths,
  createEitherStage,
  type Product,
  products,
  readWhoAmI,
} from './either-gateway-stage.ts'
import { createGatewayProcess } from './gateway-process.ts'
import { createVisitor, type Visitor } from './gateway-visitor.ts'

const scale = Number(process.env.JOTGATE_TEST_SCALE ?? 1)

const personCalled = (name: string): User => ({
  subject: `acme|${name}`,
  name,
  email: `${name}@acme.example`,
})

const disks = products.flatMap((product) =>
  (['audit', 'store'] as const).map((what) => ({ product, what })),
)

describe.each(disks)('the disk of the $what is full in front of $product', ({ product, what }) => {
  it('nobody comes in, health says so, who is in goes on, and it resumes by itself (G-F8)', async (context) => {
    const disk = await mountSmallDisk(2048)
    if (disk === undefined) {
      console.warn(
        'Skipped: a full disk. This user may not mount a file system; run as root on Linux.',
      )
      return context.skip()
    }
    const elsewhere = await createStoreFolder()
    const keys = await createKeyRing({ file: join(elsewhere, 'keys.json') })
    const key = randomBytes(32)
    const auditFolder = join(what === 'audit' ? disk : elsewhere, 'audit')
    const gatewayOptions: Partial<GatewayOptions> = {
      audit: { folder: auditFolder, key, writeHead: () => undefined, timeoutMs: 60_000 },
      store:
        what === 'audit' ? memoryStore() : sqliteStore({ file: join(disk, 'data/s.db'), keys }),
    }
    const stage = await createEitherStage(product, { names: 'localhost', gateway: gatewayOptions })
    onTestFinished(() => stage.close())
    const { gateway, host, appId, whoAmI } = stage
    const comeIn = async (name: string) => {
      const browser = createVisitor(stage)
      const answer = await browser.logIn(host.assertionFor(personCalled(name)))
      return { browser, answer }
    }
    const me = (browser: Visitor) => readWhoAmI(browser, whoAmI)
    const { browser: ada } = await comeIn('ada')
    expect(await me(ada)).toBe('acme|ada')
    const { browser: eve } = await comeIn('eve')
    const socket = await ada.openSocket(appId)
    onTestFinished(() => socket.close())
    expect(gateway.health()).toMatchObject({ ready: true, sessions: 2 })

    const ballast = join(disk, 'ballast')
    const { bavail, bsize } = await statfs(disk)
    // More than there is: a part of it is written, until the disk is full.
    await writeFile(ballast, Buffer.alloc((Number(bavail) + 1) * Number(bsize))).catch(
      (error: NodeJS.ErrnoException) => expect(error.code).toBe('ENOSPC'),
    )
    // What is left of the last page may still take a few.
    let refused = await comeIn('bob-0')
    for (let number = 1; refused.answer.status === 200 && number < 500; number += 1)
      refused = await comeIn(`bob-${number}`)
    expect(refused.answer.status).toBe(503)
    expect(await refused.answer.json()).toMatchObject({ code: `ERR_GATEWAY_${what.toUpperCase()}` })
    expect(refused.browser.cookies.size).toBe(0)
    expect(gateway.health()).toMatchObject({ ready: false, [what]: false })
    const { sessions } = gateway.health()
    const logins = stage.logins()
    for (const name of ['carl', 'cleo', 'cora'])
      expect((await comeIn(name)).answer.status).toBe(503)
    expect(gateway.health().sessions).toBe(sessions)
    expect(stage.logins()).toBe(logins)

    // Who is in reads on, and what is open stays open.
    expect(await me(ada)).toBe('acme|ada')
    expect(await socket.askUser()).toBe(whoAmI.inEngine('acme|ada'))
    // An ending acts at once.
    const cookie = eve.cookies.get('__Host-jotgate') ?? ''
    expect((await eve.ask('/.jotgate/logout', { method: 'POST' })).status).toBe(204)
    eve.cookies.set('__Host-jotgate', cookie)
    expect(await me(eve)).toBe(401)
    expect(gateway.health().sessions).toBe(sessions - 1)

    await rm(ballast)
    await expect.poll(() => gateway.health().ready, { interval: 20 }).toBe(true)
    const { browser: dora, answer } = await comeIn('dora')
    expect(answer.status).toBe(200)
    expect(await me(dora)).toBe('acme|dora')
    expect(await me(ada)).toBe('acme|ada')
    expect(await me(eve)).toBe(401)

    await gateway.close()
    const log = await textOf(auditFolder)
    for (const name of ['carl', 'cleo', 'cora'])
      expect(log).not.toMatch(new RegExp(`"event":"enter".*acme\\|${name}`))
    expect(log).toMatch(/"event":"session-end".*acme\|eve/)
    expect((await verifyAuditLog({ folder: auditFolder, key })).findings).toEqual([])
  })
})

async function textOf(folder: string): Promise<string> {
  const names = await readdir(folder)
  return (await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))).join('')
}

/** In bytes, of all files of a folder, and of those below it. */
async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  const files = entries.filter((entry) => entry.isFile())
  const sizes = await Promise.all(
    files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** 60,000 in `npm run test:long`. */
const flood = Math.ceil(3000 * scale)

/** Of Qlik: one that is read, one that is looked at, and one that is not listed. */
const pathsOf: Readonly<Record<Product, readonly string[]>> = {
  cloud: ['/api/v1/users/me', '/single/?appid=1', '/api/v1/x'],
  'client-managed': ['/api/about/v1/info', '/single/?appid=1', '/qrs/app/full'],
}

it.each(products)(
  `${flood} anonymous requests in front of %s fill nothing: no session, no store, a few lines of the audit log`,
  async (product) => {
    const gateway = await createGatewayProcess(product)
    onTestFinished(() => gateway.close())
    await gateway.start()
    const agent = new Agent({ keepAlive: true, maxSockets: 50 })
    onTestFinished(() => agent.destroy())
    const { port, host } = new URL(gateway.gatewayUrl)
    const ofQlik = pathsOf[product].map((path) => basePaths[product] + path)
    const paths = [...ofQlik, '/.jotgate/session', '/x']
    const send = (at: number) =>
      new Promise<number>((resolve, reject) => {
        // The counts differ, so that each path is asked in each way.
        const isLogin = at % 6 === 0
        const headers = {
          host,
          origin: gateway.hostUrl,
          ...(at % 4 === 0 && {
            cookie: `__Host-jotgate=${randomBytes(32).toString('base64url')}`,
          }),
          ...(at % 7 < 3 && {
            authorization: `Bearer e30.e30.${randomBytes(9).toString('base64url')}`,
          }),
          'user-agent': randomBytes(500).toString('base64'),
        }
        const options = {
          ...{ host: '127.0.0.1', port, agent, headers },
          // From many addresses, each of which has a count of its own.
          ...(process.platform === 'linux' && { localAddress: `127.${at % 7}.${at % 251}.9` }),
          method: isLogin ? 'POST' : 'GET',
          path: isLogin ? '/.jotgate/login' : `${paths[at % paths.length]}?${at}`,
        }
        httpRequest(options, (answer) => {
          answer.resume().once('end', () => resolve(answer.statusCode ?? 0))
        })
          .on('error', reject)
          .end()
      })
    const statuses = new Map<number, number>()
    let next = 0
    const floodUntil = async (end: number) => {
      const worker = async () => {
        while (next < end) {
          next += 1
          const status = await send(next)
          statuses.set(status, (statuses.get(status) ?? 0) + 1)
        }
      }
      await Promise.all(Array.from({ length: 30 }, worker))
    }
    const begun = performance.now()
    // Memory has its usual size once each way has been used.
    await floodUntil(flood / 5)
    const before = { ...(await sizesOf(gateway.data)), memory: await memoryOf(gateway.pid) }
    await floodUntil(flood)
    const memory = await memoryOf(gateway.pid)
    // What was counted is written when it ends.
    await gateway.kill('SIGTERM')
    const after = { ...(await sizesOf(gateway.data)), memory }
    console.info(JSON.stringify({ before, after, statuses: Object.fromEntries(statuses) }))
    for (const status of statuses.keys()) expect([302, 400, 401, 403, 404, 429]).toContain(status)
    // In each minute a hundred counts, and one for all others.
    const minutes = Math.ceil((performance.now() - begun) / 60_000) + 1
    const log = await textOf(gateway.auditFolder)
    const denied = log.match(/"event":"denied"/g)?.length ?? 0
    expect(denied).toBeGreaterThan(0)
    expect(denied).toBeLessThanOrEqual(101 * minutes)
    expect(after.audit - before.audit).toBeLessThan(101 * 500 * minutes)
    expect(after.store - before.store).toBeLessThan(1_000_000)
    expect(after.memory - before.memory).toBeLessThan(100_000_000)
    expect(log).not.toContain('"event":"enter"')
    const verified = await gateway.verify()
    expect(verified.exitCode, verified.out + verified.err).toBe(0)
  },
)

async function sizesOf(data: string) {
  const audit = await sizeOf(join(data, 'audit'))
  return { audit, store: (await sizeOf(data)) - audit }
}

/** Of a process, in bytes; 0 where the system does not say it. */
async function memoryOf(pid: number | undefined): Promise<number> {
  if (process.platform !== 'linux') return 0
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) * 1024
}
