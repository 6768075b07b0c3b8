import type { AppAnswer } from '../../http/call-app.ts'
import type { Switches } from '../switch-definitions.ts'
import type { Scene } from './scene.ts'
import { saveIdentityProvider } from './set-up-forms.ts'

/** A ready-made way into one error. */
interface Example {
  readonly switches?: Partial<Switches>
  run(scene: Scene): Promise<AppAnswer>
}

function cookieOf(answer: AppAnswer): string {
  return answer.setCookies.map((line) => line.split(';', 1)[0]).join('; ')
}

function bearerOf({ cloud }: Scene): { authorization: string } {
  return { authorization: `Bearer ${cloud.adminKey}` }
}

/** Logs in interactively as a browser would: to the identity provider, its form, and back. */
async function logInInteractively(
  { call }: Scene,
  form: Readonly<Record<string, string>>,
): Promise<AppAnswer> {
  const begun = await call({ method: 'GET', path: '/login' })
  const state = new URLSearchParams(begun.headers.location?.split('?')[1]).get('state') ?? ''
  const vouched = await call({
    method: 'POST',
    path: '/login/sign-in',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    text: new URLSearchParams({ state, ...form }).toString(),
  })
  const { location = '/login/callback' } = vouched.headers
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
    async run(scene) {
      const made = await scene.call({
        method: 'POST',
        path: '/api/v1/web-integrations',
        headers: bearerOf(scene),
        body: { name: 'shop', validOrigins: ['https://shop.example'] },
      })
      const query = new URLSearchParams({
        'qlik-web-integration-id': (made.body as { id: string }).id,
        returnto: 'https://shop.example:8443/',
      })
      return scene.call({ method: 'GET', path: `/login?${query}` })
    },
  },
  'login-12': {
    switches: { refuseSameEmail: true },
    async run({ login }) {
      await login()
      return login({ sub: 'another|subject' })
    },
  },
  'auth-5': { run: (scene) => logInInteractively(scene, { subject: 'idp|guest' }) },
  'state-1': { run: ({ call }) => call({ method: 'GET', path: '/login/callback?state=none' }) },
  'user-invite-expired': {
    async run(scene) {
      const { state } = scene.cloud
      // Invited by hand: an invitation through the API runs out only after days.
      const invited = {
        ...state.administrator,
        subject: 'idp|ada',
        status: 'invited',
        inviteExpiry: 1,
      }
      state.users.set('invited', { ...invited, id: 'invited', status: 'invited', roleIds: [] })
      return logInInteractively(scene, { subject: 'idp|ada' })
    },
  },
  'invalid-idp-config': {
    run: (scene) => logInInteractively(scene, { outcome: 'invalid-configuration' }),
  },
  'csrf-2': {
    async run({ login, call }) {
      const cookie = cookieOf(await login())
      return call({ method: 'POST', path: '/api/v1/users', headers: { cookie }, body: {} })
    },
  },
  'csrf-unsupported': {
    run: (scene) =>
      scene.call({ method: 'GET', path: '/api/v1/csrf-token', headers: bearerOf(scene) }),
  },
  'idp-forbidden': {
    run: (scene) =>
      scene.call({
        method: 'POST',
        path: '/api/v1/identity-providers',
        headers: bearerOf(scene),
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
    async run(scene) {
      const headers = bearerOf(scene)
      const body = { name: 'Sales', type: 'managed' }
      const space = await scene.call({ method: 'POST', path: '/api/v1/spaces', headers, body })
      const { id } = space.body as { id: string }
      const assign = () =>
        scene.call({
          method: 'POST',
          path: `/api/v1/spaces/${id}/assignments`,
          headers,
          body: {
            type: 'user',
            assigneeId: scene.cloud.state.administrator.id,
            roles: ['consumer'],
          },
        })
      await assign()
      return assign()
    },
  },
}
