import { connect, type QlikConnection, type QlikUser } from 'jotgate/browser'
import { beginView } from './begin-view.ts'
import { fillInCode } from './copy-code.ts'
import { elementById } from './element.ts'
import { failureError } from './failure.ts'
import { assertionFrom } from './get-assertion.ts'
import { connectInteractively } from './interactive-login.ts'
import { leave } from './leaving.ts'
import { chosenLogin, goToQlikLogin, hideLoginChoice, showLoginChoice } from './login-choice.ts'
import type { PortalConfig } from './portal-config.ts'
import { logOutOfQlik } from './qlik-sessions.ts'
import { showRoute } from './route.ts'
import { watched } from './watched.ts'

/** What a view starts with. */
export interface ViewContext {
  qlik: QlikConnection
  config: PortalConfig
  user: QlikUser
}

/** All that a page has to do to log somebody in through a gateway. */
function connectThroughGateway(config: PortalConfig): Promise<QlikConnection> {
  return connect({
    mode: 'gateway',
    url: config.qlik.url,
    assertion: assertionFrom('/assertion'),
    ...watched(config),
  })
}

/** All that a page has to do to log somebody in to Qlik itself. */
function connectByToken(config: PortalConfig): Promise<QlikConnection> {
  const { url, webIntegrationId = '' } = config.qlik
  return connect({
    mode: 'direct',
    url,
    webIntegrationId,
    token: { url: '/token' },
    ...watched(config),
  })
}

/**
 * Logs in to Qlik, then shows a view. What fails is shown on the page.
 *
 * @param show draws the view
 */
export function enter(show: (context: ViewContext) => Promise<void>): void {
  beginView({
    product: 'cloud',
    describe(config) {
      fillInCode(config)
      elementById('portal-subject', HTMLElement).textContent = config.user.subject
      showRoute(config, config.qlik.url)
    },
    connect: logIn,
    async show(config, qlik) {
      const user = await qlik.user()
      if (!isInteractive(config)) assertSamePerson(user, config)
      showQlikUser(user, config)
      await show({ qlik, config, user })
    },
    goToQlik: ({ qlik }) => goToQlikLogin(qlik),
  })
}

const isInteractive = ({ way }: PortalConfig) => way === 'direct' && chosenLogin() === 'interactive'

function logIn(config: PortalConfig): Promise<QlikConnection> {
  if (config.way === 'gateway') {
    hideLoginChoice()
    return connectThroughGateway(config)
  }
  offerLoginChoice(config)
  return isInteractive(config) ? connectInteractively(config) : connectByToken(config)
}

function offerLoginChoice(config: PortalConfig): void {
  showLoginChoice(async (kind) => {
    leave()
    // Otherwise the session that is there would be used, and the new choice would not show.
    await logOutOfQlik(config.qlik.url).catch(() => {})
    if (kind === 'interactive') goToQlikLogin(config.qlik)
    else location.reload()
  })
}

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
