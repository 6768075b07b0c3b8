/** What a page has of a browser, for code that runs in Node: cookies, an origin, and CORS. */
export interface PageNetwork {
  readonly fetch: typeof globalThis.fetch
  /** The cookies that the browser keeps, by name. */
  readonly cookies: ReadonlyMap<string, string>
}

const simpleTypes = /^(text\/plain|multipart\/form-data|application\/x-www-form-urlencoded)/
const simpleHeaders = new Set(['accept', 'accept-language', 'content-language', 'content-type'])
const readableHeaders = new Set(['cache-control', 'content-language', 'content-type', 'expires'])

function needsPreflight(method: string, headers: Headers): boolean {
  if (!['GET', 'HEAD', 'POST'].includes(method)) return true
  const type = headers.get('content-type')
  if (type !== null && !simpleTypes.test(type)) return true
  return [...headers.keys()].some((name) => !simpleHeaders.has(name))
}

function listOf(value: string | null): string[] {
  return (value ?? '').split(',').map((one) => one.trim().toLowerCase())
}

/** What a page sees of a redirect that it does not follow: neither status nor address. */
function opaqueRedirect(url: string): Response {
  const facts = { type: 'opaqueredirect', status: 0, ok: false, url }
  const properties = Object.entries(facts).map(([name, value]) => [name, { value }])
  return Object.defineProperties(new Response(null), Object.fromEntries(properties))
}

/**
 * A fetch as a page of `origin` has it (Fetch Standard §3.2): with cookies where they are asked for, a
 * preflight where one is due, and no answer but a TypeError where CORS forbids.
 */
export function createPageNetwork(origin: string): PageNetwork {
  const cookies = new Map<string, string>()

  const keep = (response: Response) => {
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(/; */)
      const at = pair.indexOf('=')
      const expires = attributes.find((one) => /^expires=/i.test(one))?.slice('expires='.length)
      if (expires !== undefined && Date.parse(expires) < 1) cookies.delete(pair.slice(0, at))
      else cookies.set(pair.slice(0, at), pair.slice(at + 1))
    }
  }

  const allows = (response: Response) =>
    response.headers.get('access-control-allow-origin') === origin &&
    response.headers.get('access-control-allow-credentials') === 'true'

  const preflight = async (url: string, method: string, headers: Headers) => {
    const names = [...headers.keys()].filter((name) => !simpleHeaders.has(name))
    if (!simpleTypes.test(headers.get('content-type') ?? 'text/plain')) names.push('content-type')
    const response = await globalThis.fetch(url, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': method,
        'access-control-request-headers': names.join(','),
      },
    })
    await response.text()
    const allowed = listOf(response.headers.get('access-control-allow-headers'))
    const methods = listOf(response.headers.get('access-control-allow-methods'))
    const isRight =
      response.ok &&
      allows(response) &&
      names.every((name) => allowed.includes(name)) &&
      (['GET', 'HEAD', 'POST'].includes(method) || methods.includes(method.toLowerCase()))
    if (!isRight) throw new TypeError('Failed to fetch')
  }

  const send = async (url: string, init: RequestInit, hops: number): Promise<Response> => {
    const { method = 'GET', mode = 'cors', credentials = 'same-origin' } = init
    const headers = new Headers(init.headers)
    const isForeign = new URL(url).origin !== origin
    if (isForeign && mode === 'cors' && needsPreflight(method, headers))
      await preflight(url, method, headers)
    if (isForeign && mode === 'cors') headers.set('origin', origin)
    if (credentials === 'include')
      headers.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '))
    const { redirect = 'follow', ...rest } = init
    const response = await globalThis.fetch(url, { ...rest, headers, redirect: 'manual' })
    if (credentials === 'include') keep(response)
    if (isForeign && mode === 'cors' && !allows(response)) {
      await response.text()
      throw new TypeError('Failed to fetch')
    }
    const location = response.headers.get('location')
    if (location !== null && response.status >= 300 && response.status < 400) {
      if (redirect === 'error') throw new TypeError('Failed to fetch')
      if (redirect === 'manual') return opaqueRedirect(url)
      if (hops > 5) throw new TypeError('Failed to fetch')
      await response.text()
      return send(new URL(location, url).href, init, hops + 1)
    }
    // A page reads of the headers what is named for it.
    const exposed = listOf(response.headers.get('access-control-expose-headers'))
    const seen = [...response.headers].filter(
      ([name]) => !isForeign || readableHeaders.has(name) || exposed.includes(name),
    )
    const isEmpty = response.status === 204 || response.status === 304
    const body = isEmpty ? null : await response.arrayBuffer()
    const answer = new Response(body, { status: response.status, headers: seen })
    return Object.defineProperty(answer, 'url', { value: url })
  }

  return {
    cookies,
    fetch: (input, init = {}) =>
      send(input instanceof Request ? input.url : String(input), init, 0),
  }
}
