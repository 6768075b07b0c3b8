import { isObject } from '../values/index.ts'
import { qlikErrors } from './errors.ts'

const maxPages = 10_000

/**
 * Gives the items of a list of Qlik's page by page, as `links.next.href` leads from one to the next.
 * The links are followed on the origin of the first page only, and none twice.
 *
 * @param first the address of the first page
 * @param read gives a page's parsed body
 * @returns the `data` of each page, as soon as it is there
 * @throws ERR_QLIK_ANSWER when a page has no list `data` or the pages have no end (10000 is the most),
 * ERR_QLIK_REDIRECT when a link leads to another origin
 * @see https://qlik.dev/apis/rest/items/
 * @example
 * import { callAs, pagesOf, type QlikSession } from 'jotgate/qlik'
 *
 * async function countItems(session: QlikSession) {
 *   const first = new URL('/api/v1/items', session.deployment.url)
 *   let count = 0
 *   for await (const items of pagesOf(first, async (path) => (await callAs(session, { path })).json()))
 *     count += items.length
 *   return count
 * }
 */
export async function* pagesOf(
  first: URL,
  read: (url: URL) => Promise<unknown>,
): AsyncGenerator<readonly unknown[]> {
  const seen = new Set<string>()
  for (let url: URL | undefined = first; url !== undefined; ) {
    const call = `GET ${url.pathname}`
    const refuse = (problem: string) => qlikErrors.ERR_QLIK_ANSWER({ call, problem })
    if (seen.has(url.href) || seen.size >= maxPages) throw refuse('has pages without end')
    seen.add(url.href)
    const page = await read(url)
    if (!isObject(page) || !Array.isArray(page.data)) throw refuse('is not a list')
    yield page.data
    url = nextOf(page, url, call)
  }
}

/** Pages are linked by absolute addresses; credentials go to the deployment's own origin alone. */
function nextOf(page: Record<string, unknown>, from: URL, call: string): URL | undefined {
  const next = isObject(page.links) ? page.links.next : undefined
  const href = isObject(next) ? next.href : undefined
  if (typeof href !== 'string' || href === '') return undefined
  const url = URL.canParse(href, from.href) ? new URL(href, from) : undefined
  if (url?.origin === from.origin) return url
  throw qlikErrors.ERR_QLIK_REDIRECT({ call, origin: url?.origin ?? 'no address' })
}
