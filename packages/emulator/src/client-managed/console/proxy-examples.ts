import type { IncomingMessage } from 'node:http'
import { evaluateUpgrade } from '../proxy/web-socket/evaluate-upgrade.ts'
import type { ClientManagedSwitches } from '../switches.ts'
import type { SiteSandbox } from './sandbox.ts'

/** What a site answered. */
interface ExampleAnswer {
  readonly status: number
  readonly body: unknown
}

/** A request that leads to one error. */
export interface SiteExample {
  readonly switches?: Partial<ClientManagedSwitches>
  run(sandbox: SiteSandbox): Promise<ExampleAnswer>
}

/** The handshake of a web socket from a page of another site, which needs no network to be refused. */
function refuseHandshake({ site }: SiteSandbox): ExampleAnswer {
  const headers = { host: 'localhost', origin: 'https://elsewhere.example' }
  const request = {
    url: '/jwt/app/example',
    method: 'GET',
    headers,
    rawHeaders: Object.entries(headers).flat(),
    socket: { remoteAddress: '127.0.0.1' },
  } as unknown as IncomingMessage
  const { outcome } = evaluateUpgrade(site, 0, request)
  if (outcome.kind !== 'refused') throw new TypeError('the handshake was not refused')
  const { status, failure } = outcome.refusal
  return { status, body: `In the proxy’s log: ${failure.title}` }
}

/** The errors of the proxy that a request meets by itself. */
export const proxyExamples: Readonly<Record<string, SiteExample>> = {
  'proxy-expected-header': { run: ({ call }) => call({ method: 'GET', path: '/jwt/hub/' }) },
  'proxy-token-refused': {
    switches: { tokenRefusalBody: 'text' },
    run: ({ call, token }) =>
      call({
        method: 'GET',
        path: '/jwt/hub/',
        headers: { authorization: `Bearer ${token({ exp: 1 })}` },
      }),
  },
  'proxy-wrong-header': { run: ({ call }) => call({ method: 'GET', path: '/mistyped/hub/' }) },
  'proxy-xsrf': {
    switches: { logoutNeedsXrfkey: true },
    run: ({ call, token }) =>
      call({
        method: 'DELETE',
        path: '/jwt/qps/user',
        headers: { authorization: `Bearer ${token()}` },
      }),
  },
  'proxy-cswsh': { run: async (sandbox) => refuseHandshake(sandbox) },
  'proxy-csrf-forbidden': {
    switches: { csrfTokenWithoutSession: 403, proxyRelease: 'november-2024' },
    run: ({ call }) => call({ method: 'GET', path: '/jwt/qps/csrftoken' }),
  },
}
