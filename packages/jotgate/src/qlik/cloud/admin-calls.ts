import type { CloudDeployment } from '../../token/index.ts'
import { qlikErrors } from '../errors.ts'
import { type CallOptions, callQlik } from '../http.ts'
import { parseObject, refusalOf } from '../refusal.ts'

/** A JSON object as it came. */
export type JsonObject = Record<string, unknown>

/** The calls of an administrator, whatever they are about. */
export interface AdminCalls {
  /** Gives the answer's object; an empty one when there is no body. */
  send(method: string, path: string, body?: unknown): Promise<JsonObject>
  /** Gives the `data` of all pages. */
  list(path: string): Promise<JsonObject[]>
}

const maxPages = 1000

export function createAdminCalls(
  options: CallOptions & { deployment: CloudDeployment; apiKey: string },
): AdminCalls {
  const { deployment, apiKey } = options

  const call = async (method: string, url: URL, body?: unknown): Promise<JsonObject> => {
    const headers: Record<string, string> = {
      authorization: `Bearer ${apiKey}`,
      accept: 'application/json',
    }
    if (body !== undefined) headers['content-type'] = 'application/json'
    const request = { url, method, headers }
    const answer = await callQlik(
      body === undefined ? request : { ...request, body: JSON.stringify(body) },
      options,
    )
    if (answer.status < 200 || answer.status > 299) throw refusalOf(answer, { secrets: [apiKey] })
    if (answer.text === '') return {}
    const value = parseObject(answer.text)
    if (value === undefined)
      throw qlikErrors.ERR_QLIK_ANSWER({ call: answer.call, problem: 'is not a JSON object' })
    return value
  }

  return {
    send: (method, path, body) => call(method, new URL(path, deployment.url), body),
    list: async (path) => {
      const items: JsonObject[] = []
      const seen = new Set<string>()
      let url: URL | undefined = new URL(path, deployment.url)
      while (url !== undefined) {
        const name = `GET ${url.pathname}`
        if (seen.has(url.href) || seen.size >= maxPages)
          throw qlikErrors.ERR_QLIK_ANSWER({ call: name, problem: 'has pages without end' })
        seen.add(url.href)
        const page: JsonObject = await call('GET', url)
        if (!Array.isArray(page.data))
          throw qlikErrors.ERR_QLIK_ANSWER({ call: name, problem: 'is not a list' })
        items.push(...page.data.filter(isObject))
        url = nextPage(page, url, name)
      }
      return items
    },
  }
}

/** Pages are linked by absolute addresses; the API key goes to the deployment's own origin alone. */
function nextPage(page: JsonObject, from: URL, call: string): URL | undefined {
  const next = isObject(page.links) ? page.links.next : undefined
  const href = isObject(next) ? next.href : undefined
  if (typeof href !== 'string' || href === '') return undefined
  const url = URL.canParse(href, from.href) ? new URL(href, from) : undefined
  if (url?.origin === from.origin) return url
  throw qlikErrors.ERR_QLIK_REDIRECT({ call, origin: url?.origin ?? 'no address' })
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The ID that an answer must have, since the next call needs it. */
export function idOf(object: JsonObject, call: string): string {
  if (typeof object.id === 'string' && object.id !== '') return object.id
  throw qlikErrors.ERR_QLIK_ANSWER({ call, problem: 'has no id' })
}

/** An ID as a path segment. */
export function idSegment(id: unknown): string {
  if (typeof id === 'string' && /^[\w-]{1,128}$/.test(id)) return id
  const problem = 'must be the id that Qlik gave'
  throw qlikErrors.ERR_QLIK_OPTION({ option: 'id', problem })
}
