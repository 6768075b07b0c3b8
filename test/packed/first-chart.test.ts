// The guide as it stands: its files, its commands, and a chart in Chromium.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createEmulator, createMoviesApp } from 'jotgate-emulator'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '../e2e/chromium.ts'
import {
  attackTokenEndpoint,
  type RunningApplication,
  seeChart,
  succeed,
} from './first-chart-checks.ts'
import { blocksIn, filesOf, followGuide, guided, section } from './guide.ts'
import { createNewcomer, type Newcomer } from './newcomer.ts'

let browser: Browser

beforeAll(async () => {
  browser = await launchChromium()
})

afterAll(() => browser?.close())

describe.each(guided)('with $framework', (options) => {
  let newcomer: Newcomer
  let running: RunningApplication

  beforeAll(async () => {
    newcomer = await createNewcomer()
    running = await followGuide(newcomer, { ...options, installs: false })
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
      for (const [file, text] of filesOf(section('With Express'))) await newcomer.write(file, text)
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
