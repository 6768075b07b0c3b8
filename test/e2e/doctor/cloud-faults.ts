// Each breaks a healthy tenant as an administrator or a network does: by Qlik’s set-up API, the clock, TLS, and what
// stands between.
import { createClientManagedEmulator } from 'jotgate-emulator'
import { type DoctorTenant, startProxyServer } from './cloud-doctor-stage.ts'
import type { DeploymentFault } from './fault.ts'

/** A fault of a tenant, or of the way to it. */
export interface CloudFault extends DeploymentFault<DoctorTenant> {
  /** Whether the tenant serves https, by an authority of its own. */
  readonly tls?: true
  /** Whether it is only warned of. */
  readonly isWarning?: true
}

const providers = '/api/v1/identity-providers'

/** In place of the one that fits. */
const otherProvider =
  (change: Parameters<DoctorTenant['addProvider']>[0]) => async (tenant: DoctorTenant) => {
    await tenant.send('DELETE', `${providers}/${tenant.provider.id}`)
    await tenant.addProvider(change)
  }

const otherOrigins = (validOrigins: readonly string[]) => (tenant: DoctorTenant) =>
  tenant.send('PATCH', `/api/v1/web-integrations/${tenant.integration.id}`, [
    { op: 'replace', path: '/validOrigins', value: validOrigins },
  ])

const inject = (tenant: DoctorTenant, pathPrefix: string, error: string) =>
  tenant.send('POST', '/_emulator/api/faults', {
    effect: { kind: 'documented-error', error },
    pathPrefix,
  })

/** Through the relay, which changes the answer to who is not logged in. */
const relayed =
  (answer: { status: number; headers?: Record<string, string>; body: string }) =>
  async (tenant: DoctorTenant) => {
    tenant.relay.tamper = ({ path }) =>
      path.endsWith('product-info.json')
        ? { headers: { 'content-type': 'text/html' }, ...answer }
        : undefined
    tenant.options = {
      ...tenant.options,
      deployment: { ...tenant.options.deployment, url: tenant.relay.url },
    }
  }

