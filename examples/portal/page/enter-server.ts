import { connect, type QlikConnection, type QlikUser } from 'jotgate/browser'
import { beginView } from './begin-view.ts'
import { fillInServerCode } from './copy-code.ts'
import { elementById } from './element.ts'
import { failureError } from './failure.ts'
import { assertionFrom } from './get-assertion.ts'
import type { PortalConfig, ServerConfig } from './portal-config.ts'
import { showRoute } from './route.ts'
import { showLoginKind } from './steps.ts'
import { watched } from './watched.ts'

/** What a view of client-managed Qlik starts with. */
export interface ServerViewContext {
  qlik: QlikConnection
  server: ServerConfig
}

/** All that a page has to do to log somebody in through a gateway. */
function connectThroughGateway(config: PortalConfig, { url }: ServerConfig) {
  return connect({
    mode: 'gateway',
    url,
    assertion: assertionFrom('/assertion/client-managed'),
    ...watched(config),
  })
}

/** All that a page has to do to log somebody in to Qlik itself. */
function connectByToken(config: PortalConfig, { url, prefix }: ServerConfig) {
  return connect({
    mode: 'direct',
    product: 'client-managed',
    url,
    prefix,
    token: { url: '/token/client-managed' },
    ...watched(config),
  })
}

/**
 * Logs in to client-managed Qlik, then shows a view. What fails is shown on the page.
 *
 * @param show draws the view
 */
export function enterServer(show: (context: ServerViewContext) => Promise<void>): void {
  beginView({
    product: 'client-managed',
    describe(config) {
      const server = serverOf(config)
      fillInServerCode(config, server)
      showRoute(config, server.url)
      showLoginKind(config.way === 'gateway' ? 'gateway' : 'jwt')
      for (const element of document.querySelectorAll('[data-fill="prefix"]'))
        element.textContent = server.prefix
    },
    connect: (config) =>
      (config.way === 'gateway' ? connectThroughGateway : connectByToken)(config, serverOf(config)),
    async show(config, qlik) {
      const server = serverOf(config)
      const user = await qlik.user()
      assertSamePerson(user, server)
      showServerUser(user)
      await show({ qlik, server })
    },
  })
}

function serverOf({ server, mainUrl }: PortalConfig): ServerConfig {
  if (server !== undefined) return server
  throw failureError({
    title: 'Client-managed Qlik is not at this address',
    reason: 'This address of the portal has no way to client-managed Qlik.',
    remedy: 'Open the portal at its first address.',
    wayOut: 'try-again',
    otherAddress: { url: mainUrl + location.pathname, words: 'Open this view there' },
  })
}

/** Nobody may see another person's data, so a mix-up is an error. */
function assertSamePerson({ subject, id }: QlikUser, { userId }: ServerConfig): void {
  if (subject.toLowerCase() === userId.toLowerCase()) return
  throw failureError({
    title: 'Qlik has another user',
    reason: `You are ${userId} to the portal, but this browser’s session at Qlik is that of ${id}.`,
    remedy: 'Sign out and in again. If it stays, tell whoever runs the portal.',
    code: 'QLIK_USER_DIFFERS',
    wayOut: 'try-again',
  })
}

/** Shows who Qlik knows this person as. */
function showServerUser({ name: userName, id }: QlikUser): void {
  const name = document.createElement('strong')
  name.textContent = userName
  const account = document.createElement('code')
  account.textContent = id
  elementById('qlik-user', HTMLElement).replaceChildren(
    'Logged in to Qlik as ',
    name,
    ', ',
    account,
  )
}
