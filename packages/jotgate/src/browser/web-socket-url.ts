import { browserErrors } from './errors.ts'

/** The address of an app's engine, with what a browser has to say in the query. */
export function toWebSocketUrl(options: {
  url: string
  webIntegrationId: string
  csrfToken: string
  appId: string
  identity?: string | undefined
  ttlSeconds?: number | undefined
}): string {
  const { identity, ttlSeconds } = options
  const segments = ['app', parseSegment('appId', options.appId)]
  if (identity !== undefined) segments.push('identity', parseSegment('identity', identity))
  if (ttlSeconds !== undefined) segments.push('ttl', parseTtl(ttlSeconds))
  const url = new URL(`/${segments.join('/')}`, toWebSocketOrigin(options.url))
  url.searchParams.set('qlik-web-integration-id', options.webIntegrationId)
  url.searchParams.set('qlik-csrf-token', options.csrfToken)
  return url.href
}

/** `ws:` for `http:`, `wss:` for `https:`. */
export const toWebSocketOrigin = (origin: string) => origin.replace(/^http/, 'ws')

/** One path segment that stays one: the URL parser would take dots for a way up. */
function parseSegment(option: string, value: unknown): string {
  const problem = 'must be text of 1 to 256 characters, and more than dots'
  if (typeof value === 'string' && value.length <= 256 && value.isWellFormed())
    if (!['', '.', '..'].includes(value)) return encodeURIComponent(value)
  throw browserErrors.ERR_BROWSER_OPTION({ option, problem })
}

function parseTtl(value: number): string {
  if (Number.isInteger(value) && value >= 0 && value <= 86_400) return String(value)
  const problem = 'must be a whole number from 0 to 86400'
  throw browserErrors.ERR_BROWSER_OPTION({ option: 'ttlSeconds', problem })
}
