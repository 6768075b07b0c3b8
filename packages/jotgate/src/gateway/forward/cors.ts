import type { GatewayRequest } from '../request.ts'
import type { Site } from '../site.ts'

type Fields = readonly (readonly [name: string, value: string])[]

/** Lets pages of other origins read answers: https://fetch.spec.whatwg.org/#http-cors-protocol */
export interface Cors {
  /** What each answer to a request gets, refusals too: a page can read only what these allow. */
  fieldsFor(request: Pick<GatewayRequest, 'field'>): Fields
  /**
   * What a browser asks before a request that is not simple: the answer's fields, with status 204.
   *
   * @returns undefined for any other request
   */
  preflight(request: GatewayRequest): Fields | undefined
}

/** Answers for the listed origins alone, by their exact name and with credentials (T-C12). */
export function createCors(site: Pick<Site, 'allows'>): Cors {
  const fieldsFor: Cors['fieldsFor'] = (request) => {
    const origin = request.field('origin')
    if (origin === undefined || !site.allows(origin)) return [varies]
    return [
      varies,
      ['access-control-allow-origin', origin],
      ['access-control-allow-credentials', 'true'],
      ['access-control-expose-headers', exposed],
    ]
  }
  return {
    fieldsFor,
    preflight(request) {
      const asked = request.field('access-control-request-method')
      if (request.method !== 'OPTIONS' || asked === undefined) return undefined
      const origin = request.field('origin')
      if (origin === undefined || !site.allows(origin)) return [varies]
      const names = request.field('access-control-request-headers') ?? ''
      return [
        ['vary', 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers'],
        ['access-control-allow-origin', origin],
        ['access-control-allow-credentials', 'true'],
        ['access-control-allow-methods', 'GET, HEAD, POST, PUT, PATCH, DELETE'],
        // Listed pages may send what they like: what Qlik must not get is dropped on the way.
        ...(isNameList.test(names) ? [['access-control-allow-headers', names] as const] : []),
        ['access-control-max-age', '600'],
      ]
    },
  }
}

const varies = ['vary', 'Origin'] as const

/** What Qlik's clients read of an answer's header. */
const exposed = [
  'accept-ranges',
  'content-disposition',
  'content-range',
  'deprecation',
  'etag',
  'link',
  'location',
  'qlik-csrf-token',
  'retry-after',
  'sunset',
  'x-request-id',
].join(', ')

const isNameList = /^[\w-]{1,64}(, ?[\w-]{1,64}){0,63}$/
