import type { QlikConnection, SingleOptions } from 'jotgate/browser'
import { failureError, wayWithoutQliksCookies } from './failure.ts'
import { takeSentToQlik } from './login-choice.ts'
import type { PortalConfig } from './portal-config.ts'
import { logOutOfQlik } from './qlik-sessions.ts'
import { asStep, showStep } from './steps.ts'

/**
 * Uses the session that Qlik's own login page opened: the same calls, without a token. Nothing here
 * checks that it is the person who is signed in to the portal. A token does that.
 */
export async function connectInteractively(config: PortalConfig): Promise<QlikConnection> {
  const { url, webIntegrationId = '' } = config.qlik
  const sentAt = takeSentToQlik()
  const call = (path: string | URL, init: RequestInit = {}) => {
    const headers = new Headers(init.headers)
    headers.set('qlik-web-integration-id', webIntegrationId)
    return fetch(new URL(path, url), { ...init, headers, credentials: 'include' })
  }
  const session = await call('/api/v1/csrf-token', { cache: 'no-store' })
  if (session.status === 401) throw notLoggedIn(config, sentAt !== undefined)
  if (sentAt !== undefined)
    showStep('login-page', 'is-done', `${Math.round((Date.now() - sentAt) / 1000)} s away`)
  else showStep('login-page', 'is-done', 'Logged in there before')
  const csrfToken = await asStep(
    'csrf-token',
    async () => session.headers.get('qlik-csrf-token') ?? '',
  )

  const withIntegration = (address: URL) => {
    address.searchParams.set('qlik-web-integration-id', webIntegrationId)
    address.searchParams.set('qlik-csrf-token', csrfToken)
    return address.href
  }
  const socketOrigin = url.replace(/^http/, 'ws')
  return {
    state: { state: 'connected' },
    fetch: call,
    async user() {
      const answer = await (await call('/api/v1/users/me')).json()
      return {
        assignedGroups: [],
        assignedRoles: [],
        ...answer,
        name: answer.name ?? answer.subject,
      }
    },
    webSocketUrl(appId, { identity, ttlSeconds } = {}) {
      const path = [`/app/${encodeURIComponent(appId)}`]
      if (identity !== undefined) path.push('identity', encodeURIComponent(identity))
      if (ttlSeconds !== undefined) path.push('ttl', String(ttlSeconds))
      return withIntegration(new URL(path.join('/'), socketOrigin))
    },
    createSocket: (address) => new WebSocket(address),
    singleUrl(appId, { objectId, sheetId, identity, theme }: SingleOptions) {
      const address = new URL('/single/', url)
      const query = { appid: appId, obj: objectId, sheet: sheetId, identity, theme }
      for (const [name, value] of Object.entries(query))
        if (value !== undefined) address.searchParams.set(name, value)
      return withIntegration(address)
    },
    logout: () => logOutOfQlik(url),
    close: () => undefined,
  }
}

function notLoggedIn(config: PortalConfig, hasBeenThere: boolean): Error {
  const { qlik } = config
  showStep(
    'login-page',
    hasBeenThere ? 'is-done' : 'is-running',
    hasBeenThere ? 'You were there' : '',
  )
  if (hasBeenThere) {
    showStep('csrf-token', 'is-failed', 'Stopped here')
    return failureError({
      title: 'Your browser blocks Qlik’s cookies',
      reason: `You come from Qlik’s login page, but the browser does not send Qlik’s cookies from ${location.origin} to ${qlik.url}. It blocks third-party cookies.`,
      remedy:
        'The page and Qlik must be the same site, or the browser must allow third-party cookies for Qlik.',
      code: 'QLIK_COOKIES_BLOCKED',
      wayOut: 'qlik-login',
      ...wayWithoutQliksCookies(config),
    })
  }
  return failureError({
    title: 'You are not logged in to Qlik yet',
    reason:
      'You are signed in to the portal. Without a token Qlik does not know that, so it asks you to log in.',
    remedy: 'Log in at Qlik. Its login page leads back here.',
    wayOut: 'qlik-login',
  })
}
