import type { JsonObject } from '../../values/index.ts'
import { qlikErrors } from '../errors.ts'
import { idSegment } from '../id-segment.ts'
import { type AdminCalls, idOf } from './admin-calls.ts'

/** A list of origins from which browsers may call the tenant, and the ID that they name. */
export interface WebIntegration {
  readonly id: string
  readonly name: string
  readonly validOrigins: readonly string[]
}

/** Calls on web integrations. */
export interface WebIntegrationCalls {
  listWebIntegrations(): Promise<WebIntegration[]>
  /**
   * @param options.name 1 to 256 characters
   * @param options.validOrigins each exactly as a browser sends it: scheme, host, and a port that is
   * not the scheme's own; no path, no slash at the end, no `*`
   */
  createWebIntegration(options: {
    name: string
    validOrigins: readonly string[]
  }): Promise<WebIntegration>
  /** Changes what is given and leaves the rest. */
  updateWebIntegration(
    id: string,
    change: { name?: string; validOrigins?: readonly string[] },
  ): Promise<void>
  deleteWebIntegration(id: string): Promise<void>
}

const path = '/api/v1/web-integrations'

export function createWebIntegrations(calls: AdminCalls): WebIntegrationCalls {
  return {
    async listWebIntegrations() {
      return (await calls.list(`${path}?limit=100`)).map((item) => parseIntegration(item, 'GET'))
    },
    async createWebIntegration({ name, validOrigins }) {
      checkName(name)
      checkOrigins(validOrigins)
      return parseIntegration(await calls.send('POST', path, { name, validOrigins }), 'POST')
    },
    async updateWebIntegration(id, { name, validOrigins }) {
      const patch: { op: 'replace'; path: string; value: unknown }[] = []
      if (name !== undefined) {
        checkName(name)
        patch.push({ op: 'replace', path: '/name', value: name })
      }
      if (validOrigins !== undefined) {
        checkOrigins(validOrigins)
        patch.push({ op: 'replace', path: '/validOrigins', value: validOrigins })
      }
      if (patch.length > 0) await calls.send('PATCH', `${path}/${idSegment(id)}`, patch)
    },
    async deleteWebIntegration(id) {
      await calls.send('DELETE', `${path}/${idSegment(id)}`)
    },
  }
}

function checkName(name: unknown): void {
  if (typeof name === 'string' && name.trim() !== '' && name.length <= 256) return
  const problem = 'must be a string of 1 to 256 characters'
  throw qlikErrors.ERR_QLIK_OPTION({ option: 'name', problem })
}

/** Qlik compares the text with the browser's header: a slash at the end never matches anything. */
function checkOrigins(origins: unknown): void {
  if (!Array.isArray(origins))
    throw qlikErrors.ERR_QLIK_OPTION({ option: 'validOrigins', problem: 'must be an array' })
  for (const [index, origin] of origins.entries()) {
    const url = typeof origin === 'string' && URL.canParse(origin) ? new URL(origin) : undefined
    const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:'
    if (isWeb && url.origin === origin && !origin.includes('*')) continue
    const better = isWeb && !String(origin).includes('*') ? `, such as ${url.origin}` : ''
    const problem = `must be an origin as a browser sends it${better}: no path, no slash, no *`
    throw qlikErrors.ERR_QLIK_OPTION({ option: `validOrigins[${index}]`, problem })
  }
}

function parseIntegration(item: JsonObject, method: string): WebIntegration {
  const origins = Array.isArray(item.validOrigins) ? item.validOrigins : []
  return {
    id: idOf(item, `${method} ${path}`),
    name: typeof item.name === 'string' ? item.name : '',
    validOrigins: origins.filter((origin) => typeof origin === 'string'),
  }
}
