import { escapeHtml } from './escape-html.ts'

/** Such a page loads nothing; no other page may frame it. Its few lines of style stand in it. */
export const cardPagePolicy =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif;
  --line: light-dark(#c9ced6, #4a5160); --quiet: light-dark(#4a5160, #b6bdc9);
  --card: light-dark(#fff, #1c2028); --ground: light-dark(#f3f5f8, #12151b); --strong: light-dark(#0b57a4, #8cc2ff) }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--ground); padding: 1rem }
main { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 2rem; width: min(30rem, 100%) }
h1 { font-size: 1.4rem; margin: 0 0 .25rem } h2 { font-size: 1rem; margin: 2rem 0 .5rem }
p { margin: 0 0 1rem; color: var(--quiet) }
ul { list-style: none; margin: 0; padding: 0; display: grid; grid-template-columns: minmax(0, 1fr); gap: .5rem }
a { color: var(--strong) }
button, .row { font: inherit; color: inherit; background: none; border: 1px solid var(--line); border-radius: 8px;
  padding: .6rem .9rem; width: 100%; text-align: left; cursor: pointer; display: block; text-decoration: none; overflow-wrap: anywhere }
button:hover, .row:hover { border-color: var(--strong) }
button span { display: block; color: var(--quiet); font-size: .9rem }
:focus-visible { outline: 3px solid var(--strong); outline-offset: 2px }
.hint { border-color: var(--strong); border-width: 2px }
label { display: block; margin: .6rem 0 .2rem }
input, select { font: inherit; width: 100%; padding: .45rem .6rem; border: 1px solid var(--line); border-radius: 8px }
form.own button { margin-top: 1rem; text-align: center }
.ways { margin: 2rem 0 0; display: flex; gap: 1.5rem }
`

/**
 * A small page without scripts: one card in the middle.
 *
 * @param values.body HTML, whose texts went through `escapeHtml`
 */
export function toCardPage({ title, body }: { title: string; body: string }): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`
}
