import { toCardPage } from '../../../pages/card-page.ts'
import { escapeHtml } from '../../../pages/escape-html.ts'
import type { Person } from '../../state/people.ts'

/** What the buttons of the form “go wrong on purpose” do. */
const outcomes = {
  'wrong-state': 'Come back with a wrong state (STATE-1)',
  'invalid-configuration': 'The configuration is invalid (INVALID-IDP-CONFIG)',
} as const

/** The page of the stand-in for a company's identity provider. */
export function toSignInPage(values: {
  people: readonly Person[]
  state: string
  hint: string | undefined
}): string {
  const { people, state, hint } = values
  const hidden = `<input type="hidden" name="state" value="${escapeHtml(state)}">`
  const isHinted = (person: Person) =>
    hint !== undefined && [person.email, person.subject].includes(hint)
  const sorted = [...people].sort((a, b) => Number(isHinted(b)) - Number(isHinted(a)))
  const rows = sorted.map(
    (person) => `<li><form method="post" action="/login/sign-in">${hidden}
<button name="subject" value="${escapeHtml(person.subject)}"${isHinted(person) ? ' class="hint"' : ''}>${escapeHtml(person.name)}
<span>${escapeHtml(person.email)}${person.isMember ? '' : ', not a member of the tenant'}</span></button></form></li>`,
  )
  const wrongs = Object.entries(outcomes).map(
    ([value, text]) => `<li><form method="post" action="/login/sign-in">${hidden}
<button name="outcome" value="${value}">${escapeHtml(text)}</button></form></li>`,
  )
  const typed = hint !== undefined && !people.some(isHinted) ? hint : ''
  return toCardPage({
    title: 'Log in: jotgate-emulator',
    body: `<h1>Who are you?</h1>
<p>This page stands in for a company’s identity provider. It is not Qlik and asks for no password.</p>
<ul>${rows.join('\n')}</ul>
<h2>Somebody else</h2>
<form class="own" method="post" action="/login/sign-in">${hidden}
<label for="subject">Subject</label><input id="subject" name="subject" required autocomplete="off" value="${escapeHtml(typed)}">
<label for="name">Name</label><input id="name" name="name" required autocomplete="off">
<label for="email">E-mail</label><input id="email" name="email" type="email" required autocomplete="off">
<button>Log in</button>
</form>
<h2>Go wrong on purpose</h2>
<ul>${wrongs.join('\n')}</ul>`,
  })
}
