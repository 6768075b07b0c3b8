import type { QlikAnswer, WebIntegration } from '../../qlik/index.ts'
import type { Check, Outcome } from '../check.ts'
import type { CloudContext } from './cloud-context.ts'

const corsSource = 'https://qlik.dev/apis/rest/web-integrations/'
const cspSource = 'https://qlik.dev/authenticate/content-security-policy/'

/** A tenant may have many; the nearest are told. */
const firstOf = (all: readonly string[], between: string) =>
  [...all.slice(0, 4), ...(all.length > 4 ? [`${all.length - 4} more`] : [])].join(between)

const noPages: Outcome = {
  verdict: 'passed',
  title: 'No page speaks to Qlik itself: the gateway does',
}

/** What pages need that open Qlik themselves (direct mode): their origin in a web integration and in the policy. */
export const pageChecks: readonly Check<CloudContext>[] = [
  {
    id: 'cloud-web-integration',
    category: 'set-up',
    question: 'Has the web integration the origins of the pages?',
    needs: ['cloud-administrator'],
    async run({ origins = [], webIntegrationId, listWebIntegrations }) {
      if (origins.length === 0) return [noPages]
      const all = await listWebIntegrations()
      const named = all.filter(
        ({ id }) => webIntegrationId === undefined || id === webIntegrationId,
      )
      const isClose = ({ validOrigins }: WebIntegration) =>
        validOrigins.some((one) => origins.some((origin) => one === origin || isNear(one, origin)))
      const inOrder = [...all.filter(isClose), ...all.filter((one) => !isClose(one))]
      const told = inOrder.map(
        ({ name, validOrigins }) => `“${name}” has ${firstOf(validOrigins, ', ') || 'no origin'}`,
      )
      const evidence = `web integrations: ${firstOf(told, '; ') || 'none'}`
      const failed = (title: string, hint: string): Outcome => ({
        verdict: 'failed',
        title,
        evidence,
        hint,
        isMendedByApply: true,
        source: corsSource,
      })
      if (named.length === 0)
        return [
          failed(
            webIntegrationId === undefined
              ? 'The tenant has no web integration'
              : `The tenant has no web integration of the ID ${webIntegrationId}`,
            'Make one in Administration, Web integrations, with the origins of the pages, and give the pages its ID; or `jotgate apply`.',
          ),
        ]
      const outcomes = origins
        .filter((origin) => !named.some(({ validOrigins }) => validOrigins.includes(origin)))
        .map((origin) => {
          const near = named
            .flatMap(({ validOrigins }) => validOrigins)
            .find((one) => isNear(one, origin))
          return failed(
            near === undefined
              ? `No web integration has the origin ${origin}`
              : `The web integration has ${near}, and a browser sends ${origin}`,
            `Write ${origin} into it, exactly so: scheme, host, and a port that is not the scheme’s own; no path and no slash (Administration, Web integrations).`,
          )
        })
      if (outcomes.length > 0) return outcomes
      return [{ verdict: 'passed', title: 'A web integration has each page’s origin', evidence }]
    },
  },
  {
    id: 'cloud-cors',
    category: 'set-up',
    question: 'Does a browser let the pages log in?',
    needs: ['cloud-tenant'],
    explainedBy: ['cloud-administrator', 'cloud-web-integration'],
    async run({ origins = [], ask, webIntegrationId, administrator, listWebIntegrations }) {
      if (origins.length === 0) return [noPages]
      const known = administrator === undefined ? [] : await listWebIntegrations()
      const outcomes: Outcome[] = []
      for (const origin of origins) {
        const id = webIntegrationId ?? known.find((one) => one.validOrigins.includes(origin))?.id
        const query =
          id === undefined ? '' : `?${new URLSearchParams({ 'qlik-web-integration-id': id })}`
        const answer = await ask(`/login/jwt-session${query}`, {
          method: 'OPTIONS',
          headers: {
            origin,
            'access-control-request-method': 'POST',
            'access-control-request-headers': 'authorization,content-type,qlik-web-integration-id',
          },
        })
        const flaw = flawOf(answer, origin)
        outcomes.push(
          flaw === undefined
            ? { verdict: 'passed', title: `A browser lets a page at ${origin} log in` }
            : {
                verdict: 'failed',
                title: `A browser refuses the login of a page at ${origin}: blocked by CORS policy`,
                evidence: `OPTIONS /login/jwt-session with Origin ${origin}: ${answer.status}, ${flaw}`,
                hint: 'Add the origin to the web integration, exactly as the browser sends it, and give the page its ID (Administration, Web integrations); or let pages go through the gateway.',
                isMendedByApply: true,
                source: corsSource,
              },
        )
      }
      return outcomes
    },
  },
  {
    id: 'cloud-content-security-policy',
    category: 'set-up',
    question: 'May the pages show Qlik in a frame?',
    needs: ['cloud-administrator'],
    async run({ origins = [], listCspOrigins }) {
      if (origins.length === 0) return [noPages]
      const entries = await listCspOrigins()
      const outcomes = origins
        .map((origin) => new URL(origin))
        .filter(
          ({ host }) =>
            !entries.some(
              (one) => one.directives.includes('frameAncestors') && covers(one.origin, host),
            ),
        )
        .map(({ origin, host }): Outcome => {
          const other = entries.find((one) => covers(one.origin, host))
          return {
            verdict: 'failed',
            title: `A page at ${origin} may not show Qlik in a frame: frame-ancestors`,
            evidence:
              other === undefined
                ? `Content Security Policy: no entry for ${host}`
                : `Content Security Policy: the entry “${other.name}” for ${other.origin} has ${other.directives.join(', ') || 'no directive'}`,
            hint: `Administration, Content Security Policy: an entry for ${host} with the directive frame-ancestors; or \`jotgate apply\`. Pages that use qlik-embed without frames need none.`,
            isMendedByApply: true,
            source: cspSource,
          }
        })
      if (outcomes.length > 0) return outcomes
      return [{ verdict: 'passed', title: 'The pages may show Qlik in frames' }]
    },
  },
]

/** What a person reads as the same origin. */
function isNear(one: string, origin: string): boolean {
  const reduced = (text: string) =>
    text
      .trim()
      .toLowerCase()
      .replace(/^https?:\/\//, '')
      .replace(/[/:].*$/, '')
      .replace(/^www\./, '')
  return reduced(one) === reduced(origin)
}

/** `*.acme.example` covers what is below it. */
function covers(entry: string, host: string): boolean {
  const name = entry
    .replace(/^[a-z]+:\/\//i, '')
    .replace(/\/$/, '')
    .toLowerCase()
  return name === host || name === '*' || (name.startsWith('*.') && host.endsWith(name.slice(1)))
}

/** Undefined where a browser goes on (https://fetch.spec.whatwg.org, CORS-preflight fetch). */
function flawOf({ status, headers }: QlikAnswer, origin: string): string | undefined {
  if (status < 200 || status > 299) return 'which is not a success'
  const allowed = headers.get('access-control-allow-origin')
  if (allowed !== origin) return `Access-Control-Allow-Origin: ${allowed ?? 'missing'}`
  if (headers.get('access-control-allow-credentials') !== 'true')
    return 'Access-Control-Allow-Credentials is missing'
  return undefined
}
