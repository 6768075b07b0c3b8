import { elementById } from './element.ts'
import { showLoginKind } from './steps.ts'

/** Kept for this tab, so that it is still there after Qlik's login page. */
const kindKey = 'portal.login'
const sentKey = 'portal.sent-to-qlik'

/** What was chosen in this tab, where the page reaches Qlik directly. */
export function chosenLogin(): 'jwt' | 'interactive' {
  return sessionStorage.getItem(kindKey) === 'interactive' ? 'interactive' : 'jwt'
}

/** Opens Qlik's login page, which leads back to this view. */
export function goToQlikLogin(qlik: { url: string; webIntegrationId?: string }): void {
  sessionStorage.setItem(sentKey, String(Date.now()))
  const login = new URL('/login', qlik.url)
  login.searchParams.set('qlik-web-integration-id', qlik.webIntegrationId ?? '')
  login.searchParams.set('returnto', location.origin + location.pathname)
  location.assign(login)
}

/** When this tab opened Qlik's login page, in milliseconds since 1970; asking for it forgets it. */
export function takeSentToQlik(): number | undefined {
  const sent = sessionStorage.getItem(sentKey)
  sessionStorage.removeItem(sentKey)
  return sent === null ? undefined : Number(sent)
}

/**
 * Lets people switch between the two.
 *
 * @param onChange acts on the new choice, and leaves the page or loads it again
 */
export function showLoginChoice(onChange: (kind: 'jwt' | 'interactive') => Promise<void>): void {
  const kind = chosenLogin()
  const choice = elementById('login-choice', HTMLFieldSetElement)
  showLoginKind(kind)
  elementById('interactive-note', HTMLElement).hidden = kind !== 'interactive'
  for (const input of choice.querySelectorAll('input')) {
    input.checked = input.value === kind
    input.addEventListener('change', () => {
      const chosen = input.value === 'interactive' ? 'interactive' : 'jwt'
      sessionStorage.setItem(kindKey, chosen)
      void onChange(chosen)
    })
  }
}

/** Behind a gateway there is no choice: Qlik's login page is not reached. */
export function hideLoginChoice(): void {
  elementById('login-choice', HTMLFieldSetElement).remove()
  showLoginKind('gateway')
}
