// Each breaks a healthy client-managed site as an administrator would: in QRS, by its clock, by sessions and users.
import type { ClientManagedOptions } from 'jotgate/doctor'
import type { DeploymentFault } from './fault.ts'
import { ada, pageOrigin, type ServerDoctorStage } from './server-doctor-stage.ts'

/** A fault of client-managed Qlik. */
export interface ClientManagedFault extends DeploymentFault<ServerDoctorStage> {
  /** Whether doctor has a client certificate. Default true. */
  readonly certificate?: boolean
  /** What doctor is told otherwise than usual. */
  readonly told?:
    | Partial<ClientManagedOptions>
    | ((stage: ServerDoctorStage) => Partial<ClientManagedOptions>)
}

const wrongHeader = 'The http request header is incorrect.'
const headersFor = (origin: string) => ({
  additionalResponseHeaders: `Access-Control-Allow-Origin: ${origin}\nAccess-Control-Allow-Credentials: true\nAccess-Control-Allow-Headers: Authorization\nAccess-Control-Expose-Headers: qlik-csrf-token`,
})

export const clientManagedFaults: readonly ClientManagedFault[] = [
  {
    what: 'the virtual proxy has another prefix',
    check: 'server-repository',
    says: /No virtual proxy has the prefix “jwt”/,
    mending: /Is “jwt2” meant\?/,
    breakIt: (stage) => stage.changeVirtualProxy({ prefix: 'jwt2' }),
  },
  {
    what: 'the virtual proxy has another prefix, and there is no client certificate',
    check: 'server-prefix',
    says: /The prefix “jwt” is not served at/,
    mending: /Associated items, Proxies, Link/,
    qlikSays: wrongHeader,
    certificate: false,
    breakIt: (stage) => stage.changeVirtualProxy({ prefix: 'jwt2' }),
  },
  {
    what: 'the virtual proxy is linked to no proxy',
    check: 'server-prefix',
    says: /The prefix “jwt” is not served at/,
    mending: /Associated items, Proxies, Link/,
    qlikSays: wrongHeader,
    breakIt: (stage) => stage.unlink('Central', 'Rim'),
  },
  {
    what: 'the virtual proxy is linked to one of two proxies',
    check: 'server-prefix',
    says: /The prefix “jwt” is not served at.*not linked: “Rim”/s,
    mending: /every proxy to which the address or a load balancer leads/,
    qlikSays: wrongHeader,
    breakIt: (stage) => stage.unlink('Rim'),
  },
  {
    what: 'the authentication method is Ticket',
    check: 'server-authentication',
    says: /Ticket, not JWT/,
    mending: /Authentication method JWT/,
    breakIt: (stage) => stage.changeVirtualProxy({ authenticationMethod: 0 }),
  },
  {
    what: 'the authentication method is Ticket, and there is no client certificate',
    check: 'server-authentication',
    says: /asks people to log in/,
    mending: /Authentication method JWT/,
    certificate: false,
    breakIt: (stage) => stage.changeVirtualProxy({ authenticationMethod: 0 }),
  },
  {
    what: 'anonymous access is “Always anonymous user”',
    check: 'server-authentication',
    says: /reads no token/,
    mending: /No anonymous user/,
    breakIt: (stage) => stage.changeVirtualProxy({ anonymousAccessMode: 2 }),
  },
  {
    what: 'the certificate is that of another key',
    check: 'server-certificate',
    says: /another key than ours/,
    mending: /Paste the certificate of the signing key/,
    breakIt: (stage) =>
      stage.changeVirtualProxy({ jwtPublicKeyCertificate: stage.otherCertificatePem }),
  },
  {
    what: 'the certificate is that of another key, and there is no client certificate',
    check: 'server-login',
    says: /401/,
    mending: /signed with another key than that of the certificate in the virtual proxy/,
    qlikSays: '401',
    certificate: false,
    breakIt: (stage) =>
      stage.changeVirtualProxy({ jwtPublicKeyCertificate: stage.otherCertificatePem }),
  },
  {
    what: 'a public key was pasted in place of the certificate',
    check: 'server-certificate',
    says: /a public key, not a certificate/,
    mending: /from BEGIN CERTIFICATE to END CERTIFICATE/,
    breakIt: (stage) => stage.changeVirtualProxy({ jwtPublicKeyCertificate: stage.publicKeyPem }),
  },
  {
    what: 'the certificate lost its last lines when it was pasted',
    check: 'server-certificate',
    says: /no whole certificate/,
    mending: /with its line breaks/,
    breakIt: (stage) =>
      stage.changeVirtualProxy({
        jwtPublicKeyCertificate: stage.certificatePem.split('\n').slice(0, 8).join('\n'),
      }),
  },
  {
    what: 'the certificate was pasted below an older one',
    check: 'server-certificate',
    says: /ours is not the first/,
    mending: /Paste the certificate of the signing key/,
    breakIt: (stage) =>
      stage.changeVirtualProxy({
        jwtPublicKeyCertificate: `${stage.otherCertificatePem}\n${stage.certificatePem}`,
      }),
  },
  {
    what: 'the attribute for the user ID is written in another case',
    check: 'server-claim-names',
    says: /reads “UserID” as JWT attribute for user ID, and our tokens have “userId”: case counts/,
    mending: /Write “userId”/,
    breakIt: (stage) => stage.changeVirtualProxy({ jwtAttributeUserId: 'UserID' }),
  },
  {
    what: 'the attribute for the user directory is another',
    check: 'server-claim-names',
    says: /reads “domain” as JWT attribute for user directory/,
    mending: /Write “userDirectory”/,
    breakIt: (stage) => stage.changeVirtualProxy({ jwtAttributeUserDirectory: 'domain' }),
  },
  {
    what: 'the attribute mapping has a mandatory attribute that the tokens lack',
    check: 'server-attributes',
    says: /calls “department” mandatory/,
    mending: /claims\.attributes/,
    breakIt: (stage) =>
      stage.changeVirtualProxy({
        jwtAttributeMap: [
          { jwtAttribute: 'group', senseAttribute: 'group', isMandatory: false },
          { jwtAttribute: 'department', senseAttribute: 'department', isMandatory: true },
        ],
      }),
  },
  {
    what: 'the attribute mapping has `groups` in place of `group`',
    check: 'server-attributes',
    says: /does not have “group”, so that Qlik drops it/,
    mending: /call it “groups”/,
    breakIt: (stage) =>
      stage.changeVirtualProxy({
        jwtAttributeMap: [{ jwtAttribute: 'groups', senseAttribute: 'group', isMandatory: false }],
      }),
  },
  {
    what: 'the virtual proxy requires an audience',
    check: 'server-audience',
    says: /requires another audience/,
    mending: /Set `audience` of the deployment to “qlik\.acme\.example”/,
    breakIt: (stage) => stage.changeVirtualProxy({ jwtAudience: 'qlik.acme.example' }),
  },
  {
    what: 'the virtual proxy requires another audience than the tokens have',
    check: 'server-audience',
    says: /“qlik\.acme\.example”; ours: “other\.acme\.example”/,
    mending: /Set `audience` of the deployment to “qlik\.acme\.example”/,
    told: (stage) => ({ deployment: stage.deploymentOf({ audience: 'other.acme.example' }) }),
    breakIt: (stage) => stage.changeVirtualProxy({ jwtAudience: 'qlik.acme.example' }),
  },
  {
    what: 'the virtual proxy requires an audience, and there is no client certificate',
    check: 'server-login',
    says: /401/,
    mending: /audience/,
    qlikSays: '401',
    certificate: false,
    breakIt: (stage) => stage.changeVirtualProxy({ jwtAudience: 'qlik.acme.example' }),
  },
  {
    what: 'the certificate of an authority with an EC key was pasted',
    check: 'server-certificate',
    says: /a key of the kind ec, and Qlik verifies RSA alone/,
    mending: /Paste the certificate of the signing key/,
    breakIt: (stage) =>
      stage.changeVirtualProxy({ jwtPublicKeyCertificate: stage.ecCertificatePem }),
  },
  {
    what: 'what stands before the repository drops X-Qlik-Xrfkey',
    check: 'server-repository',
    says: /opens no way to the repository/,
    mending: /both must arrive as they were sent/,
    qlikSays: 'XSRF prevention check failed. Possible XSRF discovered',
    told: (stage) => ({ repository: stage.repositoryWithout('x-qlik-xrfkey') }),
    breakIt: () => undefined,
  },
  {
    what: 'the Host allow list has the page’s origin with its scheme',
    check: 'server-host-allow-list',
    says: /has “https:\/\/www\.acme\.localhost”, which is not a host name alone/,
    mending: /Write www\.acme\.localhost, without scheme/,
    breakIt: (stage) => stage.changeVirtualProxy({ websocketCrossOriginWhiteList: [pageOrigin] }),
  },
  {
    what: 'the Host allow list does not have the page, and there is no client certificate',
    check: 'server-web-socket-origins',
    says: /refuses a web socket of a page/,
    mending: /Add www\.acme\.localhost/,
    certificate: false,
    breakIt: (stage) => stage.changeVirtualProxy({ websocketCrossOriginWhiteList: [] }),
  },
  {
    what: 'the virtual proxy has no load balancing node',
    check: 'server-engine-running',
    says: /no load balancing node/,
    mending: /Load balancing, Add new server node/,
    breakIt: (stage) => stage.changeVirtualProxy({ loadBalancingServerNodes: [] }),
  },
  {
    what: 'the virtual proxy has no load balancing node, and there is no client certificate',
    check: 'server-web-socket',
    says: /no engine/i,
    mending: /Load balancing/,
    qlikSays: 'OnNoEngineAvailable',
    certificate: false,
    breakIt: (stage) => stage.changeVirtualProxy({ loadBalancingServerNodes: [] }),
  },
  {
    what: 'the engine of every load balancing node is stopped',
    check: 'server-engine-running',
    says: /2 of 2 engines of the virtual proxy do not run/,
    mending: /Start the Qlik Sense Engine Service/,
    breakIt(stage) {
      for (const node of ['Central', 'Rim']) stage.state.setEngineRunning(node, false)
    },
  },
  {
    what: 'the engine of every load balancing node is stopped, and there is no client certificate',
    check: 'server-web-socket',
    says: /No engine can be reached/,
    mending: /Qlik Sense Engine Service runs/,
    qlikSays: 'OnNoEngineAvailable',
    certificate: false,
    breakIt(stage) {
      for (const node of ['Central', 'Rim']) stage.state.setEngineRunning(node, false)
    },
  },
  {
    what: 'the response headers have the page’s origin with a slash',
    check: 'server-cors',
    says: /must be https:\/\/www\.acme\.localhost, character for character/,
    mending: /Access-Control-Allow-Origin: https:\/\/www\.acme\.localhost\n/,
    breakIt: (stage) => stage.changeVirtualProxy(headersFor(`${pageOrigin}/`)),
  },
  {
    what: 'the response headers name two origins',
    check: 'server-cors',
    says: /several origins, of which browsers take one only/,
    mending: /a gateway at the pages’ own site/,
    breakIt: (stage) =>
      stage.changeVirtualProxy(headersFor(`${pageOrigin},https://other.acme.localhost`)),
  },
  {
    what: 'the session’s cookie is SameSite=Lax for a page of another site',
    check: 'server-cookie',
    says: /not SameSite=None/,
    mending: /Set SameSite attribute \(https\) to None/,
    breakIt: (stage) => stage.changeVirtualProxy({ sameSiteAttributeHttps: 2 }),
  },
  {
    what: 'the proxies take lines of a header of 2048 bytes at most, and the user has 60 groups',
    check: 'server-header-length',
    says: /with 60 groups, is longer than the proxy takes.*2048 are taken/,
    mending: /Send fewer groups.*raise the limit in the QMC/,
    told: {
      user: { ...ada, groups: Array.from({ length: 60 }, (_, at) => `readers of region ${at}`) },
    },
    breakIt: (stage) => stage.changeProxies({ maxHeaderLineBytes: 2048 }),
  },
  {
    what: 'the user is blocked',
    check: 'server-user',
    says: /ACME\\ada is blocked/,
    mending: /clear Blocked/,
    breakIt: (stage) => stage.changeUser({ blacklisted: true }),
  },
  {
    what: 'the user is inactive, and there is no client certificate',
    check: 'server-login',
    says: /401/,
    mending: /the user is inactive or blocked in the QMC/,
    qlikSays: '401',
    certificate: false,
    breakIt: (stage) => stage.changeUser({ inactive: true }),
  },
  {
    what: 'the user is known in another directory',
    check: 'server-user',
    says: /no user ACME\\ada/,
    mending: /Known is CORP\\ada: set `userDirectory`/,
    breakIt: (stage) => stage.changeUser({ userDirectory: 'CORP' }),
  },
  {
    what: 'the user is there twice, in two directories',
    check: 'server-user',
    says: /several users ada/,
    mending: /set `userDirectory` of the deployment to that directory/,
    breakIt: (stage) => stage.callQrs('POST', 'user', { userDirectory: 'CORP', userId: 'ada' }),
  },
  {
    what: 'the server’s clock is ten minutes ahead',
    check: 'server-login',
    says: /401/,
    mending: /\(1\) the token has expired, or is not valid yet by the server’s clock/,
    qlikSays: '401',
    told: { clock: Date.now },
    breakIt: (stage) => stage.emulator.clock.advance(600),
  },
  {
    what: 'a program has opened five sessions of the user and keeps no cookie',
    check: 'server-sessions',
    says: /has 6 sessions/,
    mending: /keep the session’s cookie/,
    breakIt: (stage) => stage.openSessions(5),
  },
  {
    what: 'a program has opened five sessions of the user, and there is no client certificate',
    check: 'server-web-socket',
    says: /too many sessions/,
    mending: /keep the session’s cookie/,
    qlikSays: 'OnMaxParallelSessionsExceeded',
    certificate: false,
    breakIt: (stage) => stage.openSessions(5),
  },
  {
    what: 'no access by the licence is allocated to the user',
    check: 'server-web-socket',
    says: /no access by the licence/,
    mending: /License management/,
    qlikSays: 'OnLicenseAccessDenied',
    async breakIt(stage) {
      for (const { id } of await stage.list('license/analyzeraccesstype'))
        await stage.callQrs('DELETE', `license/analyzeraccesstype/${id}`)
    },
  },
  {
    what: 'the stream of the app is closed to the user by a rule',
    check: 'server-app',
    says: /The app does not open for ada/,
    mending: /Publish the app to a stream/,
    breakIt: (stage) =>
      stage.change('systemrule', ({ name }) => name === 'StreamEveryone', { disabled: true }),
  },
  {
    what: 'the certificate of the virtual proxy expires in a few days',
    check: 'server-certificate',
    says: /expires in \d+ days/,
    mending: /make another certificate of the same key/,
    breakIt: (stage) => stage.emulator.clock.advance((5 * 365 - 10) * 86_400),
  },
]
