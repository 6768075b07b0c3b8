import type { JsonObject } from '../../values/index.ts'
import { qlikErrors } from '../errors.ts'
import { idSegment } from '../id-segment.ts'
import { type AdminCalls, idOf } from './admin-calls.ts'

/** What an entry can let a page or a host do, by the names of Qlik's API. */
export const cspDirectives = [
  'childSrc',
  'connectSrc',
  'connectSrcWSS',
  'fontSrc',
  'formAction',
  'frameAncestors',
  'frameSrc',
  'imgSrc',
  'mediaSrc',
  'objectSrc',
  'scriptSrc',
  'styleSrc',
  'workerSrc',
] as const

/** A directive of the tenant's Content Security Policy; `frameAncestors` is who may show Qlik in a frame. */
export type CspDirective = (typeof cspDirectives)[number]

/** An entry of the tenant's Content Security Policy. */
export interface CspOrigin {
  readonly id: string
  readonly name: string
  /** Host and port: Qlik keeps no scheme. */
  readonly origin: string
  readonly directives: readonly CspDirective[]
  readonly description?: string
}

/** Calls on the Content Security Policy, which decides who may show Qlik's pages in a frame. */
export interface CspOriginCalls {
  listCspOrigins(): Promise<CspOrigin[]>
  /**
   * @param options.name 1 to 512 characters
   * @param options.origin an origin as a browser has it, or `host`, `host:port`, `*.host`; 1 to 256 characters
   * @param options.directives what it is allowed for, at least one; `['frameAncestors']` lets its pages
   * show Qlik in a frame, which is refused without such an entry
   */
  createCspOrigin(options: {
    name: string
    origin: string
    directives: readonly CspDirective[]
  }): Promise<CspOrigin>
  /** Writes the whole entry: give back what is to stay. Takes what `createCspOrigin` takes. */
  updateCspOrigin(
    id: string,
    entry: {
      name: string
      origin: string
      directives: readonly CspDirective[]
      description?: string | undefined
    },
  ): Promise<void>
  deleteCspOrigin(id: string): Promise<void>
}

const path = '/api/v1/csp-origins'

export function createCspOrigins(calls: AdminCalls): CspOriginCalls {
  return {
    async listCspOrigins() {
      return (await calls.list(`${path}?limit=100`)).map((item) => parseEntry(item, 'GET'))
    },
    async createCspOrigin({ name, origin, directives: wanted }) {
      checkName(name)
      const flags = Object.fromEntries(parseDirectives(wanted).map((one) => [one, true]))
      const entry = { name, origin: parseHost(origin), ...flags }
      return parseEntry(await calls.send('POST', path, entry), 'POST')
    },
    async updateCspOrigin(id, { name, origin, directives: wanted, description }) {
      checkName(name)
      const parsed = parseDirectives(wanted)
      const flags = Object.fromEntries(cspDirectives.map((one) => [one, parsed.includes(one)]))
      const entry = { name, origin: parseHost(origin), description, ...flags }
      await calls.send('PUT', `${path}/${idSegment(id)}`, entry)
    },
    async deleteCspOrigin(id) {
      await calls.send('DELETE', `${path}/${idSegment(id)}`)
    },
  }
}

function checkName(name: unknown): void {
  if (typeof name === 'string' && name.trim() !== '' && name.length <= 512) return
  throw optionError('name', 'must be a string of 1 to 512 characters')
}

function optionError(option: string, problem: string) {
  return qlikErrors.ERR_QLIK_OPTION({ option, problem })
}

function isDirective(value: unknown): value is CspDirective {
  return (cspDirectives as readonly unknown[]).includes(value)
}

function parseDirectives(wanted: unknown): CspDirective[] {
  if (!Array.isArray(wanted) || wanted.length === 0)
    throw optionError('directives', 'must be an array with at least one directive')
  const index = wanted.findIndex((one) => !isDirective(one))
  if (index >= 0)
    throw optionError(`directives[${index}]`, `must be one of ${cspDirectives.join(', ')}`)
  return wanted
}

const webScheme = /^(?:https?|wss?):\/\//i
const hostWithPort = /^(?:\*\.)?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::(?:\d{1,5}|\*))?$/i

/** The host of an origin: Qlik drops a scheme, and an entry with a path would match no page. */
function parseHost(origin: unknown): string {
  const host = typeof origin === 'string' ? origin.replace(webScheme, '') : ''
  if (host.length <= 256 && hostWithPort.test(host)) return host
  const problem =
    'must be an origin or a host such as example.com, *.example.com: no path, no slash'
  throw optionError('origin', problem)
}

function parseEntry(item: JsonObject, method: string): CspOrigin {
  const text = (value: unknown) => (typeof value === 'string' ? value : '')
  return {
    id: idOf(item, `${method} ${path}`),
    name: text(item.name),
    origin: text(item.origin),
    directives: cspDirectives.filter((name) => item[name] === true),
    ...(typeof item.description === 'string' && item.description !== ''
      ? { description: item.description }
      : {}),
  }
}
