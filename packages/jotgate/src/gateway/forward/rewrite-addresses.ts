import type { Site } from '../site.ts'

/** Exchanges the addresses of a deployment for the gateway's. */
export interface AddressRewriter {
  /** Of a field that is one address: `Location`. A relative one stays as it is. */
  inLocation(value: string): string
  /** Wherever they stand in a text of latin1 characters. */
  inText(text: string): string
  /** Of a source in a Content-Security-Policy; undefined when it is not the deployment. */
  inSource(source: string): string | undefined
  /** In a body, as it comes. */
  createStream(options?: { readonly maxBytes?: number }): AddressStream
}

/** Rewrites a body chunk by chunk: a chunk may give less or more than it has. */
export interface AddressStream {
  write(chunk: Uint8Array): Uint8Array
  /** What was held back for a match that did not come. */
  end(): Uint8Array
  /** Whether the body was longer than the limit, so that its end was not looked through. */
  readonly isCut: boolean
}

/** In JSON a slash may be escaped, and some servers do it. */
const slashes = ['//', '\\/\\/', '\\u002f\\u002f', '\\u002F\\u002F']

/**
 * What may follow the host: not a character that would make it another host, port or user name, also when it is
 * escaped as in JSON.
 */
const endOfHost =
  '(?:(?![\\w.:@%\\\\\\x80-\\xff-])|(?=\\\\(?:["/bfnrt]|u00(?:2[0-9a-cfA-CF]|3[b-fB-F]))))'

/** `\u00XX`, less its last character, which would decide. */
const longestEscape = 5

/**
 * Makes what rewrites addresses of a deployment: `https://` and `wss://` with any of its host names, with or without
 * the default port, with slashes escaped or not. Everything else stays as it is, byte for byte; a host that only
 * begins or ends like one of these is another host.
 *
 * @param options.deploymentUrl the deployment's origin
 * @param options.nodes the origins of its nodes, of the same scheme
 * @param options.hostNames other host names of the same deployment, at the port of its own
 */
export function createAddressRewriter({
  deploymentUrl,
  nodes = [],
  hostNames = [],
  site,
}: {
  readonly deploymentUrl: string
  readonly nodes?: readonly string[]
  readonly hostNames?: readonly string[]
  readonly site: Pick<Site, 'publicUrl' | 'host' | 'isSecure'>
}): AddressRewriter {
  const { protocol, port } = new URL(deploymentUrl)
  const isSecure = protocol === 'https:'
  const schemes = isSecure ? ['https', 'wss'] : ['http', 'ws']
  const aliases = hostNames.map((name) => `${name.toLowerCase()}${port && `:${port}`}`)
  const hosts = [
    ...new Set([...[deploymentUrl, ...nodes].map((url) => new URL(url).host), ...aliases]),
  ].map((host): HostForms => {
    const [, name = '', at = ''] = /^(.*?)(:\d+)?$/.exec(host) ?? []
    return { name, ports: at === '' ? ['', isSecure ? ':443' : ':80'] : [at] }
  })
  const authority = `(?:${hosts.map(patternOf).join('|')})`
  const own = { web: site.isSecure ? 'https' : 'http', socket: site.isSecure ? 'wss' : 'ws' }

  const anywhere = new RegExp(
    `(${schemes.join('|')}):(${slashes.map(escapePattern).join('|')})${authority}${endOfHost}`,
    'g',
  )
  const asLocation = new RegExp(`^(?:(${schemes.join('|')}):)?//${authority}(?=[/?#]|$)`, 'i')
  const asSource = new RegExp(
    `^(?:(${schemes.join('|')})://)?(?:${hosts.map(sourcePatternOf).join('|')})(/.*)?$`,
    'i',
  )
  const schemeOf = (scheme: string) =>
    scheme.toLowerCase().startsWith('ws') ? own.socket : own.web
  /** Of the addresses that begin before `end`; what comes after decides about them, and stays. */
  const inText = (text: string, end = text.length) =>
    text.replace(anywhere, (match, scheme: string, between: string, at: number) =>
      at < end ? `${schemeOf(scheme)}:${between}${site.host}` : match,
    )

  // What a chunk that ends in the middle of an address ends with.
  const literals = schemes.flatMap((scheme) =>
    slashes.flatMap((between) =>
      hosts.flatMap(({ name, ports }) => ports.map((at) => `${scheme}:${between}${name}${at}`)),
    ),
  )
  const longest = Math.max(...literals.map(({ length }) => length)) + longestEscape
  const firstLetter = schemes[0]?.[0] ?? ''

  /** From where the end of a text may be the beginning of an address. */
  function openEnd(text: string): number {
    for (let at = Math.max(0, text.length - longest); at < text.length; at++) {
      if (text[at] !== firstLetter && text[at] !== 'w') continue
      const rest = text.slice(at)
      if (literals.some((literal) => isUndecided(rest, literal))) return at
    }
    return text.length
  }

  return Object.freeze<AddressRewriter>({
    inLocation: (value) =>
      value.replace(asLocation, (_, scheme = '') => `${schemeOf(scheme)}://${site.host}`),
    inText: (text) => inText(text),
    inSource(source) {
      const [match, scheme, path = ''] = asSource.exec(source) ?? []
      if (match === undefined) return undefined
      return `${scheme === undefined ? '' : `${schemeOf(scheme)}://`}${site.host}${path}`
    },
    createStream({ maxBytes = Number.POSITIVE_INFINITY } = {}) {
      let held = ''
      let seen = 0
      let isCut = false
      return {
        write(chunk) {
          if (isCut) return chunk
          seen += chunk.length
          isCut = seen > maxBytes
          const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
          const before = held
          const text = before + bytes.toString('latin1')
          const end = openEnd(text)
          held = isCut ? '' : text.slice(end)
          const rewritten = inText(text, end)
          if (before === '' && held === '' && rewritten === text) return chunk
          return Buffer.from(rewritten.slice(0, rewritten.length - held.length), 'latin1')
        },
        end() {
          const rest = inText(held)
          held = ''
          return Buffer.from(rest, 'latin1')
        },
        get isCut() {
          return isCut
        },
      }
    },
  })
}

/** A host name, and what may stand behind it for its port. */
interface HostForms {
  readonly name: string
  readonly ports: readonly string[]
}

const patternOf = ({ name, ports }: HostForms) =>
  `${escapePattern(name)}(?:${ports.filter(Boolean).join('|')})${ports.includes('') ? '?' : ''}`

/** In a Content-Security-Policy a port may be omitted, or be any. */
const sourcePatternOf = ({ name, ports }: HostForms) =>
  `${escapePattern(name)}(?:${ports.filter(Boolean).join('|')}|:\\*)?`

/** Whether more text could make `rest` begin with an address, or show that it does not. */
function isUndecided(rest: string, literal: string): boolean {
  if (rest.length < literal.length) return literal.startsWith(rest)
  if (!rest.startsWith(literal)) return false
  return /^(?:\\(?:u(?:0(?:0\w?)?)?)?)?$/.test(rest.slice(literal.length))
}

const escapePattern = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