export const cloudFaults: readonly CloudFault[] = [
  {
    what: 'the host name is mistyped and has no address',
    check: 'network-name',
    says: /has no address/,
    mending: /letter by letter/,
    async breakIt(tenant) {
      tenant.options = {
        ...tenant.options,
        deployment: { ...tenant.options.deployment, url: 'https://acmee.eu.qlikcloud.com' },
        lookup: () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' })),
      }
    },
  },
  {
    what: 'nothing listens at the port of the address',
    check: 'network-connection',
    says: /^Nothing listens at localhost/,
    mending: /port of `url`/,
    breakIt: (tenant) => tenant.emulator.close(),
  },
  {
    what: 'the proxy server wants a user and a password',
    check: 'network-connection',
    says: /wants a user and a password/,
    mending: /USER:PASSWORD@HOST/,
    async breakIt(tenant) {
      tenant.options = {
        ...tenant.options,
        deployment: { ...tenant.options.deployment, url: 'https://acme.eu.qlikcloud.com' },
        environment: { HTTPS_PROXY: await startProxyServer(tenant, 407) },
      }
    },
  },
  {
    what: 'the proxy server does not let the tenant through',
    check: 'network-connection',
    says: /opens no way to acme\.eu\.qlikcloud\.com/,
    mending: /allowed there/,
    async breakIt(tenant) {
      tenant.options = {
        ...tenant.options,
        deployment: { ...tenant.options.deployment, url: 'https://acme.eu.qlikcloud.com' },
        environment: { HTTPS_PROXY: await startProxyServer(tenant, 403) },
      }
    },
  },
  {
    what: 'a program that inspects TLS shows a certificate of its own authority',
    check: 'network-certificate',
    says: /an authority that is not known here/,
    mending: /--ca-file FILE/,
    tls: true,
    async breakIt(tenant) {
      const { ca: _, transport: __, ...options } = tenant.options
      tenant.options = options
    },
  },
  {
    what: 'the certificate of the address is for another host name',
    check: 'network-certificate',
    says: /is for another host name/,
    mending: /a name that the certificate has/,
    tls: true,
    async breakIt(tenant) {
      const { port } = new URL(tenant.options.deployment.url)
      tenant.options = {
        ...tenant.options,
        deployment: { ...tenant.options.deployment, url: `https://qlik.acme.example:${port}` },
        lookup: async () => [{ address: '127.0.0.1' }],
      }
    },
  },
  {
    what: 'a load balancer does not reach Qlik',
    check: 'network-answer',
    says: /does not reach it/,
    mending: /load balancer/,
    breakIt: relayed({ status: 502, body: '<html>Bad Gateway</html>' }),
  },
  {
    what: 'Qlik’s clock is ten minutes further than the one here',
    check: 'network-clock',
    says: /behind Qlik’s: tokens have expired/,
    mending: /NTP/,
    async breakIt(tenant) {
      tenant.emulator.clock.advance(600)
    },
  },
  {
    what: 'Qlik’s clock is ten minutes behind the one here',
    check: 'network-clock',
    says: /ahead of Qlik’s: tokens are not valid yet/,
    mending: /NTP/,
    async breakIt(tenant) {
      tenant.emulator.clock.set(new Date(Date.now() - 600_000))
    },
  },
  {
    what: 'a network that wants a log-in first answers in place of the tenant',
    check: 'cloud-tenant',
    says: /is not Qlik Cloud/,
    mending: /wants a log-in first/,
    breakIt: relayed({
      status: 302,
      headers: { location: 'https://login.hotel.example/' },
      body: '',
    }),
  },
  {
    what: 'the tenant is out of order',
    check: 'cloud-tenant',
    says: /does not work at present: 503/,
    mending: /status page/,
    breakIt: relayed({
      status: 503,
      headers: { 'content-type': 'application/json' },
      body: '{"errors":[{"code":"HTTP-503","title":"Service Unavailable"}]}',
    }),
  },
  {
    what: 'the host name belongs to no tenant',
    check: 'cloud-tenant',
    says: /^No tenant has the address/,
    mending: /with its region/,
    qlikSays: 'No authentication configured for this hostname',
    async breakIt(tenant) {
      tenant.relay.adds = () => ({ host: 'acme.eu.qlikcloud.com' })
      tenant.options = {
        ...tenant.options,
        deployment: { ...tenant.options.deployment, url: tenant.relay.url },
      }
    },
  },
  {
    what: 'the address is that of client-managed Qlik',
    check: 'cloud-tenant',
    says: /is client-managed Qlik Sense, not Qlik Cloud/,
    mending: /`client-managed`/,
    async breakIt(tenant) {
      const server = await createClientManagedEmulator()
      tenant.onClose(() => server.close())
      tenant.options = {
        ...tenant.options,
        deployment: { ...tenant.options.deployment, url: server.url },
      }
    },
  },
  {
    what: 'the IP allowlist of the tenant does not have this machine',
    check: 'cloud-tenant',
    says: /refuses this machine, before anybody logs in/,
    mending: /public IPv4 address of this machine/,
    async breakIt(tenant) {
      tenant.emulator.state.allowOnly(['192.0.2.0/24'])
    },
  },
  {
    what: 'the administrator’s API key was deleted',
    check: 'cloud-administrator',
    says: /does not know the administrator’s API key/,
    mending: /Make a new API key/,
    async breakIt(tenant) {
      tenant.options = { ...tenant.options, apiKey: 'deleted' }
    },
  },
  {
    what: 'the identity provider was never made',
    check: 'cloud-identity-provider',
    says: /has no identity provider for JWT/,
    mending: /jotgate apply/,
    breakIt: (tenant) => tenant.send('DELETE', `${providers}/${tenant.provider.id}`),
  },
  {
    what: 'the identity provider has another issuer',
    check: 'cloud-identity-provider',
    says: /key ID acme-1 with issuer portal\.acme\.example, and tokens name acme\.example/,
    mending: /Set `issuer`/,
    breakIt: otherProvider({ issuer: 'portal.acme.example' }),
  },
  {
    what: 'the issuer has a slash at its end',
    check: 'cloud-identity-provider',
    says: /a slash at the end counts/,
    mending: /character for character/,
    breakIt: otherProvider({ issuer: 'acme.example/' }),
  },
  {
    what: 'the identity provider has another key ID',
    check: 'cloud-identity-provider',
    says: /issuer acme\.example with key ID acme-2, and tokens name acme-1/,
    mending: /Set `signing\.kid` to acme-2/,
    breakIt: otherProvider({ kid: 'acme-2' }),
  },
  {
    what: 'the key ID has capital letters',
    check: 'cloud-identity-provider',
    says: /capital letters count/,
    mending: /Set `signing\.kid` to ACME-1/,
    breakIt: otherProvider({ kid: 'ACME-1' }),
  },
  {
    what: 'the identity provider has the certificate of another key',
    check: 'cloud-identity-provider',
    says: /has the certificate of another key/,
    mending: /make one that fits/,
    breakIt: (tenant) => otherProvider({ pem: tenant.otherCertificateLine })(tenant),
  },
  {
    what: 'the identity provider is not active',
    check: 'cloud-identity-provider',
    says: /is not active/,
    mending: /Activate it in Administration/,
    breakIt: otherProvider({ active: false }),
  },
  {
    what: 'the certificate was pasted with line breaks, and Qlik took it',
    check: 'cloud-identity-provider',
    says: /has line breaks/,
    mending: /in one line/,
    isWarning: true,
    async breakIt(tenant) {
      tenant.emulator.switches.set({ pemLineBreaks: 'accepted' })
      await otherProvider({ pem: tenant.certificateLine.replace('-----MII', '-----\nMII') })(tenant)
    },
  },
  {
    what: 'there is no web integration',
    check: 'cloud-web-integration',
    says: /has no web integration/,
    mending: /Web integrations/,
    qlikSays: 'blocked by CORS policy',
    breakIt: (tenant) => tenant.send('DELETE', `/api/v1/web-integrations/${tenant.integration.id}`),
  },
  {
    what: 'the web integration has the origin with http',
    check: 'cloud-web-integration',
    says: /has http:\/\/www\.acme\.example, and a browser sends https:\/\/www\.acme\.example/,
    mending: /exactly so/,
    qlikSays: 'returnto not included in web integration whitelist',
    breakIt: otherOrigins(['http://www.acme.example']),
  },
  {
    what: 'the Content Security Policy has no entry for the page',
    check: 'cloud-content-security-policy',
    says: /may not show Qlik in a frame/,
    mending: /directive frame-ancestors/,
    qlikSays:
      'Refused to frame because an ancestor violates the following Content Security Policy directive: "frame-ancestors \'self\'"',
    breakIt: (tenant) => tenant.send('DELETE', `/api/v1/csp-origins/${tenant.policy.id}`),
  },
  {
    what: 'the entry of the Content Security Policy has images alone',
    check: 'cloud-content-security-policy',
    says: /may not show Qlik in a frame/,
    mending: /directive frame-ancestors/,
    breakIt: (tenant) =>
      tenant.send('PUT', `/api/v1/csp-origins/${tenant.policy.id}`, {
        name: 'pages',
        origin: 'www.acme.example',
        imgSrc: true,
        frameAncestors: false,
      }),
  },
  {
    what: 'creation of groups is off',
    check: 'cloud-groups',
    says: /^Creation of groups is off/,
    mending: /Feature control/,
    breakIt: (tenant) =>
      tenant.send('PATCH', '/api/v1/groups/settings', [
        { op: 'replace', path: '/autoCreateGroups', value: false },
      ]),
  },
  {
    what: 'the user was disabled',
    check: 'cloud-user',
    says: /is disabled/,
    mending: /enable them/,
    breakIt: (tenant) =>
      tenant.send('PATCH', `/api/v1/users/${tenant.user.id}`, [
        { op: 'replace', path: '/status', value: 'disabled' },
      ]),
  },
  {
    what: 'the user is known by another subject',
    check: 'cloud-user',
    says: /has no user of the subject acme\|ada/,
    mending: /--create-test-user/,
    async breakIt(tenant) {
      await tenant.send('DELETE', `/api/v1/users/${tenant.user.id}`)
      await tenant.send('POST', '/api/v1/users', { subject: 'ada', name: 'Ada', status: 'active' })
    },
  },
  {
    what: 'two users have the same e-mail address',
    check: 'cloud-user',
    says: /is also that of auth0\|7/,
    mending: /Multiple active users detected with the same e-mail/,
    qlikSays:
      'Multiple active users detected with the same e-mail, please contact your administrator',
    breakIt: (tenant) =>
      tenant.send('POST', '/api/v1/users', {
        subject: 'auth0|7',
        name: 'Ada',
        email: 'ada@acme.example',
        status: 'active',
      }),
  },
  {
    what: 'the user was invited and has not come',
    check: 'cloud-user',
    says: /has been invited and has not come yet/,
    mending: /User invitation expired/,
    qlikSays: 'User invitation expired',
    isWarning: true,
    async breakIt(tenant) {
      await tenant.send('DELETE', `/api/v1/users/${tenant.user.id}`)
      await tenant.send('POST', '/api/v1/users', {
        subject: 'acme|ada',
        name: 'Ada',
        email: 'ada@acme.example',
        status: 'invited',
      })
    },
  },
  {
    what: 'what stands between takes a claim out of the token',
    check: 'cloud-login',
    says: /^Qlik refuses the login/,
    mending: /jotgate token inspect/,
    qlikSays: 'JWT_LOGIN_VALIDATIONS Missing required claim: nbf',
    breakIt: (tenant) => inject(tenant, '/login/jwt-session', 'missing-nbf'),
  },
  {
    what: 'the session’s cookie is not for pages of other sites',
    check: 'cloud-cookie',
    says: /do not send the session’s cookie from pages of another site/,
    mending: /Third-party cookies are not enabled/,
    qlikSays: 'Third-party cookies are not enabled in your browser settings and/or browser mode.',
    async breakIt(tenant) {
      tenant.emulator.switches.set({ cookieAttributes: 'lax' })
    },
  },
  {
    what: 'the user has no licence and none is assigned automatically',
    check: 'cloud-licence',
    says: /has no access by the licence/,
    mending: /assigned dynamically/,
    qlikSays: 'You are not entitled to perform that operation',
    breakIt: (tenant) =>
      tenant.send('PUT', '/api/v1/licenses/settings', {
        autoAssignProfessional: false,
        autoAssignAnalyzer: false,
      }),
  },
  {
    what: 'the space of the app has no role for the user',
    check: 'cloud-app-access',
    says: /has no role for acme\|ada/,
    mending: /Manage members/,
    qlikSays: 'No permission to open the app',
    async breakIt(tenant) {
      const { id } = await tenant.send('POST', '/api/v1/spaces', { name: 'Others', type: 'shared' })
      await tenant.send('PUT', `/api/v1/apps/${tenant.options.appId}/space`, { spaceId: id })
    },
  },
  {
    what: 'the ID of the app is that of no app',
    check: 'cloud-app-access',
    says: /has no app of the ID/,
    mending: /\/sense\/app\/ID/,
    qlikSays: 'App not found',
    async breakIt(tenant) {
      tenant.options = { ...tenant.options, appId: '00000000-0000-4000-8000-000000000000' }
    },
  },
  {
    what: 'the engine is not reached',
    check: 'cloud-engine',
    says: /^No engine is available/,
    mending: /status page/,
    qlikSays: 'There are currently no engines available',
    breakIt: (tenant) =>
      tenant.send('POST', '/_emulator/api/faults', {
        effect: { kind: 'close-socket', closeCode: 4240 },
        pathPrefix: '/app/',
      }),
  },
  {
    what: 'logins are out of order, and everything else works',
    check: 'cloud-login',
    says: /with 503/,
    mending: /on Qlik’s side/,
    breakIt: (tenant) =>
      tenant.send('POST', '/_emulator/api/faults', {
        effect: { kind: 'server-error', status: 503 },
        pathPrefix: '/login/jwt-session',
        method: 'POST',
      }),
  },
  {
    what: 'Qlik does not say who has logged in',
    check: 'cloud-same-user',
    says: /with 500/,
    mending: /on Qlik’s side/,
    breakIt: (tenant) =>
      tenant.send('POST', '/_emulator/api/faults', {
        effect: { kind: 'server-error', status: 500 },
        pathPrefix: '/api/v1/users/me',
      }),
  },
  {
    what: 'Qlik ends the session while the web socket is opened',
    check: 'cloud-engine',
    says: /^Qlik closes the web socket/,
    mending: /jotgate explain OnSessionTimedOut/,
    qlikSays: 'OnSessionTimedOut',
    breakIt: (tenant) =>
      tenant.send('POST', '/_emulator/api/faults', {
        effect: { kind: 'close-socket', closeCode: 4003, notification: 'OnSessionTimedOut' },
        pathPrefix: '/app/',
      }),
  },
  {
    what: 'the engine session has the app open already, without its data',
    check: 'cloud-app',
    says: /does not open for/,
    mending: /GetActiveDoc/,
    qlikSays: 'App already open in different mode',
    breakIt: (tenant) =>
      tenant.send('POST', '/_emulator/api/faults', {
        effect: { kind: 'engine-error', code: 1009, call: 'OpenDoc' },
      }),
  },
  {
    what: 'section access leaves the user out',
    check: 'cloud-app',
    says: /does not open for acme\|ada/,
    mending: /Section access leaves this user out/,
    async breakIt(tenant) {
      tenant.options = { ...tenant.options, user: { subject: 'acme|ada', groups: ['sales'] } }
      await tenant.send('POST', '/_emulator/api/faults', {
        effect: { kind: 'engine-error', code: 5, message: 'Access denied', call: 'OpenDoc' },
      })
    },
  },
]
