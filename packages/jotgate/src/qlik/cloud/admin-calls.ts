import type { CloudDeployment } from '../../token/index.ts'
import { isObject, type JsonObject, parseJsonObject } from '../../values/index.ts'
import { qlikErrors } from '../errors.ts'
import { type CallOptions, callQlik } from '../http.ts'
import { pagesOf } from '../pages.ts'
import { refusalOf } from '../refusal.ts'

/** The calls of an administrator, whatever they are about. */
export interface AdminCalls {
  /** Gives the answer's object; an empty one when there is no body. */
  send(method: string, path: string, body?: unknown): Promise<JsonObject>
  /** Reads where a path leads: one redirect on the same origin. */
  follow(path: string): Promise<JsonObject>
  /** Gives the `data` of all pages. */
  list(path: string): Promise<JsonObject[]>
}

/** @param options.bearer gives the API key or the access token of each call */
export function createAdminCalls(
  options: CallOptions & { deployment: CloudDeployment; bearer: () => Promise<string> },
): AdminCalls {
  const { deployment } = options

  const ask = async (method: string, url: URL, body?: unknown) => {
    const bearer = await options.bearer()
    const headers: Record<string, string> = {
      authorization: `Bearer ${bearer}`,
      accept: 'application/json',
    }
    if (body !== undefined) headers['content-type'] = 'application/json'
    const request = { url, method, headers }
    const answer = await callQlik(
      body === undefined ? request : { ...request, body: JSON.stringify(body) },
      options,
    )
    return { answer, bearer }
  }

  const call = async (method: string, url: URL, body?: unknown): Promise<JsonObject> => {
    const { answer, bearer } = await ask(method, url, body)
    if (answer.status < 200 || answer.status > 299) throw refusalOf(answer, { secrets: [bearer] })
    if (answer.text === '') return {}
    const value = parseJsonObject(answer.text)
    if (value === undefined)
      throw qlikErrors.ERR_QLIK_ANSWER({ call: answer.call, problem: 'is not a JSON object' })
    return value
  }

  return {
    send: (method, path, body) => call(method, new URL(path, deployment.url), body),
    follow: async (path) => {
      const url = new URL(path, deployment.url)
      const { answer, bearer } = await ask('GET', url)
      const { call: name, status, headers } = answer
      if (status < 300 || status > 399) {
        if (status >= 200 && status <= 299) return parseJsonObject(answer.text) ?? {}
        throw refusalOf(answer, { secrets: [bearer] })
      }
      const location = headers.get('location') ?? ''
      const target = URL.canParse(location, url.href) ? new URL(location, url) : undefined
      if (target?.origin === url.origin) return call('GET', target)
      throw qlikErrors.ERR_QLIK_REDIRECT({ call: name, origin: target?.origin ?? 'no address' })
    },
    list: async (path) => {
      const items: JsonObject[] = []
      const first = new URL(path, deployment.url)
      for await (const page of pagesOf(first, (url) => call('GET', url)))
        items.push(...page.filter(isObject))
      return items
    },
  }
}

/** The ID that an answer must have, since the next call needs it. */
export function idOf(object: JsonObject, call: string): string {
  if (typeof object.id === 'string' && object.id !== '') return object.id
  throw qlikErrors.ERR_QLIK_ANSWER({ call, problem: 'has no id' })
}
