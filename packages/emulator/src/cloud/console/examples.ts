import type { AppAnswer } from '../../http/call-app.ts'
import type { CloudSwitches } from '../switch-definitions.ts'
import type { Sandbox } from './sandbox.ts'
import { saveIdentityProvider } from './set-up-forms.ts'

/** A request that leads to one error. */
interface Example {
  readonly switches?: Partial<CloudSwitches>
  run(sandbox: Sandbox): Promise<AppAnswer>
}

function cookieOf(answer: AppAnswer): string {
  return answer.setCookies.map((line) => line.split(';', 1)[0]).join('; ')
}

function bearerOf({ cloud }: Sandbox): { authorization: string } {
  return { authorization: `Bearer ${cloud.adminKey}` }
}

/** Logs in interactively as a browser would: to the identity provider, its form, and back. */
async function logInInteractively(
  { call }: Sandbox,
  form: Readonly<Record<string, string>>,
): Promise<AppAnswer> {
  const begun = await call({ method: 'GET', path: '/login' })
  const state = new URLSearchParams(begun.headers.location?.split('?')[1]).get('state') ?? ''
  const signedIn = await call({
    method: 'POST',
    path: '/login/sign-in',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    text: new URLSearchParams({ state, ...form }).toString(),
  })
  const { location = '/login/callback' } = signedIn.headers
  return call({ method: 'GET', path: location, headers: { cookie: cookieOf(begun) } })
}

/** The errors that a request meets by itself; the others are given by a fault. */
export const examples: Readonly<Record<string, Example>> = {
  'missing-nbf': { run: ({ login }) => login({ nbf: undefined }) },
  'missing-jti': { run: ({ login }) => login({ jti: undefined }) },
  'login-2': {
    run: ({ call }) =>
      call({
        method: 'POST',
        path: '/login/jwt-session',
        headers: { host: 'mistyped.tenant.example' },
      }),
  },
  'login-8': {
    run: ({ call }) => call({ method: 'GET', path: '/login?returnto=ftp%3A%2F%2Fshop.example' }),
  },
  'login-10': {
    async run(sandbox) {
      const made = await sandbox.call({
        method: 'POST',
        path: '/api/v1/web-integrations',
        headers: bearerOf(sandbox),
        body: { name: 'shop', validOrigins: ['https://shop.example'] },
      })
      const query = new URLSearchParams({
        'qlik-web-integration-id': (made.body as { id: string }).id,
        returnto: 'https://shop.example:8443/',
      })
      return sandbox.call({ method: 'GET', path: `/login?${query}` })
    },
  },
  'login-12': {
    switches: { refuseSameEmail: true },
    async run({ login }) {
      await login()
      return login({ sub: 'another|subject' })
    },
  },
  'auth-5': { run: (sandbox) => logInInteractively(sandbox, { subject: 'idp|guest' }) },
  'state-1': { run: ({ call }) => call({ method: 'GET', path: '/login/callback?state=none' }) },
  'user-invite-expired': {
    async run(sandbox) {
      const { state } = sandbox.cloud
      // Invited by hand: an invitation through the API runs out only after days.
      const invited = {
        ...state.administrator,
        subject: 'idp|katherine',
        status: 'invited',
        inviteExpiry: 1,
      }
      state.users.set('invited', { ...invited, id: 'invited', status: 'invited', roleIds: [] })
      return logInInteractively(sandbox, { subject: 'idp|katherine' })
    },
  },
  'invalid-idp-config': {
    run: (sandbox) => logInInteractively(sandbox, { outcome: 'invalid-configuration' }),
  },
  'csrf-2': {
    async run({ login, call }) {
      const cookie = cookieOf(await login())
      return call({ method: 'POST', path: '/api/v1/users', headers: { cookie }, body: {} })
    },
  },
  'csrf-unsupported': {
    run: (sandbox) =>
      sandbox.call({ method: 'GET', path: '/api/v1/csrf-token', headers: bearerOf(sandbox) }),
  },
  'idp-forbidden': {
    run: (sandbox) =>
      sandbox.call({
        method: 'POST',
        path: '/api/v1/identity-providers',
        headers: bearerOf(sandbox),
        body: { protocol: 'jwtAuth', provider: 'external', tenantIds: ['another-tenant'] },
      }),
  },
  'idp-certificate': {
    switches: { pemLineBreaks: 'refused' },
    async run({ call, cloud }) {
      const certificate = '-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----\n'
      const refusal = await saveIdentityProvider({ certificate }, cloud.switches.get(), call)
      return { status: 400, headers: {}, body: refusal, setCookies: [] }
    },
  },
  'oauth-credentials': {
    run: ({ call }) =>
      call({
        method: 'POST',
        path: '/oauth/token',
        body: {
          client_id: 'none',
          client_secret: 'none',
          grant_type: 'client_credentials',
        },
      }),
  },
  'space-assignment': {
    async run(sandbox) {
      const headers = bearerOf(sandbox)
      const body = { name: 'Sales', type: 'managed' }
      const space = await sandbox.call({ method: 'POST', path: '/api/v1/spaces', headers, body })
      const { id } = space.body as { id: string }
      const assign = () =>
        sandbox.call({
          method: 'POST',
          path: `/api/v1/spaces/${id}/assignments`,
          headers,
          body: {
            type: 'user',
            assigneeId: sandbox.cloud.state.administrator.id,
            roles: ['consumer'],
          },
        })
      await assign()
      return assign()
    },
  },
}
