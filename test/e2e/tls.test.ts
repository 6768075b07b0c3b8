// https and wss as clients meet them: Node with the authority's certificate, Chromium with the key's hash.
import { execFile, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ensureChromium } from '../../scripts/setup/chromium.ts'
import { openContext } from './chromium.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const adminKey = 'tls-test'

let folder: string
let child: ReturnType<typeof spawn>
let url: string
let tls: { caFile: string; spkiHash: string }

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jotgate-tls-e2e-'))
  const bin = join(root, 'packages/emulator/bin/jotgate-emulator.js')
  const options = ['--port', '0', '--admin-key', adminKey, '--tls-folder', folder, '--json']
  child = spawn(process.execPath, [bin, 'cloud', ...options], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  if (child.stdout === null) throw new Error('no output')
  for await (const line of createInterface({ input: child.stdout })) {
    ;({ url, tls } = JSON.parse(line))
    break
  }
})

afterAll(async () => {
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await ended
  await rm(folder, { recursive: true, force: true })
})

/** What a client of its own process sees: over https, and over wss by Node's own WebSocket. */
const client = `
  const [url, key] = process.argv.slice(1)
  const answer = await fetch(url + '/api/v1/apps/6d6f7669-6573-4a6f-8761-746500003201', {
    headers: { authorization: 'Bearer ' + key },
  })
  const { attributes } = await answer.json()
  const { WebSocket } = await import(${JSON.stringify(import.meta.resolve('ws'))})
  const socket = new WebSocket(url.replace('https', 'wss') + '/app/' + attributes.id, {
    headers: { authorization: 'Bearer ' + key },
  })
  const first = await new Promise((resolve, reject) => {
    socket.once('message', (data) => resolve(JSON.parse(String(data)).method))
    socket.once('error', reject)
  })
  socket.close()
  console.log(JSON.stringify({ app: attributes.name, first }))
`

const runClient = (env: Record<string, string>) =>
  promisify(execFile)(process.execPath, ['--input-type=module', '--eval', client, url, adminKey], {
    env: { ...process.env, ...env },
  })

describe('an emulator that serves TLS', () => {
  it('is trusted by Node with the authority', async () => {
    expect(url).toMatch(/^https:\/\/localhost:\d+$/)
    const { stdout } = await runClient({ NODE_EXTRA_CA_CERTS: tls.caFile })
    expect(JSON.parse(stdout)).toEqual({ app: 'Movies', first: 'OnConnected' })
  })

  it('is refused by Node without it', async () => {
    await expect(runClient({ NODE_EXTRA_CA_CERTS: '' })).rejects.toMatchObject({
      stderr: expect.stringMatching(
        /SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/,
      ),
    })
  })

  it.each(['localhost', 'qlik.localhost'])(
    'opens in Chromium that was given the hash, as %s, and not without',
    async (name) => {
      const address = url.replace('localhost', name)
      const launch = (args: string[]) =>
        chromium.launch({
          executablePath: ensureChromium(() => undefined),
          args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), ...args],
        })
      const trusting = await launch([`--ignore-certificate-errors-spki-list=${tls.spkiHash}`])
      const page = await (await openContext(trusting)).newPage()
      await page.goto(`${address}/login`)
      expect(new URL(page.url()).pathname).toBe('/login/sign-in')
      expect(await page.evaluate(() => isSecureContext)).toBe(true)
      // As an interactive user: a name of the list logs in, and the page opens the engine by wss.
      await page.getByRole('button').first().click()
      await page.waitForURL((shown) => !shown.pathname.startsWith('/login'))
      const opened = await page.evaluate(async () => {
        const answer = await fetch('/api/v1/csrf-token')
        const token = answer.headers.get('qlik-csrf-token') ?? ''
        const path = '/app/6d6f7669-6573-4a6f-8761-746500003201'
        const socket = new WebSocket(`wss://${location.host}${path}?qlik-csrf-token=${token}`)
        return await new Promise((resolve) => {
          socket.onmessage = ({ data }) => resolve(JSON.parse(data).method)
          socket.onclose = ({ code }) => resolve(code)
        })
      })
      expect(opened).toBe('OnConnected')
      await trusting.close()

      const plain = await launch([])
      const warned = await (await openContext(plain)).newPage()
      await expect(warned.goto(`${address}/login`)).rejects.toThrow(/ERR_CERT/)
      await plain.close()
    },
  )
})
