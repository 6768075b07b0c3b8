import { createHash } from 'node:crypto'
import { hopByHopHeaders, proxyHeaders, qlikHeaders } from '../../protocol/index.ts'
import { gatewayErrors } from '../errors.ts'
import { rememberByObject, rememberNames } from '../remember.ts'
import type { GatewayRequest } from '../request.ts'
import { fieldValue } from '../server/request-fields.ts'
import type { Site } from '../site.ts'

/** Header fields, names in lower case. */
export type HeaderFields = readonly (readonly [name: string, value: string])[]

/** What is added to a request. */
export interface RequestAdditions {
  /** What makes it the user's: `Authorization.headers` of the product. They replace the client's. */
  readonly credentials?: Readonly<Record<string, string>>
  /** Whether the answer's body is rewritten: then it must come whole and uncompressed. */
  readonly rewrites: boolean
}

/** Makes the header fields that Qlik gets of those that the client sent. */
export type RequestHeaders = (
  request: Pick<GatewayRequest, 'fields'>,
  additions: RequestAdditions,
) => HeaderFields

/**
 * Makes the header fields that Qlik gets. What a client says about who it is, where it comes from, through what
 * it came, or about another path or method, is not passed on; neither is what concerns one connection only.
 * What the gateway adds is added last, so that no field of the client removes it.
 *
 * `host` and the framing of the body belong to the connection; `content-length` stays, for the body's sake.
 *
 * @throws ERR_GATEWAY_LOOP (508) when the request has been through this gateway before
 * @see https://www.rfc-editor.org/rfc/rfc9110, sections 5.5, 7.6.1 and 7.6.3
 */
export function createRequestHeaders(site: Pick<Site, 'publicUrl'>): RequestHeaders {
  // All nodes behind one address are one gateway, and the name says nothing about where it is.
  const self = `jotgate-${createHash('sha256').update(site.publicUrl).digest('hex').slice(0, 16)}`
  const via = `1.1 ${self}`
  return ({ fields }, { credentials = noCredentials, rewrites }) => {
    const kept: (readonly [string, string])[] = []
    const named = namesIn(fieldValue(fields, 'connection'))
    const own = readCredentials(credentials)
    for (const field of fields) {
      const [name, value] = field
      if (name === 'via' && value.includes(self)) throw gatewayErrors.ERR_GATEWAY_LOOP({})
      if (!isPassedOn(name) || named.has(name) || !safeValue.test(value)) continue
      if (own.names.has(name) || (rewrites && wantsPart.has(name))) continue
      const before = indexOf(kept, name)
      if (before === -1) kept.push(field)
      else kept[before] = [name, `${kept[before]?.[1]}, ${value}`]
    }
    if (rewrites) kept.push(['accept-encoding', 'identity'])
    kept.push(['via', via], ...own.fields)
    return kept
  }
}

const noCredentials: Readonly<Record<string, string>> = Object.freeze({})

/** Once for each object: they are the same for all requests under one Qlik session, until it changes. */
const readCredentials = rememberByObject((credentials: Readonly<Record<string, string>>) => {
  const fields: HeaderFields = Object.entries(credentials)
  return { fields, names: new Set(fields.map(([name]) => name.toLowerCase())) }
})

function indexOf(fields: HeaderFields, name: string): number {
  for (let at = 0; at < fields.length; at += 1) if (fields[at]?.[0] === name) return at
  return -1
}

/** The names that `Connection` lists: of fields that concern one connection (RFC 9110 section 7.6.1). */
export function namesIn(connection: string | readonly string[] | undefined): ReadonlySet<string> {
  if (connection === undefined) return none
  return new Set(
    String(connection)
      .split(',')
      .map((name) => name.trim().toLowerCase()),
  )
}

const none: ReadonlySet<string> = new Set()

/** No control character, and no byte that another server may read as one (RFC 9110 section 5.5). */
const safeValue = /^[\t\x20-\x7e]*$/

/** A part of a body, or another coding of it, cannot be rewritten. */
const wantsPart: ReadonlySet<string> = new Set(['a-im', 'accept-encoding', 'if-range', 'range'])

const plainName = /^[a-z\d-]+$/

const dropped: ReadonlySet<string> = new Set([
  ...hopByHopHeaders,
  // The connection's, and what is answered in front.
  'expect',
  'http2-settings',
  // From a server Qlik wants no Origin; the gateway has checked it.
  'referer',
  qlikHeaders.csrfToken,
  qlikHeaders.webIntegrationId,
  proxyHeaders.user,
  // Its other half, in the query, is replaced.
  proxyHeaders.xrfkey,
  'from',
  // Through what it came.
  'front-end-https',
  'via',
  'x-request-id',
  // Another address than the one that was decided on.
  'base-url',
  'destination',
  'request-uri',
  'uri',
  'x-accel-redirect',
  'x-sendfile',
  'x-url',
])

/** By how such names begin, with `x-` or without, and by what is in them: who it is, from where, and to where. */
const droppedFamilies = new RegExp(
  [
    '^(?:access-control|cf|proxy|sec|set)-',
    '^(?:x-)*(?:arr-|auth|client|cluster|envoy-|forward|host|http-|method|origin|proxy|real-|remote|rewrite)',
    '^(?:x-)+user|^user(?!-agent$)',
    'authori|cookie|credential|csrf|override|xsrf',
    '(?:^|-)(?:client)?ip(?:-|$)',
  ].join('|'),
)

/**
 * Some servers read `_` as `-`, so a name with anything but letters, digits and hyphens could become one of those
 * that are dropped here.
 */
const isPassedOn = rememberNames(
  (name) => plainName.test(name) && !dropped.has(name) && !droppedFamilies.test(name),
)
