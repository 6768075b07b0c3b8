// The hub of client-managed Qlik at sense.server.localhost in a frame of a page at www.acme.localhost, through a gateway, in a
// browser that blocks third-party cookies.
import { expect, it, onTestFinished } from 'vitest'
import { collectComplaints } from './chromium.ts'
import { openCookieProfile } from './cookie-profile.ts'
import { createServerGatewayStage } from './gateway-stage.ts'
import { adaOfWarner } from './server-stage.ts'

it('shows the hub to its person, leads to an app, and leaves no cookie of Qlik’s', async () => {
  const stage = await createServerGatewayStage()
  onTestFinished(() => stage.close())
  const { context, close } = await openCookieProfile('blocked')
  onTestFinished(close)
  const frame = `<iframe title="Qlik" src="${stage.gatewayUrl}/jwt/hub/" width="900" height="700"></iframe>`
  const shell = (body: string) =>
    `<!doctype html><html lang="en"><title>Host</title><link rel="icon" href="data:,"><body>${body}</body></html>`
  stage.host.pages.set('/enter', { type: 'text/html; charset=utf-8', body: shell('Welcome') })
  stage.host.pages.set('/hub', { type: 'text/html; charset=utf-8', body: shell(frame) })
  const page = await stage.openTab(context, '/enter')
  const status = await page.evaluate(
    async ({ gateway, assertion }) => {
      const headers = { authorization: `Bearer ${assertion}` }
      const init = { method: 'POST', credentials: 'include', headers } as const
      return (await fetch(`${gateway}/.jotgate/login`, init)).status
    },
    { gateway: stage.gatewayUrl, assertion: stage.host.assertionFor(adaOfWarner) },
  )
  expect(status).toBe(200)
  const complaints = collectComplaints(page)
  await page.goto(`${stage.hostUrl}/hub`)
  const hub = page.frameLocator('iframe')
  await hub.getByText('ACME\\ada').waitFor()
  await hub.getByRole('link', { name: 'Movies' }).click()
  await hub.getByRole('heading', { name: 'Overview' }).waitFor()
  expect(complaints).toEqual([])
  const cookies = await context.cookies()
  expect(cookies.map(({ name }) => name)).toEqual(['__Host-jotgate'])
})
