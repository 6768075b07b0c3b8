import type { Context } from 'hono'
import { baseUrlOf } from '../../../http/request-target.ts'
import type { Cloud, CloudEnv } from '../../cloud.ts'
import type { QlikFailure } from '../../error-envelope.ts'
import { isListedBy, webIntegrationIdOf } from '../../origins.ts'

/** Where a log-in leads in the end, or why it may not (qlik-cloud.md §2.2, §1.5). */
export function checkReturnAddress(
  cloud: Cloud,
  c: Context<CloudEnv>,
): { location: string } | { failure: QlikFailure } {
  const base = baseUrlOf(c.env.incoming)
  const wanted = c.req.query('returnto') ?? '/'
  const url = URL.canParse(wanted, base) ? new URL(wanted, base) : undefined
  const illegal: QlikFailure = { status: 401, code: 'LOGIN-8', title: 'Illegal returnto value' }
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    return { failure: illegal }
  // Compared after parsing, so that //host and \\host count as what a browser makes of them.
  if (url.origin === base) return { location: `${url.pathname}${url.search}${url.hash}` }
  const id = webIntegrationIdOf(c.env.incoming, new URL(c.req.url).searchParams)
  if (id === undefined) return { failure: illegal }
  if (isListedBy(cloud, id, url.origin)) return { location: url.href }
  return {
    failure: {
      status: 401,
      code: 'LOGIN-10',
      title: 'returnto not included in web integration whitelist',
    },
  }
}
