import type { ConnectionEvent } from 'jotgate/browser'
import { toFailure } from './failure.ts'
import { showFailure } from './failure-panel.ts'
import { hasLeft, leave, reloadPage } from './leaving.ts'
import { type PortalConfig, readPortalConfig } from './portal-config.ts'

/** When the connection has ended, the page shows nothing more of the person. */
export function showConnectionEvents(
  shown: PortalConfig,
): (event: ConnectionEvent) => Promise<void> {
  return async (event) => {
    if (hasLeft() || event.state !== 'ended') return
    leave()
    showFailure(toFailure(event.error))
    // A sign-out in another tab ends the session at Qlik first, and that of the portal a moment later.
    for (const waitMs of [0, 200, 500, 2000]) {
      await new Promise((resolve) => setTimeout(resolve, waitMs))
      const now = await readPortalConfig().catch(() => undefined)
      // The portal then answers with the sign-in page, with the new person's page, or with that of the other way.
      if (now?.user.subject !== shown.user.subject || now.way !== shown.way) return reloadPage()
    }
  }
}

/** For views whose engine socket closed while it was in use. */
export function onConnectionLost(): void {
  if (hasLeft()) return
  showFailure({
    title: 'The connection to Qlik was closed',
    reason:
      'The web socket was closed. Your session at Qlik may have ended, or Qlik was restarted.',
    remedy: 'Try again. The portal then says again who you are.',
    code: 'ENGINE_LOST',
    wayOut: 'try-again',
  })
}
