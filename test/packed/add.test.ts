// `jotgate add` in an application of each framework: what it says to do next is done, and a chart is drawn.
import { cp, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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

const skeletons = fileURLToPath(new URL('skeletons/', import.meta.url))

interface Added {
  framework: string
  files: string[]
  next: { step: string; lines: string[] }[]
}

let browser: Browser

beforeAll(async () => {
  browser = await launchChromium()
})

afterAll(() => browser?.close())

describe.each([
  ['express', /Listening on/],
  ['fastify', /Listening on/],
  ['hono', /Listening on/],
  ['next', /Ready in/],
])('jotgate add in an application of %s', (framework, isReady) => {
  let newcomer: Newcomer
  let added: Added
  let running: RunningApplication

  beforeAll(async () => {
    newcomer = await createNewcomer()
    await cp(join(skeletons, framework), newcomer.folder, { recursive: true })
    added = JSON.parse(await succeed(newcomer, 'npx jotgate add --yes --json'))
    const linesOf = (word: string) =>
      added.next.filter(({ step }) => step.includes(word)).flatMap(({ lines }) => lines)
    const mount = linesOf('Put this').join('\n')
    if (mount !== '') {
      const server = await readFile(join(newcomer.folder, 'server.js'), 'utf8')
      await newcomer.write('server.js', server.replace('// HERE', mount))
    }
    const [emulator = ''] = linesOf('local Qlik')
    const qlik = await startLocalQlik(newcomer, emulator)
    const port = await findFreePort()
    const url = `http://localhost:${port}`
    const env = { QLIK_URL: qlik, PAGE_ORIGIN: url }
    for (const line of linesOf('trust')) await succeed(newcomer, line, env)
    running = await startApplication(newcomer, 'npm start', { port, isReady })
  })

  afterAll(() => newcomer?.close())

  it('names the packages that are missing', () => {
    const [install] = added.next
    expect(install?.lines).toEqual([
      expect.stringMatching(/^npm install jotgate enigma\.js @nebula\.js\/stardust /),
      expect.stringMatching(/^npm install --save-dev jotgate-emulator( vite)?$/),
    ])
  })

  it('a person logs in and sees a chart', () => seeChart(browser, running))

  it('nobody else gets a token', () => attackTokenEndpoint(running))

  it('what was there before is there still', async () => {
    const answer = await fetch(running.url)
    expect(await answer.text()).toContain('An application that was here before')
  })

  it('a second time it overwrites nothing', async () => {
    const again = await newcomer.run('npx jotgate add --yes --json')
    expect(again).toMatchObject({ exitCode: 1, out: '' })
    expect(JSON.parse(again.err)).toMatchObject({ error: { code: 'ERR_CLI_ADD_EXISTS' } })
  })
})
