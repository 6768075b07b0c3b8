import { type ConnectionEvent, connect, type QlikConnection, type QlikUser } from 'jotgate/browser'
import { fillInCode, showCopyButton } from './copy-code.ts'
import { elementById } from './element.ts'
import { failureError, toFailure } from './failure.ts'
import { showFailure } from './failure-panel.ts'
import { getAssertion } from './get-assertion.ts'
import { connectInteractively, logOutOfQlik } from './interactive-login.ts'
import { chosenLogin, goToQlikLogin, hideLoginChoice, showLoginChoice } from './login-choice.ts'
import { type PortalConfig, readPortalConfig } from './portal-config.ts'
import { showRoute } from './route.ts'
import { showLoginStep } from './steps.ts'

/** What a view starts with. */
export interface ViewContext {
  qlik: QlikConnection
  config: PortalConfig
  user: QlikUser
}

/** All that a page has to do to log somebody in through a gateway. `onStep` only feeds the strip. */
function connectThroughGateway({ qlik }: PortalConfig): Promise<QlikConnection> {
  return connect({
    mode: 'gateway',
    url: qlik.url,
    assertion: getAssertion,
    onStep: showLoginStep,
    onEvent: showConnectionEvent,
  })
}

/** All that a page has to do to log somebody in to Qlik itself. */
function connectByToken({ qlik }: PortalConfig): Promise<QlikConnection> {
  return connect({
    mode: 'direct',
    url: qlik.url,
    webIntegrationId: qlik.webIntegrationId ?? '',
    token: { url: '/token' },
    onStep: showLoginStep,
    onEvent: showConnectionEvent,
  })
}

/**
 * Logs in to Qlik, then shows a view. What fails is shown on the page.
 *
 * @param show draws the view
 */
export function enter(show: (context: ViewContext) => Promise<void>): void {
  let config: PortalConfig | undefined
  const run = async () => {
    showCopyButton()
    config = await readPortalConfig()
    fillInCode(config)
    showPortalUser(config)
    elementById('portal-subject', HTMLElement).textContent = config.user.subject
    showRoute(config)
    const isInteractive = config.way === 'direct' && chosenLogin() === 'interactive'
    const qlik = await logIn(config, isInteractive)
    signOutOfBoth(qlik)
    const user = await qlik.user()
    if (!isInteractive) assertSamePerson(user, config)
    showQlikUser(user, config)
    await show({ qlik, config, user })
  }
  run().catch((error: unknown) => {
    // A sign-out closes the engine's socket, perhaps while charts are drawn.
    if (isLeaving) return
    const failure = toFailure(error, config)
    if (failure.code !== undefined) console.error(error)
    showFailure(failure, () => config && goToQlikLogin(config.qlik))
  })
}

function logIn(config: PortalConfig, isInteractive: boolean): Promise<QlikConnection> {
  if (config.way === 'gateway') {
    hideLoginChoice()
    return connectThroughGateway(config)
  }
  offerLoginChoice(config)
  return isInteractive ? connectInteractively(config) : connectByToken(config)
}

function offerLoginChoice(config: PortalConfig): void {
  showLoginChoice(async (kind) => {
    isLeaving = true
    // Otherwise the session that is there would be used, and the new choice would not show.
    await logOutOfQlik(config.qlik.url).catch(() => {})
    if (kind === 'interactive') goToQlikLogin(config.qlik)
    else location.reload()
  })
}

export function showPortalUser({ user }: PortalConfig): void {
  elementById('portal-user-name', HTMLElement).textContent = user.name
  elementById('portal-user-role', HTMLElement).textContent = user.role
  portalSubject = user.subject
}

/** Whom the portal knew when the page was loaded. */
let portalSubject: string | undefined

/** Nobody may see another person's data, so a mix-up is an error. */
function assertSamePerson(qlikUser: QlikUser, { user }: PortalConfig): void {
  if (qlikUser.subject === user.subject) return
  throw failureError({
    title: 'Somebody else is logged in to Qlik',
    reason: `You are signed in to the portal as ${user.name}, but this browser’s session at Qlik belongs to ${qlikUser.name}.`,
    remedy: 'Sign out and sign in again. If it happens again, tell the people who run the portal.',
    code: 'QLIK_USER_DIFFERS',
    wayOut: 'try-again',
  })
}

/** Shows who is logged in to Qlik. */
function showQlikUser(qlikUser: QlikUser, { user }: PortalConfig): void {
  const line = elementById('qlik-user', HTMLElement)
  const name = document.createElement('strong')
  name.textContent = qlikUser.name
  line.replaceChildren('Logged in to Qlik as ', name)
  if (qlikUser.subject !== user.subject) line.append(` (the portal’s ${user.name} is another user)`)
  for (const { name: groupName } of qlikUser.assignedGroups) {
    const group = document.createElement('span')
    group.className = 'group'
    group.textContent = groupName
    line.append(' ', group)
  }
}

/** From then on, a closed socket is expected. */
let isLeaving = false

/** Whether this page is being left, so that what fails now is expected. */
export const hasLeft = () => isLeaving

/** Signing out of the portal ends the session at Qlik as well. It does not wait long for a Qlik that is down. */
export function signOutOfBoth(qlik: Pick<QlikConnection, 'logout'>): void {
  const form = elementById('sign-out', HTMLFormElement)
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    isLeaving = true
    const patience = new Promise((resolve) => setTimeout(resolve, 2000))
    await Promise.race([qlik.logout().catch(() => {}), patience])
    form.submit()
  })
}

/** When the connection has ended, the page shows nothing more of the person. */
export async function showConnectionEvent(event: ConnectionEvent): Promise<void> {
  if (isLeaving || event.state !== 'ended') return
  isLeaving = true
  showFailure(toFailure(event.error))
  // A sign-out in another tab ends the session at Qlik first, and that of the portal a moment later.
  for (const waitMs of [0, 200, 500, 2000]) {
    await new Promise((resolve) => setTimeout(resolve, waitMs))
    const { user } = await readPortalConfig().catch(() => ({ user: undefined }))
    // The portal then answers with the sign-in page, or with the new person's page.
    if (user?.subject !== portalSubject) return location.reload()
  }
}

/** For views whose engine socket closed while it was in use. */
export function onConnectionLost(): void {
  if (isLeaving) return
  showFailure({
    title: 'The connection to Qlik was closed',
    reason:
      'Qlik closed the web socket. Your session at Qlik may have ended, or Qlik was restarted.',
    remedy: 'Try again. The portal then signs a new token.',
    code: 'ENGINE_LOST',
    wayOut: 'try-again',
  })
}

addEventListener('pagehide', () => {
  isLeaving = true
})
// nebula.js does not handle the errors of charts that are being drawn when the socket closes.
addEventListener('unhandledrejection', (event) => {
  if (isLeaving) event.preventDefault()
})
// A page from the browser's cache may be that of somebody who has signed out.
addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload()
})
