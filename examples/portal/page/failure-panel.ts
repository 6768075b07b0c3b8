import { elementById } from './element.ts'
import type { Failure } from './failure.ts'
import { showNotReached } from './steps.ts'

/**
 * Shows what failed, in the place of the charts.
 *
 * @param goToQlik opens Qlik's login page, where that is what to do
 */
export function showFailure(failure: Failure, goToQlik: () => void = () => {}): void {
  const say = (id: string, words: string) =>
    elementById(id, HTMLElement).replaceChildren(...toNodes(words))
  const panel = elementById('failure', HTMLElement)
  elementById('data', HTMLElement).hidden = true
  panel.hidden = false
  // A refusal that is right is not a fault: it has a calmer colour.
  panel.classList.toggle('is-gentle', failure.code === undefined)
  if (document.querySelector('#qlik-user .pulse')) say('qlik-user', 'Not logged in to Qlik')
  say('way-title', 'How far the login got')
  showNotReached()
  say('failure-title', failure.title)
  say('failure-reason', failure.reason)
  say('failure-remedy', failure.remedy)
  say('failure-code', failure.code ?? '')
  const tryAgain = elementById('try-again', HTMLButtonElement)
  tryAgain.hidden = failure.wayOut !== 'try-again'
  elementById('sign-in-again', HTMLAnchorElement).hidden = failure.wayOut !== 'sign-in'
  const qlikLogin = elementById('qlik-login', HTMLButtonElement)
  qlikLogin.hidden = failure.wayOut !== 'qlik-login'
  qlikLogin.onclick = goToQlik
  // Where another way works, it is the first thing to try.
  elementById('other-way', HTMLButtonElement).hidden = !failure.otherWay
  tryAgain.className = failure.otherWay ? 'button-quiet' : 'button'
  const otherAddress = elementById('other-address', HTMLAnchorElement)
  const { url, words } = failure.otherAddress ?? { url: '/', words: '' }
  otherAddress.hidden = words === '' || url === location.origin
  otherAddress.href = url
  otherAddress.textContent = words
  // A token is valid for one login, so trying again starts from the beginning. Loading the page while the portal
  // is down would show the browser's own error page.
  tryAgain.onclick = async () => {
    tryAgain.disabled = true
    const answers = await fetch(location.pathname, { method: 'HEAD', cache: 'no-store' }).then(
      () => true,
      () => false,
    )
    if (answers) return location.reload()
    tryAgain.disabled = false
    say('failure-title', 'The portal does not answer')
    say('failure-reason', `Nothing answers at ${location.origin}.`)
    say('failure-remedy', 'Check that the portal runs and that you are online, then try again.')
    say('failure-code', 'PORTAL_UNREACHABLE')
  }
}

/** What is between backticks is shown as code. */
function toNodes(words: string): (string | Node)[] {
  return words.split('`').map((part, index) => {
    if (index % 2 === 0) return part
    const code = document.createElement('code')
    code.textContent = part
    return code
  })
}
