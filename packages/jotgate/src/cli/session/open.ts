import {
  type Authorization,
  type KeptSession,
  keepSession,
  productFor,
  type QlikProduct,
  type QlikSession,
} from '../../qlik/index.ts'
import { type CommandSpec, resultOptions } from '../command.ts'
import { readSessionOpener, sessionOptions } from './credentials.ts'
import { retryOn429 } from './retry-on-429.ts'

/** A session, what is kept of it, and what makes a request the user's. */
interface OpenedSession {
  readonly product: QlikProduct
  readonly session: QlikSession
  readonly kept: KeptSession
  readonly authorization: Authorization
}

const forms = {
  cookie: ({ session }: OpenedSession) => cookieOf(session),
  json: ({ kept }: OpenedSession) => JSON.stringify(kept),
  netscape: ({ session }: OpenedSession) => netscapeJar(session),
  curl: curlCommand,
  env: variables,
} satisfies Readonly<Record<string, (opened: OpenedSession) => string>>

/** `jotgate session open`. */
export const sessionOpen: CommandSpec = {
  name: 'session open',
  summary: 'a Qlik session for curl, a browser or a script',
  description:
    'Opens a Qlik session with a token and prints what makes requests the user’s. Whoever has that is the user.',
  options: [
    ...sessionOptions,
    {
      flags: '--as <form>',
      description:
        'a Cookie header’s value, JSON, a cookie jar, a curl command, or shell variables',
      choices: Object.keys(forms),
      otherwise: 'cookie',
    },
    ...resultOptions,
  ],
  examples: [
    'jotgate session open --deployment prod --user-json ada.json --as netscape --out jar\n  $ curl -fL -b jar https://acme.eu.qlikcloud.com/api/v1/users/me',
    'eval "$(jotgate session open --deployment prod --user-json ada.json --as env)"',
    'jotgate session open --user-json ada.json --json --out s.json\n  $ jotgate request GET /api/v1/items --session-file s.json',
  ],
  notes:
    'With --json: { product, url, prefix, cookies: { name: value }, csrfToken, openedAt (an ISO time) };\nprefix for client-managed Qlik alone. For that, QLIK_URL contains the prefix.\nrequest and whoami take that by --session-file, so that many calls spend one login.',
  async run(call) {
    const toText = forms[call.values.text('as') as keyof typeof forms] ?? forms.cookie
    const opener = await readSessionOpener(call)
    const { session } = await retryOn429(() => opener.open(), call)
    const kept = keepSession(session)
    const product = productFor(session.deployment)
    const authorization = product.authorizeHttp(session)
    return { text: `${toText({ product, session, kept, authorization })}\n`, json: kept }
  },
}

function cookieOf({ cookies }: QlikSession): string {
  return [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
}

/** https://curl.se/docs/http-cookies.html: seven columns, tabs between; expiry 0 is a session's cookie. */
function netscapeJar({ deployment, cookies }: QlikSession): string {
  const { hostname, protocol } = new URL(deployment.url)
  const secure = protocol === 'https:' ? 'TRUE' : 'FALSE'
  const lines = [...cookies].map(([name, value]) =>
    [`#HttpOnly_${hostname}`, 'FALSE', '/', secure, '0', name, value].join('\t'),
  )
  return ['# Netscape HTTP Cookie File', ...lines].join('\n')
}

const shellQuoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`

/**
 * SECURITY: without --location. After a redirect to another host curl leaves out Cookie, and sends every
 * other header, the CSRF token among them. So it asks for a path that Qlik does not redirect.
 */
function curlCommand({ product, session, authorization }: OpenedSession): string {
  const { headers, query } = authorization
  const url = new URL(`${rootOf(product, session)}${product.samplePath}`)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return [
    'curl --fail',
    ...Object.entries(headers).map(([name, value]) => `-H ${shellQuoted(`${name}: ${value}`)}`),
    shellQuoted(url.href),
  ].join(' ')
}

/** What comes before every path: the origin, and the prefix of a virtual proxy. */
const rootOf = ({ basePath }: QlikProduct, { deployment }: QlikSession) =>
  `${deployment.url}${basePath(deployment)}`

function variables({ product, session }: OpenedSession): string {
  const { csrfToken } = session
  const values = {
    QLIK_URL: rootOf(product, session),
    QLIK_COOKIE: cookieOf(session),
    ...(csrfToken === undefined ? {} : { QLIK_CSRF_TOKEN: csrfToken }),
  }
  return Object.entries(values)
    .map(([name, value]) => `export ${name}=${shellQuoted(value)}`)
    .join('\n')
}
