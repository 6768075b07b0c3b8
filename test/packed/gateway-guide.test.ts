// docs/guides/gateway.md from an empty folder to the chart, as a newcomer types it.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  collectComplaints,
  createColourCount,
  launchChromium,
  openContext,
} from '../e2e/chromium.ts'
import { findFreePort } from '../e2e/free-port.ts'
import { succeed } from './first-chart-checks.ts'
import { blocksIn } from './guide.ts'
import { createNewcomer, type Newcomer } from './newcomer.ts'

const page = fileURLToPath(new URL('../../docs/guides/gateway.md', import.meta.url))

let guide: string
let newcomer: Newcomer
let host: { url: string; password: string }
let program: string[]

/** What stands below a heading. */
const section = (heading: string) => guide.split(`\n## ${heading}\n`)[1]?.split(/\n## /)[0] ?? ''

const firstIn = (text: string, language: string) =>
  new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, 'm').exec(text)?.[1] ?? ''

beforeAll(async () => {
  // Other tests have the ports of the page.
  guide = await readFile(page, 'utf8')
  for (const port of ['4848', '8080', '3000'])
    guide = guide.replaceAll(`:${port}`, `:${await findFreePort()}`)
  const portOf = (name: string) => new RegExp(`${name}\\.localhost:(\\d+)`).exec(guide)?.[1] ?? ''

  newcomer = await createNewcomer()
  const part = section('A first chart, in an empty folder')
  const [makeKeys = [], [emulator = ''] = [], startGateway = [], ask = []] = blocksIn(part)
  for (const line of makeKeys)
    if (!/^(mkdir|npm install) /.test(line)) await succeed(newcomer, line)
  const config = join(newcomer.folder, 'jotgate.config.json')
  const { gateway } = JSON.parse(`{${firstIn(part, 'json')}}`)
  gateway.listen = { port: Number(portOf('qlik\\.acme')) }
  const { $schema: _, ...others } = JSON.parse(await readFile(config, 'utf8'))
  await newcomer.write('jotgate.config.json', JSON.stringify({ ...others, gateway }))
  const source = firstIn(part, 'js').replace('listen(3000,', `listen(${portOf('www\\.acme')},`)
  await newcomer.write('host.mjs', source)

  const qlik = newcomer.start(emulator.replace('4848', portOf('tenant\\.cloud')))
  await qlik.until(/^url (\S+)$/m)
  const run = startGateway.at(-1) ?? ''
  await succeed(newcomer, startGateway.slice(0, -1).join('\n'))
  await newcomer.start(run).until(/listens at/)
  program = ask.slice(0, -1)
  const running = newcomer.start(ask.at(-1) ?? '')
  const url = await running.until(/Open (\S+)/)
  host = { url, password: await running.until(/ with (\S+)/) }
})

afterAll(() => newcomer?.close())

describe('the guide of the gateway', () => {
  it('asks Qlik as Ada in the terminal', async () => {
    const said = await succeed(newcomer, program.join('\n'))
    expect(said).toContain('"subject":"ada"')
    expect(said).toContain('"name":"Movies"')
  })

  it('shows a chart in the browser, with one cookie', async () => {
    const browser = await launchChromium()
    try {
      const { url, password } = host
      const httpCredentials = { username: 'ada', password }
      const context = await openContext(browser, { httpCredentials })
      const tab = await context.newPage()
      const complaints = collectComplaints(tab)
      await tab.goto(url)
      await tab.frameLocator('iframe').locator('canvas, svg').first().waitFor()
      const count = await createColourCount(browser)
      await expect.poll(() => count(tab.locator('iframe'))).toBeGreaterThan(20)
      expect((await context.cookies()).map(({ name }) => name)).toEqual(['__Host-jotgate'])
      // A picture for the tab, which the page does not have.
      expect(complaints.filter((one) => !/status of 404/.test(one))).toEqual([])
    } finally {
      await browser.close()
    }
  })

  it('gives an assertion to nobody else, and to no other page', async () => {
    const { url, password } = host
    const authorization = `Basic ${btoa(`ada:${password}`)}`
    const local = url.replace('www.acme.', '')
    const ask = (headers: Record<string, string>, method = 'POST') =>
      fetch(`${local}/assertion`, { method, headers })
    expect((await ask({ authorization, origin: url })).status).toBe(200)
    for (const [status, answer] of [
      [401, await ask({ origin: url })],
      [404, await ask({ authorization })],
      [404, await ask({ authorization, origin: 'http://evil.example' })],
      [404, await ask({ authorization, origin: url }, 'GET')],
    ] as const) {
      expect(answer.status).toBe(status)
      expect(await answer.text()).toBe('')
    }
  })

  it('has an audit log that is whole', async () => {
    const [verify = []] = blocksIn(section('The audit log'))
    expect(await succeed(newcomer, verify.join('\n'))).toContain('The log is whole')
  })

  it('has settings for a tenant that the command takes', async () => {
    const settings = JSON.parse(`{${firstIn(section('With your tenant'), 'json')}}`)
    const further = JSON.parse(`{${firstIn(section('Who may, and as whom'), 'json')}}`)
    expect(further.authorise.groups.allow).toEqual(settings.gateway.authorise.groups.allow)
    const config = JSON.parse(await readFile(join(newcomer.folder, 'jotgate.config.json'), 'utf8'))
    config.gateway = { ...settings.gateway, ...further }
    config.gateway.authorise.unverifiedEmail = JSON.parse(
      /`(\{ "replaceBy": [^`]+)`/.exec(guide)?.[1] ?? '',
    )
    await newcomer.write('tenant.json', JSON.stringify(config))
    const { exitCode, err } = await newcomer.run('npx jotgate gateway --check --config tenant.json')
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: 'The gateway has no problems.\n' })
  })
})
