import { readFileSync } from 'node:fs'
import type { Cloud } from '../cloud/cloud.ts'
import { escapeHtml } from '../pages/escape-html.ts'
import { type SwitchName, switchDefinitions } from './switch-definitions.ts'
import { expectedValues } from './switches.ts'

/** What the emulator says about itself. */
export interface Information {
  readonly what: string
  readonly version: string
  readonly now: string
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
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
).version

/** @param routes what is answered below `/_emulator` */
export function toInformation(cloud: Cloud, routes: readonly ControlRoute[]): Information {
  const values = cloud.switches.get()
  const names = Object.keys(switchDefinitions) as SwitchName[]
  return {
    what: 'jotgate-emulator: a local stand-in for a Qlik Cloud tenant, for development and tests. It is not Qlik and protects nothing.',
    version: emulatorVersion,
    now: cloud.clock.now().toISOString(),
    apps: cloud.engine.apps().map(({ id, name }) => ({ id, name })),
    switches: names.map((name) => ({
      name,
      value: values[name],
      takes: expectedValues(name),
      fact: switchDefinitions[name].fact,
    })),
    api: callsIn(routes),
  }
}

/** Each path of the API once, with its methods in front: `GET, PATCH /_emulator/api/switches`. */
function callsIn(routes: readonly ControlRoute[]): string[] {
  const methods = new Map<string, Set<string>>()
  for (const { method, path } of routes) {
    if (method === 'ALL' || !path.startsWith('/api/')) continue
    methods.set(path, (methods.get(path) ?? new Set()).add(method))
  }
  return [...methods]
    .map(([path, all]) => `${[...all].join(', ')} /_emulator${path}`)
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
<h2>Switches: what is not known of Qlik Cloud</h2>
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
