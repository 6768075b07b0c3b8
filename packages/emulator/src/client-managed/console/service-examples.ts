import { type AppAnswer, callApp } from '../../http/call-app.ts'
import { qpsPort } from '../qps/qps-port.ts'
import type { SiteExample } from './proxy-examples.ts'
import type { SiteSandbox } from './sandbox.ts'

const key = 'abcdefghijklmnop'
const administrator = { userId: 'administrator', userDirectory: 'EMULATOR' }
const everything = { qrsContextOfProxy: 'management', qrsUnreadable: 403 } as const

/** Calls QRS below the virtual proxy, as the user of a token. */
function callQrs(
  { call, token }: SiteSandbox,
  path: string,
  more: { claims?: Readonly<Record<string, string>>; method?: string; body?: unknown } = {},
): Promise<AppAnswer> {
  const { claims = administrator, method = 'GET', body } = more
  const headers = { authorization: `Bearer ${token(claims)}`, 'x-qlik-xrfkey': key }
  const joint = path.includes('?') ? '&' : '?'
  return call({
    method,
    path: `/jwt/qrs/${path}${joint}Xrfkey=${key}`,
    headers,
    ...(body === undefined ? {} : { body }),
  })
}

/** The address of the virtual proxy of the example. */
function ownVirtualProxy({ site }: SiteSandbox): string {
  const found = site.repository.virtualProxies.list().find(({ prefix }) => prefix === 'jwt')
  return `virtualproxyconfig/${found?.id}`
}

/** The errors of QRS and QPS that a request meets by itself. */
export const serviceExamples: Readonly<Record<string, SiteExample>> = {
  'qrs-missing-parameter': {
    run: (sandbox) => callQrs(sandbox, "tag?filter=name%20eq%20'R&D'"),
  },
  'qrs-cannot-parse': { run: (sandbox) => callQrs(sandbox, "tag?filter=name%20eq%20'x") },
  'qrs-conflict': {
    switches: everything,
    async run(sandbox) {
      const path = ownVirtualProxy(sandbox)
      const { body } = await callQrs(sandbox, path)
      const put = () => callQrs(sandbox, path, { method: 'PUT', body })
      await put()
      return put()
    },
  },
  'qrs-forbidden': {
    switches: everything,
    run: (sandbox) => callQrs(sandbox, ownVirtualProxy(sandbox), { claims: {} }),
  },
  'qps-forbidden': {
    switches: { missingClientCertificate: 'forbidden' },
    run: ({ site }) =>
      callApp(qpsPort(site, 0), {
        method: 'DELETE',
        path: `/qps/session/example?Xrfkey=${key}`,
        headers: { host: 'localhost', 'x-qlik-xrfkey': key },
      }),
  },
}
