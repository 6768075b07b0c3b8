import { readFileSync } from 'node:fs'
import { escapeHtml } from '../../pages/escape-html.ts'
import type { RunningWorkbench } from '../product.ts'
import { expectedValues } from '../switch-definition.ts'

/** What the emulator says about itself. */
export interface Information {
  readonly what: string
  readonly version: string
  readonly now: string
  /** The names of the products that run here. */
  readonly products: readonly string[]
  readonly apps: readonly { readonly id: string; readonly name: string }[]
  readonly switches: readonly {
    readonly name: string
    readonly value: string | number | boolean
    readonly takes: string
    readonly fact: string
  }[]
  readonly api: readonly string[]
}

/** One method and path of the control API. */
export interface ControlRoute {
  readonly method: string
  readonly path: string
}

/** The version of this package, also where it is compiled to dist/. */
export const emulatorVersion = (
  JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
).version

/** @param routes what is answered below `/_emulator` */
export function toInformation(
  { products, clock, engine }: RunningWorkbench,
  routes: readonly ControlRoute[],
): Information {
  const titles = products.map(({ definition }) => definition.title).join(' and ')
  return {
    what: `jotgate-emulator: a local stand-in for ${titles}, for development and tests. It is not Qlik and protects nothing.`,
    version: emulatorVersion,
    now: clock.now().toISOString(),
    apps: engine.apps().map(({ id, name }) => ({ id, name })),
    products: products.map(({ definition }) => definition.name),
    switches: products.flatMap(({ definition, switches }) => {
      const values = switches.get()
      return Object.entries(definition.switches).map(([name, one]) => ({
        name,
        value: values[name] ?? one.default,
        takes: expectedValues(one),
        fact: one.fact,
      }))
    }),
    api: callsIn(routes),
  }
}

/** Each path of the API once, with its methods in front: `GET, PATCH /_emulator/api/switches`. */
function callsIn(routes: readonly ControlRoute[]): string[] {
  const methods = new Map<string, Set<string>>()
  for (const { method, path } of routes) {
    if (method === 'ALL' || !path.startsWith('/_emulator/api/')) continue
    methods.set(path, (methods.get(path) ?? new Set()).add(method))
  }
  return [...methods]
    .map(([path, all]) => `${[...all].join(', ')} ${path}`)
    .sort((one, other) => (one.replace(/^.* /, '') < other.replace(/^.* /, '') ? -1 : 1))
}

/** The same as a page without scripts. */
export function toInformationPage(information: Information): string {
  const { what, version, now, apps, switches, api } = information
  const row = (cells: readonly string[]) =>
    `<tr>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>jotgate-emulator</title>
<style>
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #8886; vertical-align: top }
</style>
</head>
<body>
<main>
<h1>jotgate-emulator ${escapeHtml(version)}</h1>
<p>${escapeHtml(what)}</p>
<p>Its clock shows ${escapeHtml(now)}.</p>
<h2>Apps</h2>
<table><thead><tr><th scope="col">Name</th><th scope="col">ID</th></tr></thead>
<tbody>${apps.map((app) => row([app.name, app.id])).join('')}</tbody></table>
<h2>Switches: what is not known of Qlik</h2>
<table><thead><tr><th scope="col">Switch</th><th scope="col">Now</th><th scope="col">Takes</th><th scope="col">About</th></tr></thead>
<tbody>${switches.map((one) => row([one.name, String(one.value), one.takes, one.fact])).join('')}</tbody></table>
<h2>Control</h2>
<ul>${api.map((line) => `<li><code>${escapeHtml(line)}</code></li>`).join('')}</ul>
<p>Writes need the header <code>Authorization: Bearer KEY</code> with the administrator’s key.</p>
</main>
</body>
</html>
`
}
