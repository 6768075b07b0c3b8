import { siteOf } from '../../gateway/index.ts'
import type { QlikAnswer } from '../../qlik/index.ts'
import type { Check, Outcome } from '../check.ts'
import type { ClientManagedContext } from './context.ts'

const source =
  'https://community.qlik.com/t5/Official-Support-Articles/Qlik-Sense-Enterprise-on-Windows-Extended-WebSocket-CSRF/ta-p/2509211'
const where = 'in the QMC: Virtual proxies, Advanced'

/** What a browser asks before, and of, a login from a page of another origin; a gateway needs none of it. */
export const pageChecks: readonly Check<ClientManagedContext>[] = [
  {
    id: 'server-cors',
    category: 'set-up',
    question: 'Do the response headers let the pages log in from their own origin?',
    needs: ['server-prefix'],
    explainedBy: ['server-repository', 'server-authentication'],
    async run({ origins = [], ask, deployment }) {
      const foreign = origins.filter((origin) => origin !== new URL(deployment.url).origin)
      if (foreign.length === 0)
        return [{ verdict: 'passed', title: 'No page speaks to Qlik from another origin' }]
      const outcomes: Outcome[] = []
      for (const origin of foreign) {
        const answer = await ask('/qps/csrftoken', {
          method: 'OPTIONS',
          headers: {
            origin,
            'access-control-request-method': 'GET',
            'access-control-request-headers': 'authorization',
          },
        })
        const wrong = flawOf(answer, origin)
        outcomes.push(
          wrong === undefined
            ? { verdict: 'passed', title: `A page at ${origin} may log in` }
            : refused(origin, wrong, answer),
        )
      }
      return outcomes
    },
  },
  {
    id: 'server-cookie',
    category: 'login',
    question: 'Does a browser keep and send the session’s cookie for the pages?',
    needs: ['server-login'],
    async run({ origins = [], deployment: { url }, logIn }) {
      const { cookieAttributes: found } = await logIn()
      const has = (attribute: string) =>
        found.some((one) => one.toLowerCase() === attribute.toLowerCase())
      const evidence = `Set-Cookie: ${found.join('; ') || 'without attributes'}`
      const isNone = has('SameSite=None')
      if (isNone && !has('Secure'))
        return [
          wrongCookie(
            'The session’s cookie has SameSite=None without Secure: browsers refuse it',
            evidence,
          ),
        ]
      const other = origins.find((origin) => siteOf(origin) !== siteOf(url))
      if (other !== undefined && !isNone)
        return [
          wrongCookie(
            `The page at ${other} is another site than Qlik, and the session’s cookie is not SameSite=None: browsers do not send it`,
            evidence,
          ),
        ]
      if (other !== undefined)
        return [
          {
            verdict: 'passed',
            title:
              'The cookie is sent to other sites by browsers that allow third-party cookies; a gateway works in all',
            evidence,
          },
        ]
      return [
        { verdict: 'passed', title: 'The cookie is a first party’s for every page', evidence },
      ]
    },
  },
]

function flawOf({ status, headers }: QlikAnswer, origin: string): string | undefined {
  const allowed = headers.get('access-control-allow-origin')
  if (allowed === null) return 'Access-Control-Allow-Origin is missing'
  if (allowed === '*')
    return 'Access-Control-Allow-Origin is *, which browsers refuse together with cookies'
  if (allowed !== origin)
    return allowed.includes(',')
      ? 'Access-Control-Allow-Origin holds several origins, of which browsers take one only'
      : `Access-Control-Allow-Origin is “${allowed}”, and must be ${origin}, character for character`
  if (headers.get('access-control-allow-credentials') !== 'true')
    return 'Access-Control-Allow-Credentials: true is missing'
  const taken = listOf(headers.get('access-control-allow-headers'))
  if (!taken.includes('authorization'))
    return 'Access-Control-Allow-Headers does not have Authorization, by which the page sends the token'
  if (status < 200 || status > 299)
    return `the preflight was answered with ${status}, which browsers take for a no`
  const exposed = listOf(headers.get('access-control-expose-headers'))
  if (!exposed.includes('qlik-csrf-token'))
    return 'Access-Control-Expose-Headers does not have qlik-csrf-token, which web sockets need'
  return undefined
}

const listOf = (value: string | null) => (value ?? '').toLowerCase().split(/\s*,\s*/)

const refused = (origin: string, wrong: string, { call, status }: QlikAnswer): Outcome => ({
  verdict: 'failed',
  title: `A page at ${origin} cannot log in: ${wrong}`,
  evidence: `${call} with Origin ${origin}: ${status}`,
  hint: `Write these lines as Additional response headers (${where}):\nAccess-Control-Allow-Origin: ${origin}\nAccess-Control-Allow-Credentials: true\nAccess-Control-Allow-Headers: Authorization, Content-Type\nAccess-Control-Expose-Headers: qlik-csrf-token\nWhere the proxy answers no preflight, or pages have several origins, a gateway at the pages’ own site needs none of it.`,
  isMendedByApply: true,
  source,
})

const wrongCookie = (title: string, evidence: string): Outcome => ({
  verdict: 'failed',
  title,
  evidence,
  hint: `Set SameSite attribute (https) to None and Has secure attribute (https) on (${where}), and use https on both sides; or put a gateway at the pages’ own site, for browsers that block third-party cookies.`,
  isMendedByApply: true,
  source: 'https://qlik.dev/embed/, client-managed tutorial',
})
