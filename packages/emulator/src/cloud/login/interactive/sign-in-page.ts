import type { Person } from './people.ts'

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif;
  --line: light-dark(#c9ced6, #4a5160); --quiet: light-dark(#4a5160, #b6bdc9);
  --card: light-dark(#fff, #1c2028); --ground: light-dark(#f3f5f8, #12151b); --strong: light-dark(#0b57a4, #8cc2ff) }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--ground); padding: 1rem }
main { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 2rem; width: min(30rem, 100%) }
h1 { font-size: 1.4rem; margin: 0 0 .25rem } h2 { font-size: 1rem; margin: 2rem 0 .5rem }
p { margin: 0 0 1rem; color: var(--quiet) }
ul { list-style: none; margin: 0; padding: 0; display: grid; gap: .5rem }
button { font: inherit; color: inherit; background: none; border: 1px solid var(--line); border-radius: 8px;
  padding: .6rem .9rem; width: 100%; text-align: left; cursor: pointer }
button:hover { border-color: var(--strong) } button span { display: block; color: var(--quiet); font-size: .9rem }
:focus-visible { outline: 3px solid var(--strong); outline-offset: 2px }
.hint { border-color: var(--strong); border-width: 2px }
label { display: block; margin: .6rem 0 .2rem }
input, select { font: inherit; width: 100%; padding: .45rem .6rem; border: 1px solid var(--line); border-radius: 8px }
form.own button { margin-top: 1rem; text-align: center }
`

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
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Log in: jotgate-emulator</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>Who are you?</h1>
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
<ul>${wrongs.join('\n')}</ul>
</main>
</body>
</html>
`
}
