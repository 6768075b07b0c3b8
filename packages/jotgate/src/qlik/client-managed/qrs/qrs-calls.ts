import { proxyHeaders } from '../../../protocol/index.ts'
import { isObject } from '../../../values/index.ts'
import { qlikErrors } from '../../errors.ts'
import type { CallOptions } from '../../http.ts'
import { makeRestCall, type RestMethod } from '../../rest-call.ts'
import type { QlikSession } from '../../session.ts'
import { clientManagedProduct } from '../client-managed-product.ts'
import { createServiceCalls, jsonOf } from '../service-calls.ts'
import type { RepositoryEntity } from './entities.ts'

/** By which way the repository is called, and as whom. */
export type RepositoryAccess =
  | {
      /** The session of a service user, at a virtual proxy with JWT: needs no certificate, and may what the rules allow. */
      readonly session: QlikSession
    }
  | {
      /** The repository's own port, such as `https://central.acme.example:4242`; `fetch` shows a client certificate. */
      readonly url: string
      /** In whose name. Whoever has the certificate may name anybody. */
      readonly user: { readonly directory: string; readonly id: string }
    }

/** What `createRepository` takes. */
export type RepositoryOptions = RepositoryAccess & CallOptions

/** The calls of the repository, whichever way they go. */
export interface QrsCalls {
  /** Gives the answer's JSON; undefined without a body. */
  send(call: {
    method: RestMethod
    path: string
    query?: Readonly<Record<string, string>> | undefined
    body?: unknown
  }): Promise<unknown>
  /** Every entity of a type that the caller may see and a filter keeps. */
  list(type: string, filter?: string): Promise<readonly RepositoryEntity[]>
}

/** What the repository calls its MaxRecordLimit: a longer list is cut off without a word. */
const shortestCutList = 100

export function createQrsCalls(options: RepositoryOptions): QrsCalls {
  const send = 'session' in options ? throughProxy(options, options.session) : atPort(options)
  return {
    send,
    async list(type, filter) {
      const query = filter === undefined ? {} : { filter }
      const path = `/qrs/${type}`
      const items = await send({ method: 'GET', path: `${path}/full`, query })
      const call = `GET ${path}/full`
      if (!Array.isArray(items) || !items.every(isEntity))
        throw qlikErrors.ERR_QLIK_ANSWER({ call, problem: 'is not a list of entities' })
      if (items.length < shortestCutList) return items
      const count = await send({ method: 'GET', path: `${path}/count`, query })
      // A number by the documentation, an object by what was measured.
      const total = Number(isObject(count) ? count.value : count)
      if (total === items.length) return items
      const problem = `has ${items.length} of ${total} entities: the repository cuts lists off at its MaxRecordLimit`
      throw qlikErrors.ERR_QLIK_ANSWER({ call, problem })
    },
  }
}

const isEntity = (value: unknown): value is RepositoryEntity =>
  isObject(value) && typeof value.id === 'string'

function throughProxy(how: CallOptions, session: QlikSession): QrsCalls['send'] {
  const { fetch, timeoutMs = 10_000, signal } = how
  const options = { timeoutMs, ...(fetch && { fetch }), ...(signal && { signal }) }
  return async ({ method, path, query = {}, body }) => {
    const pairs = Object.entries(query).map(
      ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
    )
    const answer = await makeRestCall(clientManagedProduct, session, {
      ...options,
      method,
      path: `${path}${pairs.length === 0 ? '' : `?${pairs.join('&')}`}`,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return answer.json()
  }
}

function atPort(options: CallOptions & { url: string; user: { directory: string; id: string } }) {
  const { user } = options
  const calls = createServiceCalls({
    ...options,
    headers: { [proxyHeaders.user]: userField(user) },
  })
  return async (call: Parameters<QrsCalls['send']>[0]): Promise<unknown> => {
    const answer = await calls(call)
    return answer.text === '' ? undefined : jsonOf(answer)
  }
}

/**
 * `UserDirectory=INTERNAL; UserId=sa_api`, encoded as in Qlik's own examples, so that neither part can name
 * another user.
 */
function userField(user: { directory: string; id: string }): string {
  for (const [option, value] of Object.entries({
    'user.directory': user?.directory,
    'user.id': user?.id,
  }))
    if (typeof value !== 'string' || value === '' || value.length > 255 || !value.isWellFormed())
      throw qlikErrors.ERR_QLIK_OPTION({
        option,
        problem: 'must be a string of 1 to 255 characters',
      })
  const { directory, id } = user
  return `UserDirectory=${encodeURIComponent(directory)}; UserId=${encodeURIComponent(id)}`
}
