import { qlikHeaders, qlikPaths } from '../../../protocol/index.ts'
import { isObject } from '../../../values/index.ts'
import { diagnosed, failure } from '../../failure.ts'
import { wrongOption } from '../../option-check.ts'
import type { CloudOptions } from '../../options.ts'
import type { DirectProduct } from '../direct-product.ts'
import type { Peer, Reach } from '../peer.ts'
import { askQlik } from '../qlik-answer.ts'

/** Qlik Cloud, as a page speaks with it. */
export async function cloud(
  { webIntegrationId }: CloudOptions,
  url: string,
  reach: Reach,
): Promise<DirectProduct> {
  if (!/^[\w-]{1,128}$/.test(webIntegrationId ?? '')) throw await wrongOption('webIntegrationId')
  const unreachable = 'ERR_BROWSER_QLIK_UNREACHABLE'
  const peer: Peer = { url, reason: 'qlik-unreachable', unreachable }

  const userUrl = url + qlikPaths.currentUser

  const identify = (address: URL, csrfToken?: string, headers?: Headers) => {
    const request = headers ?? address.searchParams
    request.set(qlikHeaders.webIntegrationId, webIntegrationId)
    if (csrfToken) request.set(qlikHeaders.csrfToken, csrfToken)
  }

  const ask = (path: string, init: Parameters<typeof askQlik>[1] = {}, csrfToken?: string) => {
    const address = new URL(path, url)
    const headers = new Headers(init.headers)
    identify(address, csrfToken, headers)
    // In the query as well: a CORS preflight has none of the page's headers, and Qlik may decide it by the ID.
    identify(address)
    return askQlik(address, { ...init, headers }, reach, peer)
  }

  /** Qlik answers with a redirect, which a page can only follow blindly. */
  const askUser = (csrfToken?: string) =>
    ask(qlikPaths.currentUser, { redirect: 'follow', meant: /^40[134]$/ }, csrfToken)

  return {
    peer,
    basePath: '',
    identify,
    // The shortest inactivity timeout and lifespan that an administrator can set: 15 minutes and an hour.
    safeUntil: (aliveAt, openedAt) => Math.min(aliveAt + 900_000, openedAt + 3_600_000),
    isOf: ({ sub }, { person }) => sub === person,
    async openSession(host) {
      const headers = { authorization: `Bearer ${host.token}`, 'content-type': 'application/json' }
      const init = { method: 'POST', headers, meant: /^4(?!29)/ }
      const response = await ask(qlikPaths.jwtSession, init)
      if (response.ok) return
      const loginUrl = url + qlikPaths.jwtSession
      throw await diagnosed(
        ({ cloudRefusal }) => cloudRefusal(host, response, loginUrl),
        'ERR_BROWSER_LOGIN_REFUSED',
        { reason: 'refused', url: loginUrl, status: response.status },
      )
    },
    async readSession() {
      const answer = await ask(qlikPaths.csrfToken)
      if (!answer.ok) return undefined
      const csrfToken = answer.headers.get(qlikHeaders.csrfToken)
      if (!csrfToken) {
        const csrfUrl = url + qlikPaths.csrfToken
        throw await failure('ERR_BROWSER_CSRF_TOKEN', { reason: 'refused', url: csrfUrl })
      }
      // The CSRF token goes along only where Qlik asks for it on reads: the redirect may lead anywhere.
      const first = await askUser()
      const found = first.status === 403 ? await askUser(csrfToken) : first
      if (!found.ok) return undefined
      const user: unknown = await found.json().catch(() => undefined)
      if (isObject(user) && typeof user.subject === 'string')
        return { person: user.subject, csrfToken, answer: user }
      throw await failure('ERR_BROWSER_QLIK_ANSWER', { reason: 'refused', url: userUrl })
    },
    async toUser(answer) {
      const { toQlikUser } = await import('./user.ts')
      return toQlikUser(answer, userUrl)
    },
    async endSession() {
      // Qlik documents no CORS for /logout: the page cannot read the answer, and looks afterwards.
      const init = { mode: 'no-cors', redirect: 'follow', keepalive: true, meant: /./ } as const
      await ask('/logout', init)
      const { ok } = await ask(qlikPaths.csrfToken)
      if (ok) throw await failure('ERR_BROWSER_LOGOUT', { url })
    },
  }
}
