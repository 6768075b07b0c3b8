import { connect, type QlikConnection, type QlikUser } from 'jotgate/browser'
import { elementById } from './element.ts'
import { openApp } from './engine-app.ts'
import { failureError, toFailure } from './failure.ts'
import { showFailure } from './failure-panel.ts'
import { showNumbers } from './number-table.ts'
import { type PortalConfig, readPortalConfig } from './portal-config.ts'
import { asStep, fetchInSteps } from './steps.ts'

/** The whole way in: the portal's word, Qlik's session, the app, the charts. */
async function enter(): Promise<void> {
  // The charts are large: they come while the login is under way.
  const charts = import('./charts.ts')
  charts.catch(() => {})
  const config = await readPortalConfig()
  showPortalUser(config)

  // All that a page has to do to log somebody in to Qlik. The last line only feeds the strip.
  const qlik = await connect({
    mode: 'direct',
    url: config.qlik.url,
    webIntegrationId: config.qlik.webIntegrationId,
    token: { url: '/token' },
    fetch: fetchInSteps,
  })
  signOutOfBoth(qlik)
  showQlikUser(await qlik.user(), config)

  const app = await asStep('engine', () => openApp(qlik, config.qlik.appId, onConnectionLost))
  const chart = await (await charts).drawCharts(app)
  const showChartNumbers = async () =>
    showNumbers(await chart.getLayout(), 'US dollars, the highest first')
  chart.onChange(() => void showChartNumbers())
  await showChartNumbers()
}

function showPortalUser({ user }: PortalConfig): void {
  elementById('portal-user-name', HTMLElement).textContent = user.name
  elementById('portal-user-role', HTMLElement).textContent = user.role
}

/** Says who Qlik takes this person for. Somebody else would be a mistake that must not go unseen. */
function showQlikUser(qlikUser: QlikUser, { user }: PortalConfig): void {
  if (qlikUser.subject !== user.subject)
    throw failureError({
      title: 'Qlik takes you for somebody else',
      reason: `The portal knows you as ${user.name}, but this browser’s session at Qlik is that of ${qlikUser.name}.`,
      remedy: 'Sign out and in again. If it stays, tell whoever runs the portal.',
      code: 'QLIK_USER_DIFFERS',
      wayOut: 'try-again',
    })
  const line = elementById('qlik-user', HTMLElement)
  const name = document.createElement('strong')
  name.textContent = qlikUser.name
  line.replaceChildren('Logged in to Qlik as ', name)
  for (const { name: groupName } of qlikUser.assignedGroups) {
    const group = document.createElement('span')
    group.className = 'group'
    group.textContent = groupName
    line.append(' ', group)
  }
}

/** From here on, an engine that hangs up is no news. */
let isLeaving = false

/** Signing out of the portal ends the session at Qlik as well; a Qlik that is away cannot hold it up. */
function signOutOfBoth(qlik: QlikConnection): void {
  const form = elementById('sign-out', HTMLFormElement)
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    isLeaving = true
    const patience = new Promise((resolve) => setTimeout(resolve, 2000))
    await Promise.race([qlik.logout().catch(() => {}), patience])
    form.submit()
  })
}

function onConnectionLost(): void {
  if (isLeaving) return
  showFailure({
    title: 'The connection to Qlik ended',
    reason: 'Qlik closed the web socket: your session there may be over, or Qlik was restarted.',
    remedy: 'Try again: the portal signs a new token and you are back.',
    code: 'ENGINE_LOST',
    wayOut: 'try-again',
  })
}

addEventListener('pagehide', () => {
  isLeaving = true
})
// A page that the browser kept and shows again may be that of somebody who has signed out.
addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload()
})

enter().catch((error: unknown) => {
  const failure = toFailure(error)
  if (failure.code !== undefined) console.error(error)
  showFailure(failure)
})
