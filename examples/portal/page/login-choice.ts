import { elementById } from './element.ts'

/** How people log in to Qlik here: by a token that the portal signs, or at Qlik's own login page. */
export type LoginKind = 'jwt' | 'interactive'

/** Kept for this tab, so that it is still there after Qlik's login page. */
const kindKey = 'portal.login'
const sentKey = 'portal.sent-to-qlik'

/** What was chosen in this tab. */
export function chosenLogin(): LoginKind {
  return sessionStorage.getItem(kindKey) === 'interactive' ? 'interactive' : 'jwt'
}

/** Opens Qlik's login page, which leads back to this view. */
export function goToQlikLogin(qlik: { url: string; webIntegrationId: string }): void {
  sessionStorage.setItem(sentKey, String(Date.now()))
  const login = new URL('/login', qlik.url)
  login.searchParams.set('qlik-web-integration-id', qlik.webIntegrationId)
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
export function showLoginChoice(onChange: (kind: LoginKind) => Promise<void>): void {
  const kind = chosenLogin()
  const choice = elementById('login-choice', HTMLFieldSetElement)
  for (const item of document.querySelectorAll<HTMLElement>('#steps [data-login]'))
    item.hidden = item.dataset.login !== kind
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
