import { connectionFailure } from '../../qlik/index.ts'
import { isObject, parseJsonObject } from '../../values/index.ts'
import type { Check, Outcome } from '../check.ts'
import type { GatewayContext } from './context.ts'

const guide = 'docs/guides/gateway.md of the project'
const timeoutMs = 10_000
/** Hosts sign assertions of two minutes, and the gateway lets clocks differ by half a minute. */
const clockSkewMs = 30_000

/** What a browser meets at the gateway’s public address, and what the gateway meets behind it. */
export const publicAddressChecks: readonly Check<GatewayContext>[] = [
  {
    id: 'gateway-upstream',
    category: 'gateway',
    question: 'Can Qlik be reached from here?',
    needs: [],
    explainedBy: ['network-name', 'network-connection', 'network-certificate'],
    async run({ deployments }) {
      const outcomes: Outcome[] = []
      for (const { deployment, nodes = [deployment.url], fetch } of deployments)
        for (const url of nodes) {
          const answer = await ask(url, fetch, { method: 'HEAD' })
          outcomes.push(
            'reason' in answer
              ? {
                  verdict: 'failed',
                  title: `Qlik cannot be reached at ${url} from this machine`,
                  evidence: answer.reason,
                  hint: 'Run doctor where the gateway runs. Open the firewall from there to Qlik, and for a certificate of a private authority set `caFile` of the deployment.',
                  source: guide,
                }
              : {
                  verdict: 'passed',
                  title: `Qlik answers at ${url}`,
                  evidence: `HEAD /: ${answer.status}`,
                },
          )
        }
      return outcomes
    },
  },
  {
    id: 'gateway-reachable',
    category: 'gateway',
    question: 'Does the gateway answer at its public address?',
    needs: ['gateway-site'],
    run: ({ sites, fetch }) =>
      forEach(sites, async ({ publicUrl, allowedOrigins }) => {
        const [origin = publicUrl] = allowedOrigins
        const answer = await ask(`${publicUrl}/.jotgate/session`, fetch, { headers: { origin } })
        if ('reason' in answer)
          return failed(
            `Nothing answers at ${publicUrl}`,
            answer.reason,
            'Start the gateway (`jotgate gateway`), let the name lead to it or to the server in front of it, and see that its certificate is for that name.',
          )
        const evidence = `GET /.jotgate/session: ${answer.status} ${answer.code}`
        if (answer.code === 'ERR_GATEWAY_REQUEST_HOST')
          return failed(
            `The server in front of ${publicUrl} sends the gateway another Host`,
            evidence,
            'Let it pass the host name of the browser on: nginx `proxy_set_header Host $host;`, Apache `ProxyPreserveHost On`.',
          )
        if (answer.code === 'ERR_GATEWAY_PAGE')
          return failed(
            `The running gateway does not allow pages of ${origin}`,
            evidence,
            'It runs with another configuration than this one: restart it.',
          )
        if (!answer.code.startsWith('ERR_GATEWAY_'))
          return failed(
            `What answers at ${publicUrl} is not a gateway of jotgate`,
            evidence,
            'Let the server in front pass every path of that host name to the gateway, `/.jotgate/` too.',
          )
        if (answer.status >= 500)
          return failed(
            `The gateway at ${publicUrl} lets nobody in`,
            evidence,
            'Its log says why: store or audit log are away, or the host application does not answer.',
          )
        const allowed = answer.headers.get('access-control-allow-origin')
        if (origin !== publicUrl && allowed !== origin)
          return failed(
            `A page of ${origin} cannot read what the gateway at ${publicUrl} answers`,
            `Access-Control-Allow-Origin: ${allowed ?? 'none'}`,
            'The server in front removes or replaces the gateway’s CORS headers: let it pass them on, and add none.',
          )
        return { verdict: 'passed', title: `The gateway answers at ${publicUrl}`, evidence }
      }),
  },
  {
    id: 'gateway-cookie',
    category: 'gateway',
    question: 'Does the gateway’s cookie come to the browser as it was set?',
    needs: ['gateway-reachable'],
    run: ({ sites, fetch }) =>
      forEach(sites, async ({ publicUrl, allowedOrigins }) => {
        const [origin = publicUrl] = allowedOrigins
        // Without a session it ends nothing, and is answered with the cookie’s removal.
        const answer = await ask(`${publicUrl}/.jotgate/logout`, fetch, {
          method: 'POST',
          headers: { origin },
        })
        if ('reason' in answer)
          return failed('The gateway answers no log-out', answer.reason, 'Look into its log.')
        const [line = ''] = answer.headers.getSetCookie().filter((one) => one.includes('jotgate'))
        const [pair = '', ...attributes] = line.split(/; */)
        const evidence = `Set-Cookie: ${[pair.split('=')[0], ...attributes].join('; ')}`
        const has = (name: string) => attributes.some((one) => one.toLowerCase() === name)
        const wrong =
          (!pair.startsWith('__Host-') && 'its name lost the prefix __Host-') ||
          (!has('secure') && 'it lost Secure') ||
          (!has('httponly') && 'it lost HttpOnly') ||
          (!has('path=/') && 'it has another Path') ||
          (!has('samesite=lax') && 'it has another SameSite') ||
          (attributes.some((one) => /^domain=/i.test(one)) && 'it got a Domain')
        if (!wrong)
          return {
            verdict: 'passed',
            title: `The cookie of ${publicUrl} is as it was set`,
            evidence,
          }
        return failed(
          `A server in front of ${publicUrl} changes the gateway’s cookie: ${wrong}, and browsers refuse it`,
          evidence,
          'Take rules for cookies away from it for this host name: nginx `proxy_cookie_domain`, `proxy_cookie_path` and `proxy_cookie_flags`, Apache `Header edit Set-Cookie`.',
        )
      }),
  },
  {
    id: 'gateway-clock',
    category: 'gateway',
    question: 'Has the machine of the gateway the right time?',
    needs: ['gateway-reachable'],
    run: ({ sites, fetch, clock = Date.now }) =>
      forEach(sites, async ({ publicUrl }) => {
        const answer = await ask(`${publicUrl}/.jotgate/session`, fetch)
        const date = 'reason' in answer ? undefined : (answer.headers.get('date') ?? undefined)
        if (date === undefined)
          return { verdict: 'not-checked', title: `The answer of ${publicUrl} has no Date` }
        // A date is cut to whole seconds, half a second on average.
        const apart = Date.parse(date) + 500 - clock()
        if (Math.abs(apart) < clockSkewMs)
          return { verdict: 'passed', title: 'The clocks agree', evidence: `Date: ${date}` }
        const seconds = Math.round(Math.abs(apart) / 1000)
        return failed(
          `The clock at ${publicUrl} is ${seconds} s ${apart > 0 ? 'ahead of' : 'behind'} the clock here`,
          `Date: ${date}`,
          'Synchronise both by NTP: assertions and tokens live for a minute or two.',
        )
      }),
  },
]

