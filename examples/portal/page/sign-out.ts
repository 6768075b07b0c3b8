import { elementById } from './element.ts'
import { leave, reloadPage } from './leaving.ts'
import type { PortalConfig } from './portal-config.ts'
import { endQlikSessions, type ProductName } from './qlik-sessions.ts'

/** What a page logs out of: known once it has connected. */
export interface Connected {
  connection?: { readonly product: ProductName; logout(): Promise<void> }
}

/** All tabs of the portal, whichever product they show. */
const tabs = new BroadcastChannel('portal')

/** Another tab has signed out, or has chosen the other way: the portal then answers with another page. */
export function followOtherTabs(): void {
  tabs.addEventListener('message', reloadPage)
}

/** Signing out of the portal ends the sessions at Qlik as well, and leads every tab to the page to sign in at. */
export function offerSignOut(config: PortalConfig, page: Connected): void {
  sendAfterEnding('sign-out', config, page)
}

/** The other way begins without a session of this one, in every tab. */
export function offerOtherWay(config: PortalConfig, page: Connected): void {
  sendAfterEnding('route', config, page)
}

/** Sends a form when the sessions have ended, and then leads every tab to what the portal now answers. */
function sendAfterEnding(formId: string, config: PortalConfig, page: Connected): void {
  const form = elementById(formId, HTMLFormElement)
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    leave()
    await endQlikSessions(config, page.connection)
    const body = new URLSearchParams(
      [...new FormData(form)].map(([name, value]) => [name, String(value)]),
    )
    // Not as a navigation: the other tabs are told when the portal has answered, and not before.
    const init = { method: 'POST', body, redirect: 'manual' } as const
    const answer = await fetch(form.action, init).catch(() => undefined)
    if (answer === undefined) return form.submit()
    tabs.postMessage(formId)
    location.assign(form.dataset.then ?? location.pathname)
  })
}
