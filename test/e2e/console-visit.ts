import type { Page } from 'playwright-core'
import { collectComplaints, launchChromium, openContext } from './chromium.ts'
import { createTenant, type Tenant } from './stage.ts'

export const ada = {
  subject: 'ada',
  name: 'Ada',
  email: 'ada@acme.example',
  emailVerified: true,
}

/** What each view shows once it has asked the emulator. */
export const contentOf = {
  requests: '.rows li',
  engine: '.count',
  'set-up': 'main table',
  people: 'main table',
  data: 'main table',
  faults: '.switches li',
  errors: '.cards li',
} as const

export type ViewName = keyof typeof contentOf

interface Visit {
  page: Page
  complaints: string[]
  /** Addresses of other origins that the page asked for. */
  foreign: string[]
}

/** A tenant, and a browser that looks at its console. */
export interface ConsoleStage {
  tenant: Tenant
  /** Opens the console, with the key as the emulator prints it or without. */
  visit(
    view: ViewName,
    options?: { withKey?: boolean; colorScheme?: 'light' | 'dark'; width?: number },
  ): Promise<Visit>
  postToken(token: string): Promise<Response>
  /** Ends all visits, and the faults that they switched on. */
  endVisits(): Promise<void>
  close(): Promise<void>
}

export async function openConsole(): Promise<ConsoleStage> {
  const [tenant, browser] = await Promise.all([createTenant(), launchChromium()])
  const endVisits = async () => {
    tenant.emulator.faults.clear()
    await Promise.all(browser.contexts().map((context) => context.close()))
  }
  return {
    tenant,
    endVisits,
    async visit(view, { withKey = true, colorScheme = 'light', width = 1280 } = {}) {
      const { url, consoleUrl } = tenant.emulator
      const context = await openContext(browser, { viewport: { width, height: 900 }, colorScheme })
      const page = await context.newPage()
      const complaints = collectComplaints(page)
      const foreign: string[] = []
      page.on('request', (request) => {
        if (new URL(request.url()).origin !== url) foreign.push(request.url())
      })
      await page.goto(withKey ? consoleUrl : `${url}/_emulator`)
      await page.getByRole('status').getByText('Live', { exact: true }).waitFor()
      if (view !== 'requests') await page.goto(`${url}/_emulator#/${view}`)
      await page.getByRole('heading', { level: 1 }).waitFor()
      return { page, complaints, foreign }
    },
    postToken: (token) =>
      fetch(`${tenant.emulator.url}/login/jwt-session`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
      }),
    async close() {
      await browser.close()
      await tenant.close()
    },
  }
}
