import { hopByHopHeaders, qlikHeaders } from '../../protocol/index.ts'
import { gatewayErrors } from '../errors.ts'
import type { Site } from '../site.ts'
import { changePolicy, frameAncestors, type PolicyChanges } from './content-security-policy.ts'
import type { Route } from './decision.ts'
import { type HeaderFields, namesIn } from './request-headers.ts'
import type { AddressRewriter } from './rewrite-addresses.ts'

/** The head of an answer of Qlik's, as it came. */
export interface UpstreamHead {
  readonly status: number
  /** Names and values in turn. */
  readonly raw: readonly (Buffer | string)[]
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
}: {
  readonly site: Pick<Site, 'origins'>
  readonly addresses: AddressRewriter
}): AnswerHeaders {
  const policy: PolicyChanges = {
    frameAncestors: site.origins,
    exchange: (source) => addresses.inSource(source),
  }
  const rewriteValue = (name: string, value: string) => {
    if (name === 'location' || name === 'content-location') return addresses.inLocation(value)
    if (name === 'link' || name === 'refresh') return addresses.inText(value)
    return value
  }

  return ({ status, raw }, { method, route, added }) => {
    const fields: [name: string, value: string][] = []
    const setCookies: string[] = []
    const vary: string[] = []
    const seen = { type: '', coding: '', length: '', transfer: '', framing: false, framed: false }
    for (let at = 0; at + 1 < raw.length; at += 2) {
      const name = toText(raw[at]).toLowerCase()
      const value = toText(raw[at + 1])
      if (name === 'set-cookie') setCookies.push(value)
      else if (name === 'vary') vary.push(value)
      else if (name === 'transfer-encoding') seen.transfer += `${value},`
      else if (
        name === 'content-security-policy' ||
        name === 'content-security-policy-report-only'
      ) {
        const changed = changePolicy(value, policy)
        if (name === 'content-security-policy') seen.framed ||= changed.hasFrameAncestors
        fields.push([name, changed.value])
      } else if (name === 'x-frame-options') seen.framing = true
      else if (!isDropped(name) && !added.some(([own]) => own === name)) {
        if (name === 'content-type') seen.type = value
        else if (name === 'content-encoding') seen.coding = value
        else if (name === 'content-length') seen.length = value
        fields.push([name, rewriteValue(name, value)])
      } else if (name === 'connection') fields.push([name, value])
    }
    assertFraming(seen)
    // Whether or not Qlik says it: a page of the gateway's origin is framed by the listed ones alone.
    if (!seen.framed && (seen.framing || isHtml.test(seen.type)))
      fields.push(['content-security-policy', frameAncestors(policy)])
    for (const [name, value] of added) {
      if (name === 'vary') vary.push(value)
      else fields.push([name, value])
    }
    if (route.access === 'session') vary.push('cookie, authorization')
    if (vary.length > 0) fields.push(['vary', vary.join(', ')])

    const length = /^\d{1,15}$/.test(seen.length) ? Number(seen.length) : undefined
    const isRewritable =
      route.rewrites &&
      isJson.test(seen.type) &&
      /^(?:identity)?$/i.test(seen.coding.trim()) &&
      status !== 206 &&
      (length ?? 0) <= maxRewrittenBytes
    const named = namesIn(fields, 'connection')
    const flat: string[] = []
    for (const [name, value] of fields) {
      if (name === 'connection') continue
      if (named.has(name) && !added.some(([own]) => own === name)) continue
      if (isRewritable && ofUnchangedBody.has(name)) continue
      flat.push(name, value)
    }
    return {
      fields: flat,
      setCookies,
      rewritesBody: isRewritable && method !== 'HEAD',
      length,
    }
  }
}

/**
 * What this gateway and a client could read as bodies of different lengths is not passed on (RFC 9112 section 6.3).
 */
function assertFraming({ transfer, length }: { transfer: string; length: string }) {
  if (transfer === '') return
  if (!/^\s*chunked\s*,$/i.test(transfer))
    throw gatewayErrors.ERR_GATEWAY_QLIK_ANSWER({
      problem: 'has another transfer coding than chunked',
    })
  if (length !== '')
    throw gatewayErrors.ERR_GATEWAY_QLIK_ANSWER({
      problem: 'has both a length and a transfer coding',
    })
}

const toText = (part: Buffer | string | undefined): string =>
  typeof part === 'object' ? part.toString('latin1') : (part ?? '')

/** In UTF-8, as JSON is unless it says otherwise (RFC 8259 section 8.1). */
const isJson =
  /^application\/(?:[\w.!#$&^-]+\+)?json\s*(?:;\s*charset\s*=\s*"?(?:utf-8|us-ascii)"?\s*)?;?\s*$/i

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

function isDropped(name: string): boolean {
  return dropped.has(name) || name.startsWith('access-control-')
}

const dropped: ReadonlySet<string> = new Set([
  ...hopByHopHeaders,
  // Qlik's credentials, and how to send others.
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
  // Orders to a proxy in front.
  'x-accel-redirect',
  'x-sendfile',
])
