import { hopByHopHeaders, qlikHeaders } from '../../protocol/index.ts'
import { gatewayErrors } from '../errors.ts'
import { rememberNames } from '../remember.ts'
import type { Site } from '../site.ts'
import type { BasePath } from './base-path.ts'
import { changePolicy, frameAncestors, type PolicyChanges } from './content-security-policy.ts'
import type { Route } from './decision.ts'
import { type HeaderFields, namesIn } from './request-headers.ts'
import type { AddressRewriter } from './rewrite-addresses.ts'

/** The head of an answer of Qlik's, as it came. */
export interface UpstreamHead {
  readonly status: number
  /** By name in lower case; an array where one name came several times. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

/** What the client gets of it. */
export interface AnswerHead {
  /** Names and values in turn. */
  readonly fields: string[]
  /** Lines of `Set-Cookie`: for the jar, never for the client. */
  readonly setCookies: readonly string[]
  /** Whether the body is rewritten. Then its length is not known. */
  readonly rewritesBody: boolean
  /** Of the body as it comes; undefined when it is not known. */
  readonly length: number | undefined
}

/** Makes the head that the client gets. */
export type AnswerHeaders = (
  head: UpstreamHead,
  context: {
    readonly method: string
    readonly route: Route
    /** Fields of the gateway's own, which replace Qlik's; `vary` is joined. */
    readonly added: HeaderFields
  },
) => AnswerHead

/** A longer body is not looked through: no list of links is so long. */
export const maxRewrittenBytes = 16_777_216

/**
 * Makes the header fields that a client gets of those of Qlik's answer. What concerns Qlik's origin or one connection
 * stays behind: its cookies and CSRF token, its CORS, its transport security, its words about itself. Addresses of the
 * deployment lead to the gateway.
 *
 * An answer for a session varies by who asks, so that a browser's cache gives none of it to the next person.
 */
export function createAnswerHeaders({
  site,
  addresses,
  base,
}: {
  readonly site: Pick<Site, 'publicUrl' | 'origins'>
  readonly addresses: AddressRewriter
  readonly base: BasePath
}): AnswerHeaders {
  const addressHere = (address: string) => base.fromQlik(address, site.publicUrl)
  const policy: PolicyChanges = {
    frameAncestors: site.origins,
    exchange(source) {
      const here = addresses.inSource(source)
      return here && addressHere(here)
    },
  }
  return ({ status, headers }, { method, route, added }) => {
    const type = lastOf(headers['content-type'])
    const length = lengthOf(headers)
    const isRewritable =
      route.rewrites &&
      isJson.test(type) &&
      isIdentity.test(lastOf(headers['content-encoding'])) &&
      status !== 206 &&
      (length ?? 0) <= maxRewrittenBytes

    const fields: string[] = []
    const vary: string[] = []
    let hasFrameAncestors = false
    const pass = (name: string, value: string) => {
      switch (name) {
        case 'vary':
          vary.push(value)
          return
        case 'content-security-policy':
        case 'content-security-policy-report-only': {
          const changed = changePolicy(value, policy)
          if (name === 'content-security-policy') hasFrameAncestors ||= changed.hasFrameAncestors
          fields.push(name, changed.value)
          return
        }
        case 'location':
        case 'content-location':
          fields.push(name, addressHere(addresses.inLocation(value)))
          return
        case 'link':
        case 'refresh':
          fields.push(name, addresses.inText(value))
          return
        default:
          fields.push(name, value)
      }
    }
    const named = namesIn(headers.connection)
    for (const name of Object.keys(headers)) {
      if (isDropped(name) || named.has(name) || (isRewritable && ofUnchangedBody.has(name)))
        continue
      if (name !== 'vary' && added.some(([own]) => own === name)) continue
      const value = headers[name]
      if (typeof value === 'string') pass(name, value)
      else for (const one of value ?? []) pass(name, one)
    }
    // Whether or not Qlik says it: a page of the gateway's origin is framed by the listed ones alone.
    if (!hasFrameAncestors && (headers['x-frame-options'] !== undefined || isHtml.test(type)))
      fields.push('content-security-policy', frameAncestors(policy))
    for (const [name, value] of added) {
      if (name === 'vary') vary.push(value)
      else fields.push(name, value)
    }
    if (route.access === 'session') vary.push('cookie, authorization')
    if (vary.length > 0) fields.push('vary', vary.join(', '))
    return {
      fields,
      setCookies: allOf(headers['set-cookie']),
      rewritesBody: isRewritable && method !== 'HEAD',
      length,
    }
  }
}

/**
 * The length of the body, when it is told. What this gateway and a client could read as bodies of different lengths is
 * not passed on (RFC 9112 section 6.3).
 */
function lengthOf(headers: UpstreamHead['headers']): number | undefined {
  const length = headers['content-length']
  const transfer = headers['transfer-encoding']
  if (transfer === undefined)
    return /^\d{1,15}$/.test(lastOf(length)) ? Number(lastOf(length)) : undefined
  if (!/^\s*chunked\s*$/i.test(allOf(transfer).join()))
    throw gatewayErrors.ERR_GATEWAY_QLIK_ANSWER({
      problem: 'has another transfer coding than chunked',
    })
  if (length !== undefined)
    throw gatewayErrors.ERR_GATEWAY_QLIK_ANSWER({
      problem: 'has both a length and a transfer coding',
    })
  return undefined
}

type Values = string | readonly string[] | undefined

const allOf = (values: Values): readonly string[] =>
  typeof values === 'string' ? [values] : (values ?? none)

const none: readonly string[] = []

const lastOf = (values: Values): string =>
  typeof values === 'string' ? values : (values?.at(-1) ?? '')

/** In UTF-8, as JSON is unless it says otherwise (RFC 8259 section 8.1). */
const isJson =
  /^application\/(?:[\w.!#$&^-]+\+)?json\s*(?:;\s*charset\s*=\s*"?(?:utf-8|us-ascii)"?\s*)?;?\s*$/i

const isIdentity = /^\s*(?:identity)?\s*$/i

const isHtml = /^(?:text\/html|application\/xhtml\+xml)\b/i

/** What is no longer right when the body has changed. */
const ofUnchangedBody: ReadonlySet<string> = new Set([
  'accept-ranges',
  'content-digest',
  'content-length',
  'content-md5',
  'digest',
  'repr-digest',
])

const dropped: ReadonlySet<string> = new Set([
  ...hopByHopHeaders,
  // Qlik's credentials, and how to send others.
  'set-cookie',
  'set-cookie2',
  'www-authenticate',
  qlikHeaders.csrfToken,
  // What a browser would keep for the whole origin, which is the gateway's.
  'alt-svc',
  'clear-site-data',
  'expect-ct',
  'nel',
  'public-key-pins',
  'public-key-pins-report-only',
  'report-to',
  'service-worker-allowed',
  'strict-transport-security',
  // What Qlik is made of.
  'server',
  'via',
  'x-aspnet-version',
  'x-powered-by',
  // Who may frame it is said by its policy.
  'x-frame-options',
  // Orders to a proxy in front.
  'x-accel-redirect',
  'x-sendfile',
])

const isDropped = rememberNames((name) => dropped.has(name) || name.startsWith('access-control-'))
