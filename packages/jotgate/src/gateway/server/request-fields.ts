import { gatewayErrors } from '../errors.ts'
import { rememberNames } from '../remember.ts'

/** The fields of a header in their order, names in lower case. */
export type Fields = readonly (readonly [name: string, value: string])[]

/** How large a header may be. */
export interface FieldLimits {
  readonly maxFields: number
  readonly maxHeadBytes: number
}

/**
 * Reads the fields of a header from Node's `rawHeaders`, which alone has every line as it came: `headers`
 * drops and joins lines, and `headersDistinct` fails on a field named `__proto__` (CVE-2026-21710).
 *
 * Fields whose name has anything but letters, digits and hyphens are omitted, as nginx does: many servers read
 * `x_forwarded_user` as `x-forwarded-user` (CVE-2025-64484). So are fields with bytes above ASCII, but cookies, which
 * Qlik never gets.
 *
 * @param startBytes how much of `maxHeadBytes` the line before the fields took
 * @throws ERR_GATEWAY_REQUEST, ERR_GATEWAY_REQUEST_HEAD
 */
export function readFields(
  rawHeaders: readonly string[],
  startBytes: number,
  limits: FieldLimits,
): Fields {
  if (rawHeaders.length > limits.maxFields * 2)
    throw gatewayErrors.ERR_GATEWAY_REQUEST_HEAD({
      problem: `has more than ${limits.maxFields} fields`,
    })
  const fields: (readonly [string, string])[] = []
  let bytes = startBytes
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const rawName = rawHeaders[at] ?? ''
    const value = rawHeaders[at + 1] ?? ''
    bytes += rawName.length + value.length + fieldSyntaxBytes
    if (bytes > limits.maxHeadBytes)
      throw gatewayErrors.ERR_GATEWAY_REQUEST_HEAD({
        problem: `is larger than ${limits.maxHeadBytes} bytes`,
      })
    const { name, isToken, isPlain, isSingle, isOverride } = readName(rawName)
    if (!isToken) throw refused('has a field whose name is not a token')
    const isText = text.test(value)
    if (!isText && isControl.test(value)) throw refused('has a control character in a field')
    if (isSingle && fieldValue(fields, name) !== undefined)
      throw refused(`has the field ${name} twice`)
    if (isOverride) throw refused(`has the field ${name}, which overrides its method`)
    if (!isText && name !== 'cookie') {
      if (isSingle) throw refused(`has bytes above ASCII in the field ${name}`)
      continue
    }
    if (isPlain) fields.push([name, value])
  }
  return fields
}

/** The value of a field; several lines of one name are joined as RFC 9110 section 5.3 has it, cookies by RFC 9113 section 8.2.3. */
export function fieldValue(fields: Fields, name: string): string | undefined {
  let value: string | undefined
  for (const [each, more] of fields) {
    if (each !== name) continue
    value = value === undefined ? more : `${value}${name === 'cookie' ? '; ' : ', '}${more}`
  }
  return value
}

/** `: ` and the end of the line. */
const fieldSyntaxBytes = 4

/** Visible ASCII, blanks and tabs. */
const text = /^[\t\x20-\x7e]*$/

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const isControl = /[\x00-\x08\x0a-\x1f\x7f]/

/** Fields that come once: where there are two, servers differ in which one they take. */
const singleFields: ReadonlySet<string> = new Set([
  'access-control-request-method',
  'authorization',
  'content-encoding',
  'content-length',
  'content-location',
  'content-range',
  'content-type',
  'date',
  'expect',
  'from',
  'host',
  'http2-settings',
  'if-modified-since',
  'if-range',
  'if-unmodified-since',
  'max-forwards',
  'origin',
  'proxy-authorization',
  'range',
  'referer',
  'sec-fetch-dest',
  'sec-fetch-mode',
  'sec-fetch-site',
  'sec-fetch-user',
  'sec-websocket-key',
  'sec-websocket-version',
  'transfer-encoding',
  'upgrade',
  'user-agent',
])

/** Frameworks take the method from these: T-H14. */
const overrideFields: ReadonlySet<string> = new Set([
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
])

const readName = rememberNames((rawName) => {
  const name = rawName.toLowerCase()
  return {
    name,
    /** RFC 9110 section 5.6.2. */
    isToken: /^[!#$%&'*+\-.^_`|~\da-z]+$/.test(name),
    isPlain: /^[a-z\d-]+$/.test(name),
    isSingle: singleFields.has(name),
    isOverride: overrideFields.has(name),
  }
})

const refused = (problem: string) => gatewayErrors.ERR_GATEWAY_REQUEST({ problem })
