// The guide as it stands: its files, its commands, and a chart in Chromium.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createEmulator, createMoviesApp } from 'jotgate-emulator'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { filesIn, firstChartFile } from '../../scripts/docs/first-chart.ts'
import { launchChromium } from '../e2e/chromium.ts'
import { findFreePort } from '../e2e/free-port.ts'
import {
  attackTokenEndpoint,
  type RunningApplication,
  seeChart,
  startApplication,
  startLocalQlik,
  succeed,
} from './first-chart-checks.ts'
import { createNewcomer, type Newcomer } from './newcomer.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const guide = await readFile(join(root, firstChartFile), 'utf8')

/** The part of the guide below a heading. */
function section(heading: string): string {
  const [, text] = guide.split(`\n## ${heading}\n`)
  if (text === undefined) throw new Error(`The guide has no part ${heading}`)
  return text.split(/\n## /)[0] ?? ''
}

/** The lines of its blocks for the shell, without those that need the registry or another folder. */
function blocksIn(text: string): string[][] {
  return [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block = '']) =>
    block
      .trim()
      .split('\n')
      .filter((line) => !/^(mkdir|npm install) /.test(line)),
  )
}

let browser: Browser

beforeAll(async () => {
  browser = await launchChromium()
})

afterAll(() => browser?.close())

/** The files that a part shows, and those of Express that it names in one sentence. */
function filesOf(part: string): Map<string, string> {
  const [sentence = ''] = /^.*are \[those of Express\]/m.exec(part) ?? []
  const ofExpress = filesIn(section('With Express'))
  const named = [...sentence.matchAll(/`([^`]+)`/g)].map(
    ([, name = '']) => [name, ofExpress.get(name) ?? ''] as const,
  )
  return new Map([...named, ...filesIn(part)])
}

describe.each([
  ['Express', /Open http/],
  ['Next.js', /Ready in/],
])('with %s', (framework, isReady) => {
  let newcomer: Newcomer
  let running: RunningApplication

  beforeAll(async () => {
    newcomer = await createNewcomer()
    const part = section(`With ${framework}`)
    const [init = [], [emulator = ''] = [], setUp = []] = blocksIn(part)
    for (const line of init) await succeed(newcomer, line)
    for (const [file, text] of filesOf(part)) await newcomer.write(file, text)
    const qlik = await startLocalQlik(newcomer, emulator)
    const port = await findFreePort()
    const env = { QLIK_URL: qlik, PAGE_ORIGIN: `http://localhost:${port}` }
    for (const line of setUp.slice(0, -1)) await succeed(newcomer, line, env)
    running = await startApplication(newcomer, setUp.at(-1) ?? '', { port, isReady })
  })

  afterAll(() => newcomer?.close())

  it('a person logs in and sees a chart', () => seeChart(browser, running))

  it('nobody else gets a token', () => attackTokenEndpoint(running))
})

describe('with a real tenant', () => {
  const [[url = '', key = '', setUp = ''] = [], [app = ''] = []] = blocksIn(
    section('With a real tenant'),
  )

  it('several apps are listed, one is chosen, and nothing is made twice', async () => {
    const adminKey = 'from-your-secrets'
    const movies = await createMoviesApp()
    const emulator = await createEmulator({
      apps: [movies, { ...movies, id: '6d6f7669-6573-4a6f-8761-746500003202', name: 'Sequels' }],
      adminKey,
    })
    const newcomer = await createNewcomer()
    try {
      for (const [file, text] of filesIn(section('With Express'))) await newcomer.write(file, text)
      const tenant = `${url.replace('https://acme.eu.qlikcloud.com', emulator.url)}\n${key.replace('from your secrets', adminKey)}`
      const asked = await newcomer.run(`${tenant}\n${setUp}`)
      expect(asked).toMatchObject({ exitCode: 1, out: '' })
      expect(asked.err).toMatch(/QLIK_APP_ID[\s\S]*\n {2}\S+02 {2}Sequels\n/)
      const chosen = app.replace('the ID of the app', '6d6f7669-6573-4a6f-8761-746500003202')
      const line = `${tenant}\n${chosen}\n${setUp}`
      const first = await succeed(newcomer, line)
      const settings = JSON.parse(
        await readFile(join(newcomer.folder, 'qlik/settings.json'), 'utf8'),
      )
      expect(settings).toMatchObject({ url: emulator.url, appId: expect.stringMatching(/02$/) })
      expect(await succeed(newcomer, line)).toBe(first)
      const providers = await fetch(`${emulator.url}/api/v1/identity-providers`, {
        headers: { authorization: `Bearer ${adminKey}` },
      })
      expect((await providers.json()).data).toHaveLength(1)
    } finally {
      await newcomer.close()
      await emulator.close()
    }
  })
})
