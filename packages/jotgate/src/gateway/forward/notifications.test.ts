import { expect, it } from 'vitest'
import { productFor } from '../../qlik/index.ts'
import { gatewayRequest } from '../request.fixture.ts'
import { readSite } from '../site.ts'
import { pageOrigin } from './decider.fixture.ts'
import { createNotificationsFor } from './notifications.ts'
import { prefixedProduct } from './prefix.fixture.ts'

const site = readSite('https://qlik.acme.example', [pageOrigin])
const rules = prefixedProduct.gatewayRules

function rewritten(method: string, params: object, loginUrl?: string, origin?: string) {
  const request = gatewayRequest({ target: '/jwt/app/a', headers: origin ? { origin } : {} })
  return createNotificationsFor({ site, loginUrl, rules })?.(request)({
    method,
    params: params as Record<string, unknown>,
  })
}

it('gives the gateway’s log-out, and the host application’s login to come back from', () => {
  const login = 'https://www.acme.example/login'
  const asked = { mustAuthenticate: true, loginUri: 'https://sense/jwt/internal_login/?targetId=1' }
  const logoutUri = 'https://sense/jwt/qps/user'
  const told = { userId: 'ada', userDirectory: 'ACME', mustAuthenticate: false, logoutUri }
  expect(rewritten('OnAuthenticationInformation', told)).toEqual({
    ...told,
    logoutUri: 'https://qlik.acme.example/.jotgate/logout',
  })
  const back = (url: string) => `${login}?returnto=${encodeURIComponent(url)}`
  expect(rewritten('OnAuthenticationInformation', asked, login, pageOrigin)).toEqual({
    mustAuthenticate: true,
    loginUri: back(`${pageOrigin}/`),
  })
  expect(rewritten('OnAuthenticationInformation', asked, login)).toEqual({
    mustAuthenticate: true,
    loginUri: back('https://qlik.acme.example/'),
  })
  // Where nobody logs in by an address, none of Qlik's is better.
  expect(rewritten('OnAuthenticationInformation', asked)).toEqual({ mustAuthenticate: true })
})

it('logs after which of them Qlik closes the web socket, and by which name it is explained', () => {
  const lines: unknown[][] = []
  const log = { warn: (...line: unknown[]) => void lines.push(line) }
  const request = gatewayRequest({ target: '/jwt/app/a' })
  const hear = createNotificationsFor({ site, loginUrl: undefined, rules, log })?.(request)
  const params = { severity: 'fatal', message: 'The user has too many parallel sessions' }
  hear?.({ method: 'OnMaxParallelSessionsExceeded', params })
  hear?.({ method: 'OnConnected', params: { qSessionState: 'SESSION_CREATED' } })
  hear?.({ method: 'x\n', params })
  expect(lines).toEqual([
    [
      { requestId: request.id, notification: 'OnMaxParallelSessionsExceeded' },
      'Qlik closes a web socket: `jotgate explain OnMaxParallelSessionsExceeded` says why',
    ],
  ])
})

it('leaves the others as they are', () => {
  expect(rewritten('OnAuthenticationInformation', { mustAuthenticate: true })).toBeUndefined()
  expect(rewritten('OnConnected', { qSessionState: 'SESSION_CREATED' })).toBeUndefined()
  const { gatewayRules } = productFor({ product: 'cloud', url: 'https://a.example' })
  expect(createNotificationsFor({ site, loginUrl: undefined, rules: gatewayRules })).toBeUndefined()
})
