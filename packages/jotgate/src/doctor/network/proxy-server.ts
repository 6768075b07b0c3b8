/** The proxy server through which an address is reached, as the transport chooses it; undefined where there is none. */
export function proxyServerFor(
  target: URL,
  environment: Readonly<Record<string, string | undefined>>,
): URL | undefined {
  const read = (name: string) => environment[name.toLowerCase()] ?? environment[name] ?? ''
  const own = read(target.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY')
  const value = own || read('HTTP_PROXY')
  if (value === '' || isLeftOut(target, read('NO_PROXY'))) return undefined
  return URL.parse(/^[a-z][a-z\d+.-]*:\/\//i.test(value) ? value : `http://${value}`) ?? undefined
}

/** A name alone means itself; `.acme.example` and `*.acme.example` what is below it. */
function isLeftOut({ hostname, port, protocol }: URL, list: string): boolean {
  const ownPort = port || (protocol === 'https:' ? '443' : '80')
  return list
    .split(/[,\s]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true
      const [, name = '', itsPort = ownPort] = /^(.+?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? []
      if (itsPort !== ownPort) return false
      return /^[.*]/.test(name) ? hostname.endsWith(name.replace(/^\*/, '')) : hostname === name
    })
}
