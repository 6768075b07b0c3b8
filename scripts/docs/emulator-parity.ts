import type { Parity } from './emulator-reference.ts'
import { clientsOf } from './exercised-operations.ts'

/** When the sources below were last read; the versions of the libraries are those of package.json. */
const readOn = '2026-11-28'

type Certainty = 'documented' | 'inferred' | 'emulator'

/** Sources of what is neither in @qlik/api nor in the engine's schema. The first that matches counts. */
const otherSources: readonly (readonly [RegExp, string, Certainty])[] = [
  [/product-info\.json$/, '@qlik/api 2.19.0, how it tells the products apart', 'inferred'],
  [/ \/login\/jwt-session$/, 'qlik.dev, REST, login', 'documented'],
  [/ \/login\/(?:sign-in|callback)$/, 'stand-in for an identity provider', 'emulator'],
  [/ \/log(?:in|out)$/, 'qlik.dev, REST, login', 'documented'],
  [/ \/$/, 'stand-in for the hub', 'emulator'],
  [/ \/single$/, 'help.qlik.com, Single integration', 'documented'],
  [/ \/sense\/app\//, 'help.qlik.com, App integration', 'documented'],
  [/oauth-authorization-server$/, 'RFC 8414', 'documented'],
  [/ \/oauth\//, 'qlik.dev, REST, oauth', 'documented'],
  [/ \/api\/v1\/user-locale$/, 'requests of a tenant’s own pages', 'inferred'],
  [
    / \/api\/core\/auth-settings$/,
    'help.qlik.com, session time-outs; Qlik’s own scripts',
    'inferred',
  ],
  [/ \/api\/core\/ip-policies/, 'qlik.dev, REST, core/ip-policies', 'documented'],
  [/^web socket /, 'qlik.dev, engine web sockets; @qlik/api 2.19.0', 'documented'],
]

/** One operation of Qlik, and what the emulator does with it. */
interface ParityRow {
  readonly operation: string
  readonly answered: boolean
  /** The function of Qlik's own client, where it has one. */
  readonly function?: string
  readonly refusedParameters?: readonly string[]
  readonly missingInAnswer?: readonly string[]
  readonly source: string
  /** `emulator`: nothing of Qlik's, the emulator needs it. */
  readonly certainty: Certainty
  readonly date: string
  /** Qlik's own clients that asked for it in our tests. */
  readonly clients: readonly string[]
}

function toOtherRow(operation: string): ParityRow {
  const known = otherSources.find(([pattern]) => pattern.test(operation))
  if (known === undefined) throw new Error(`no source is named for ${operation}`)
  const [, source, certainty] = known
  return {
    operation,
    answered: true,
    source,
    certainty,
    date: readOn,
    clients: clientsOf(operation),
  }
}

/** The file docs/reference/emulator.json: the same as the page, for programs. */
export function parityText({ operations, others, methods }: Parity): string {
  const rest = operations.map((one): ParityRow => {
    const operation = `${one.method} ${one.path}`
    const refused = [...one.refusedQuery, ...one.refusedBody]
    return {
      operation,
      answered: one.isAnswered,
      function: one.name,
      ...(refused.length === 0 ? {} : { refusedParameters: refused }),
      ...(one.missing === undefined || one.missing.length === 0 || !one.isAnswered
        ? {}
        : { missingInAnswer: one.missing }),
      source: '@qlik/api 2.19.0, types',
      certainty: 'documented',
      date: readOn,
      clients: clientsOf(operation),
    }
  })
  const engine = methods.map(
    ({ name, isSupported }): ParityRow => ({
      operation: name,
      answered: isSupported,
      source: 'enigma.js 2.15.0, schema 12.2027.0',
      certainty: 'documented',
      date: readOn,
      clients: clientsOf(name),
    }),
  )
  const rows = [
    ...rest,
    ...[...others.map(({ method, path }) => `${method} ${path}`), 'web socket /app/{appId}'].map(
      toOtherRow,
    ),
    ...engine,
  ]
  const lines = rows.map((row) => `    ${JSON.stringify(row)}`).join(',\n')
  return `{\n  "product": "cloud",\n  "operations": [\n${lines}\n  ]\n}\n`
}
