/**
 * Tells whether a request was made by one of our own pages.
 *
 * Every browser sends `Origin` with a POST, and no page can forge it: it has to be ours, exactly.
 * Where it is missing, `Sec-Fetch-Site: same-origin` says the same; where both are missing the
 * answer is no. `null` is the origin of sandboxed frames and of files: never ours.
 *
 * @param headers the request's
 * @param publicOrigin scheme, host and port of the portal, as the browser's address bar shows it
 */
export function isFromOwnPage(headers: Headers, publicOrigin: string): boolean {
  const origin = headers.get('origin')
  const fetchSite = headers.get('sec-fetch-site')
  if (origin === null) return fetchSite === 'same-origin'
  return origin === publicOrigin && (fetchSite === null || fetchSite === 'same-origin')
}
