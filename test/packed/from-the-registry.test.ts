// As a new user does it, in a folder far from the project: with the registry's packages of today, and with what each
// framework's own generator makes. It needs the registry, so only `npm run test:long` runs it. Hono's generator takes its
// templates from another place than the registry.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { launchChromium } from '../e2e/chromium.ts'
import { findFreePort } from '../e2e/free-port.ts'
import { seeChart, startApplication, startLocalQlik, succeed } from './first-chart-checks.ts'
import { followGuide, guided } from './guide.ts'
import { createRegistryNewcomer, type Newcomer } from './newcomer.ts'

const isLong = Number(process.env.JOTGATE_TEST_SCALE ?? 1) > 1

async function newcomer(): Promise<Newcomer> {
  const made = await createRegistryNewcomer()
  onTestFinished(() => made.close())
  return made
}

interface Generated {
  framework: string
  generate: string
  /** The file of the server, and the line below which the routes go; none where files are routes. */
  server?: { file: string; below: RegExp; app?: string }
  start: string
  isReady: RegExp
}

const generators: readonly Generated[] = [
  {
    framework: 'express',
    generate: 'npx --yes express-generator@4 --no-view --force .',
    server: { file: 'app.js', below: /^var app = express\(\);$/m },
    start: 'DEBUG=*:server npm start',
    isReady: /Listening on/,
  },
  {
    framework: 'fastify',
    generate: 'npx --yes fastify-cli@8 generate generated --esm && mv generated/* .',
    server: { file: 'app.js', below: /Place here your custom code!$/m, app: 'fastify' },
    start: 'FASTIFY_ADDRESS=localhost npm start',
    isReady: /Server listening/,
  },
  {
    framework: 'next',
    generate:
      'npx --yes create-next-app@16 generated --yes --skip-install --ts --src-dir --app --no-eslint --no-tailwind --use-npm --disable-git && mv generated/* .',
    start: 'npx next dev',
    isReady: /Ready in/,
  },
]

describe.runIf(isLong)('from the registry', () => {
  let browser: Browser

  beforeAll(async () => {
    browser = await launchChromium()
  })

  afterAll(() => browser?.close())

  it.each(guided)('the guide leads to a chart with $framework', async (options) => {
    const running = await followGuide(await newcomer(), { ...options, installs: true })
    await seeChart(browser, running)
  })

  it.each(generators)(
    'jotgate add in what the generator of $framework makes',
    async (generated) => {
      const { framework, generate, server, start, isReady } = generated
      const developer = await newcomer()
      await succeed(developer, generate)
      await succeed(developer, 'npm install jotgate')
      const added = JSON.parse(
        await succeed(developer, `npx jotgate add ${framework} --yes --json`),
      )
      const steps = added.next as { step: string; lines: string[] }[]
      const linesOf = (word: string) =>
        steps.filter(({ step }) => step.includes(word)).flatMap(({ lines }) => lines)
      for (const line of linesOf('Install')) await succeed(developer, line)
      if (server !== undefined) {
        const [load = '', mount = ''] = linesOf('Put this')
        const text = await readFile(join(developer.folder, server.file), 'utf8')
        expect(text).toMatch(server.below)
        const routed = text.replace(
          server.below,
          (line) => `${line}\n${mount.replace(/^app/, server.app ?? 'app')}`,
        )
        await developer.write(server.file, `${load}\n${routed}`)
      }
      const qlik = await startLocalQlik(developer, linesOf('local Qlik')[0] ?? '')
      const port = await findFreePort()
      const env = { QLIK_URL: qlik, PAGE_ORIGIN: `http://localhost:${port}` }
      for (const line of linesOf('trust')) await succeed(developer, line, env)
      await seeChart(browser, await startApplication(developer, start, { port, isReady }))
    },
  )
})
