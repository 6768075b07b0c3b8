import type { QlikConnection } from 'jotgate/browser'
import { showCopyButton } from './copy-code.ts'
import { elementById } from './element.ts'
import { toFailure } from './failure.ts'
import { showFailure } from './failure-panel.ts'
import { hasLeft } from './leaving.ts'
import { type PortalConfig, readPortalConfig } from './portal-config.ts'
import { noteSession, type ProductName } from './qlik-sessions.ts'
import { endRecording } from './sent-requests.ts'
import { type Connected, followOtherTabs, offerOtherWay, offerSignOut } from './sign-out.ts'
import { showWhatHappened } from './what-happened.ts'

/** What a view has to do, whichever product it shows. */
export interface ViewWork {
  readonly product: ProductName
  /** Fills in what the page says of the way to this Qlik, before anything is asked of it. */
  describe(config: PortalConfig): void
  connect(config: PortalConfig): Promise<QlikConnection>
  show(config: PortalConfig, connection: QlikConnection): Promise<void>
  /** Opens Qlik's login page, where that is what to do after a failure. */
  goToQlik?(config: PortalConfig): void
}

/** Runs a view of the portal. What fails is shown on the page. */
export function beginView({ product, describe, connect, show, goToQlik }: ViewWork): void {
  let config: PortalConfig | undefined
  const run = async () => {
    showCopyButton()
    config = await readPortalConfig()
    showPortalUser(config)
    followOtherTabs()
    const page: Connected = {}
    offerSignOut(config, page)
    offerOtherWay(config, page)
    describe(config)
    // Before it is there: somebody may sign out while the login is under way.
    noteSession(config, product)
    const connection = await connect(config)
    endRecording()
    page.connection = { product, logout: connection.logout }
    await show(config, connection)
    showWhatHappened(config)
  }
  run().catch((error: unknown) => {
    // A sign-out closes the engine's socket, perhaps while charts are drawn.
    if (hasLeft()) return
    const failure = toFailure(error, config)
    if (failure.code !== undefined) console.error(error)
    showFailure(failure, () => config && goToQlik?.(config))
    if (config) showWhatHappened(config)
  })
}

function showPortalUser({ user }: PortalConfig): void {
  elementById('portal-user-name', HTMLElement).textContent = user.name
  elementById('portal-user-role', HTMLElement).textContent = user.role
}
