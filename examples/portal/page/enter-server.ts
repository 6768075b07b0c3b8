import { type ClientManagedConnection, connect, type QlikUser } from 'jotgate/browser'
import { fillInServerCode, showCopyButton } from './copy-code.ts'
import { elementById } from './element.ts'
import { hasLeft, showConnectionEvent, showPortalUser, signOutOfBoth } from './enter.ts'
import { failureError, toFailure } from './failure.ts'
import { showFailure } from './failure-panel.ts'
import { type PortalConfig, readPortalConfig, type ServerConfig } from './portal-config.ts'
import { showLoginStep } from './steps.ts'

/** What a view of client-managed Qlik starts with. */
export interface ServerViewContext {
  qlik: ClientManagedConnection
  server: ServerConfig
}

/**
 * Logs in to client-managed Qlik, then shows a view. What fails is shown on the page.
 *
 * @param show draws the view
 */
export function enterServer(show: (context: ServerViewContext) => Promise<void>): void {
  let config: PortalConfig | undefined
  const run = async () => {
    showCopyButton()
    config = await readPortalConfig()
    showPortalUser(config)
    const { server } = config
    if (server === undefined)
      throw failureError({
        title: 'Client-managed Qlik is not behind this gateway',
        reason: 'The gateway of this address stands in front of Qlik Cloud alone.',
        remedy: 'Open the portal at the address where it reaches client-managed Qlik directly.',
        wayOut: 'try-again',
        otherAddress: {
          url: config.mainUrl + location.pathname,
          words: 'Open this view without the gateway',
        },
      })
    fillInServerCode(server)
    elementById('server-prefix', HTMLElement).textContent = server.prefix
    elementById('server-url', HTMLElement).textContent = server.url
    const qlik = await connect({
      mode: 'direct',
      product: 'client-managed',
      url: server.url,
      prefix: server.prefix,
      token: { url: '/token/client-managed' },
      onStep: showLoginStep,
      onEvent: showConnectionEvent,
    })
    signOutOfBoth(qlik)
    const user = await qlik.user()
    assertSamePerson(user, server)
    showServerUser(user)
    await show({ qlik, server })
  }
  run().catch((error: unknown) => {
    // A sign-out closes the engine's socket, perhaps while charts are drawn.
    if (hasLeft()) return
    const failure = toFailure(error, config)
    if (failure.code !== undefined) console.error(error)
    showFailure(failure)
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
