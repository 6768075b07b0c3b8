import { isObject, type JsonObject, readWholeNumber, valueOrThrow } from '../../values/index.ts'
import { qlikErrors } from '../errors.ts'
import { idSegment } from '../id-segment.ts'
import { type AdminCalls, idOf } from './admin-calls.ts'

/** An identity provider of a tenant. `issuer` and `staticKeys` are those of a JWT one. */
export interface IdentityProvider {
  readonly id: string
  /** `jwtAuth` for those whose tokens jotgate signs. */
  readonly protocol: string
  readonly active: boolean
  readonly description?: string
  readonly clockToleranceSec?: number
  readonly issuer?: string
  /** At most one. */
  readonly staticKeys: readonly { readonly kid: string; readonly pem: string }[]
}

/** Calls on identity providers. Qlik lets nothing of a JWT one be changed but its description. */
export interface IdentityProviderCalls {
  listIdentityProviders(): Promise<IdentityProvider[]>
  /**
   * @param options.issuer the tokens' issuer, 1 to 256 characters
   * @param options.kid their key ID, 1 to 256 characters
   * @param options.certificateLine the certificate in one line; Qlik refuses line breaks
   * @param options.clockToleranceSec whole seconds, 0 to 86400; Qlik's own default when omitted
   */
  createIdentityProvider(options: {
    issuer: string
    kid: string
    certificateLine: string
    description?: string
    clockToleranceSec?: number
  }): Promise<IdentityProvider>
  /** @param change.description the only thing that Qlik lets be changed; at most 1024 characters */
  updateIdentityProvider(id: string, change: { description: string }): Promise<void>
  deleteIdentityProvider(id: string): Promise<void>
}

const path = '/api/v1/identity-providers'

export function createIdentityProviders(calls: AdminCalls): IdentityProviderCalls {
  return {
    async listIdentityProviders() {
      return (await calls.list(`${path}?limit=100`)).map((item) => parseProvider(item, 'GET'))
    },
    async createIdentityProvider(options) {
      const { issuer, kid, certificateLine, description, clockToleranceSec } = options
      checkText('issuer', issuer)
      checkText('kid', kid)
      checkCertificateLine(certificateLine)
      checkTolerance(clockToleranceSec)
      const answer = await calls.send('POST', path, {
        protocol: 'jwtAuth',
        provider: 'external',
        description,
        clockToleranceSec,
        options: { issuer, staticKeys: [{ kid, pem: certificateLine }] },
      })
      return parseProvider(answer, 'POST')
    },
    async updateIdentityProvider(id, { description }) {
      if (typeof description !== 'string' || description.length > 1024)
        throw qlikErrors.ERR_QLIK_OPTION({
          option: 'description',
          problem: 'must be a string of at most 1024 characters',
        })
      const patch = [{ op: 'replace', path: '/description', value: description }]
      await calls.send('PATCH', `${path}/${idSegment(id)}`, patch)
    },
    async deleteIdentityProvider(id) {
      await calls.send('DELETE', `${path}/${idSegment(id)}`)
    },
  }
}

function checkText(option: string, value: unknown): void {
  if (typeof value === 'string' && value.trim() !== '' && value.length <= 256) return
  const problem = 'must be a string of 1 to 256 characters'
  throw qlikErrors.ERR_QLIK_OPTION({ option, problem })
}

function checkCertificateLine(value: unknown): void {
  const form = /^-----BEGIN CERTIFICATE-----[A-Za-z0-9+/]+={0,2}-----END CERTIFICATE-----$/
  if (typeof value === 'string' && form.test(value)) return
  const problem =
    'must be one certificate in a single line, as toCertificateLine and readCertificate give it'
  throw qlikErrors.ERR_QLIK_OPTION({ option: 'certificateLine', problem })
}

function checkTolerance(value: unknown): void {
  const bounds = { min: 0, max: 86_400, unit: 'seconds', fallback: 0 }
  const reading = readWholeNumber('clockToleranceSec', value, bounds)
  valueOrThrow(reading, qlikErrors.ERR_QLIK_OPTION)
}

function parseProvider(item: JsonObject, method: string): IdentityProvider {
  const { description, clockToleranceSec } = item
  const options = isObject(item.options) ? item.options : {}
  const keys = Array.isArray(options.staticKeys) ? options.staticKeys.filter(isObject) : []
  return {
    id: idOf(item, `${method} ${path}`),
    protocol: typeof item.protocol === 'string' ? item.protocol : '',
    active: item.active !== false,
    ...(typeof description === 'string' ? { description } : {}),
    ...(typeof clockToleranceSec === 'number' ? { clockToleranceSec } : {}),
    ...(typeof options.issuer === 'string' ? { issuer: options.issuer } : {}),
    staticKeys: keys.map(({ kid, pem }) => ({ kid: String(kid), pem: String(pem) })),
  }
}