const failed = (title: string, evidence: string, hint: string): Outcome => ({
  verdict: 'failed',
  title,
  evidence,
  hint,
  source: guide,
})

type Site = GatewayContext['sites'][number]

/** The outcome of each site, the first fault first. */
async function forEach(
  sites: readonly Site[],
  look: (site: Site) => Promise<Outcome>,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const site of sites) outcomes.push(await look(site))
  return outcomes
}

type Answer =
  | { readonly reason: string }
  | { readonly status: number; readonly headers: Headers; readonly code: string }

/** Asks, follows nothing, and reads what a gateway’s problem is called. */
async function ask(
  url: string,
  fetch: typeof globalThis.fetch = globalThis.fetch,
  init: RequestInit = {},
): Promise<Answer> {
  try {
    const signal = AbortSignal.timeout(timeoutMs)
    const answer = await fetch(url, { redirect: 'manual', ...init, signal })
    const isSmall = Number(answer.headers.get('content-length') ?? 0) < 65_536
    const isProblem = answer.headers.get('content-type')?.startsWith('application/problem+json')
    const text = isProblem && isSmall ? await answer.text() : ''
    if (text === '') await answer.body?.cancel()
    const body = text === '' ? undefined : parseJsonObject(text)
    const code = isObject(body) && typeof body.code === 'string' ? body.code : ''
    return { status: answer.status, headers: answer.headers, code }
  } catch (error) {
    if (error instanceof DOMException) return { reason: `no answer within ${timeoutMs} ms` }
    if (!(error instanceof TypeError)) throw error
    return { reason: connectionFailure(error.cause) }
  }
}
