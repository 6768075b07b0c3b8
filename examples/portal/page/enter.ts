import { type ConnectionEvent, connect, type QlikConnection, type QlikUser } from 'jotgate/browser'
import { fillInCode, showCopyButton } from './copy-code.ts'
import { elementById } from './element.ts'
import { failureError, toFailure } from './failure.ts'
import { showFailure } from './failure-panel.ts'
import { connectInteractively, logOutOfQlik } from './interactive-login.ts'
import { chosenLogin, goToQlikLogin, showLoginChoice } from './login-choice.ts'
import { type PortalConfig, readPortalConfig } from './portal-config.ts'
import { showLoginStep } from './steps.ts'

/** What a view starts with. */
export interface ViewContext {
  qlik: QlikConnection
  config: PortalConfig
  user: QlikUser
}

/** All that a page has to do to log somebody in to Qlik. `onStep` only feeds the strip. */
function connectByToken({ qlik }: PortalConfig): Promise<QlikConnection> {
  return connect({
    mode: 'direct',
    url: qlik.url,
    webIntegrationId: qlik.webIntegrationId,
    token: { url: '/token' },
    onStep: showLoginStep,
    onEvent: showConnectionEvent,
  })
}

/**
 * Goes the whole way in, then shows a view. What stands in the way is told on the page.
 *
 * @param show does what is the view's own
 */
export function enter(show: (context: ViewContext) => Promise<void>): void {
  let config: PortalConfig | undefined
  const run = async () => {
    showCopyButton()
    config = await readPortalConfig()
    fillInCode(config)
    showPortalUser(config)
    offerLoginChoice(config)
    const isByToken = chosenLogin() === 'jwt'
    const qlik = await (isByToken ? connectByToken(config) : connectInteractively(config))
    signOutOfBoth(qlik)
    const user = await qlik.user()
    if (isByToken) assertSamePerson(user, config)
    showQlikUser(user, config)
    await show({ qlik, config, user })
  }
  run().catch((error: unknown) => {
    // Who signs out while charts are drawn takes the engine away from them.
    if (isLeaving) return
    const failure = toFailure(error, config)
    if (failure.code !== undefined) console.error(error)
    showFailure(failure, () => config && goToQlikLogin(config.qlik))
  })
}

function offerLoginChoice(config: PortalConfig): void {
  showLoginChoice(async (kind) => {
    isLeaving = true
    // Otherwise the session of the other way would let them in, and nothing would be seen of this one.
    await logOutOfQlik(config.qlik.url).catch(() => {})
    if (kind === 'interactive') goToQlikLogin(config.qlik)
    else location.reload()
  })
}

function showPortalUser({ user }: PortalConfig): void {
  elementById('portal-user-name', HTMLElement).textContent = user.name
  elementById('portal-user-role', HTMLElement).textContent = user.role
  elementById('portal-subject', HTMLElement).textContent = user.subject
}

/** Somebody else would be a mistake that must not go unseen. */
function assertSamePerson(qlikUser: QlikUser, { user }: PortalConfig): void {
  if (qlikUser.subject === user.subject) return
  throw failureError({
    title: 'Qlik takes you for somebody else',
    reason: `The portal knows you as ${user.name}, but this browser’s session at Qlik is that of ${qlikUser.name}.`,
    remedy: 'Sign out and in again. If it stays, tell whoever runs the portal.',
    code: 'QLIK_USER_DIFFERS',
    wayOut: 'try-again',
  })
}

/** Says who Qlik takes this person for. */
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

/** From here on, an engine that hangs up is expected. */
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

/** A connection that has ended shows nothing more of the person whose it was. */
async function showConnectionEvent(event: ConnectionEvent): Promise<void> {
  if (isLeaving || event.state !== 'ended') return
  isLeaving = true
  showFailure(toFailure(event.error))
  // Who signs out in another tab signs out of Qlik first and of the portal a moment later.
  const subject = elementById('portal-subject', HTMLElement).textContent
  for (const waitMs of [0, 200, 500, 2000]) {
    await new Promise((resolve) => setTimeout(resolve, waitMs))
    const { user } = await readPortalConfig().catch(() => ({ user: undefined }))
    // The portal's answer is then its page to sign in at, or the new person's page.
    if (user?.subject !== subject) return location.reload()
  }
}

/** For views whose engine socket closed while it was in use. */
export function onConnectionLost(): void {
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
// nebula.js leaves promises of charts that are still being drawn to themselves when the engine goes.
addEventListener('unhandledrejection', (event) => {
  if (isLeaving) event.preventDefault()
})
// A page that the browser kept and shows again may be that of somebody who has signed out.
addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload()
})
