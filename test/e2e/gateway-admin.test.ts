// An operator ends people's sessions at a gateway that runs, and changes its signing key, while it is used.
import { createPrivateKey } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { readSigningKey } from 'jotgate/keys'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createGatewayStage, type GatewayStage } from './gateway-stage.ts'
import { createVisitor } from './gateway-visitor.ts'
import { ada } from './tab-stage.ts'

const scale = Number(process.env.JOTGATE_TEST_SCALE ?? 1)

let stage: GatewayStage
let admin: string
/** Called with each line of the gateway's log. */
let onLine = (_line: { event?: string }) => {}

beforeAll(async () => {
  const log = pino({}, { write: (line: string) => onLine(JSON.parse(line)) })
  stage = await createGatewayStage({ names: 'localhost', gateway: { log } })
  stage.tenant.emulator.switches.set({ rateLimits: 'off' })
  admin = (
    await stage.gateway.listenAdmin(
      process.platform === 'win32'
        ? { bearer: 'b'.repeat(43) }
        : { socket: join(stage.folder, 'admin.sock') },
    )
  ).at
})
afterAll(() => stage?.close())

/** Asks the administration. */
function ask(method: string, path: string): Promise<string> {
  const place = admin.startsWith('http')
    ? {
        host: '127.0.0.1',
        port: new URL(admin).port,
        headers: { authorization: `Bearer ${'b'.repeat(43)}` },
      }
    : { socketPath: admin, host: 'localhost' }
  return new Promise((resolve, reject) => {
    const asked = request({ ...place, method, path }, async (answer) => {
      let text = ''
      for await (const chunk of answer.setEncoding('utf8')) text += chunk
      resolve(text)
    })
    asked.on('error', reject)
    asked.end()
  })
}

async function enter(subject: string) {
  const visitor = createVisitor(stage)
  const answer = await visitor.logIn(
    stage.host.assertionFor({ ...ada, subject, email: `${subject}@acme.example` }),
  )
  expect(answer.status).toBe(200)
  return visitor
}

it('ends a person with 50 web sockets at once, and nobody else', async () => {
  const bystander = await enter('bob')
  const kept = await bystander.openSocket(stage.tenant.appId)
  const browsers = await Promise.all(Array.from({ length: 5 }, () => enter('zoe')))
  const sockets = await Promise.all(
    browsers.flatMap((browser) =>
      Array.from({ length: 10 }, () => browser.openSocket(stage.tenant.appId)),
    ),
  )
  const shown = JSON.parse(await ask('GET', '/sessions?hostSubject=zoe')) as {
    sessions: { sockets: number; qlik: string }[]
  }
  expect(shown.sessions.map(({ sockets, qlik }) => ({ sockets, qlik }))).toEqual(
    Array.from({ length: 5 }, () => ({ sockets: 10, qlik: 'open' })),
  )

  const since = performance.now()
  const answer = ask('DELETE', '/sessions?hostSubject=zoe')
  const codes = await Promise.all(sockets.map(async ({ closed }) => (await closed).code))
  const ms = performance.now() - since
  expect(JSON.parse(await answer)).toEqual({ sessions: 5, sockets: 50 })
  expect(new Set(codes)).toEqual(new Set([4006]))
  process.stdout.write(
    `50 web sockets of a person are closed ${ms.toFixed(0)} ms after the order\n`,
  )

  const metrics = await ask('GET', '/metrics')
  expect(metrics).toContain('jotgate_revocation_seconds_count 5\n')
  expect(metrics).toContain('jotgate_revoked_sockets_total 50\n')
  expect(metrics).toContain('jotgate_session_ends_total{reason="revoked"} 5\n')
  expect(metrics).toContain('jotgate_qlik_logins_total{outcome="opened"} 6\n')
  expect(metrics).toContain('jotgate_audit_lines_total{event="socket-open"} 51\n')
  expect(metrics).toContain('jotgate_sessions 1\n')
  expect(metrics).not.toMatch(/zoe|bob|acme|localhost/)
  expect(await kept.askUser()).toContain('bob')
  for (const browser of browsers) expect((await browser.ask('/api/v1/users/me')).status).toBe(401)
  kept.close()
})

it('G-O2 takes new keys again and again, and no request fails meanwhile', async () => {
  const reloads = Math.max(3, Math.round(20 * scale))
  const pem = await readFile(stage.tenant.keyFile, 'utf8')
  const other = createPrivateKey(pem).export({ type: 'pkcs1', format: 'pem' })
  const file = join(stage.folder, 'qlik.pem')
  await writeFile(file, pem, { mode: 0o600 })
  let taken = 0
  await stage.gateway.reloadOnChange({
    name: 'signing key',
    files: [file],
    async load() {
      stage.gateway.setSigningKey(await readSigningKey({ file }))
      taken += 1
      return undefined
    },
  })
  const nextReload = () =>
    new Promise<void>((resolve) => {
      onLine = ({ event }) => event === 'reloaded' && resolve()
    })

  let isOver = false
  let requests = 0
  const failed: unknown[] = []
  /** People who come one after the other, each with a login at Qlik. */
  const visit = async (line: number) => {
    for (let turn = 0; !isOver; turn += 1) {
      const subject = `person-${line}-${turn}`
      const visitor = await enter(subject)
      for (const _ of [1, 2, 3]) {
        const answer = await visitor.ask('/api/v1/users/me')
        const { subject: named } = (await answer.json()) as { subject?: string }
        requests += 1
        if (answer.status !== 200 || named !== subject)
          failed.push({ status: answer.status, named, subject })
      }
      await visitor.ask('/.jotgate/logout', { method: 'POST' })
    }
  }
  const visits = [1, 2, 3, 4].map(visit)
  for (let turn = 0; turn < reloads; turn += 1) {
    const reloaded = nextReload()
    await writeFile(`${file}.new`, turn % 2 === 0 ? other : pem, { mode: 0o600 })
    await rename(`${file}.new`, file)
    await reloaded
  }
  isOver = true
  await Promise.all(visits)
  expect(failed).toEqual([])
  expect(taken).toBeGreaterThan(reloads)
  expect(requests).toBeGreaterThan(0)
  process.stdout.write(
    `${requests} requests with ${stage.logins()} logins during ${reloads} reloads\n`,
  )
})
