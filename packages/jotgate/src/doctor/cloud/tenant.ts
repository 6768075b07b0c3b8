import { isJotgateError } from '../../errors/index.ts'
import { parseQlikProblem } from '../../protocol/index.ts'
import { isObject, type JsonObject, parseJsonObject } from '../../values/index.ts'
import type { Check, Outcome } from '../check.ts'
import type { CloudContext } from './cloud-context.ts'

const policySource = 'https://qlik.dev/apis/rest/core/ip-policies/'
const source = 'https://www.npmjs.com/package/@qlik/api, platform detection'

/** Whether it is a tenant of Qlik Cloud, and whether an administrator may be asked. */
export const tenantChecks: readonly Check<CloudContext>[] = [
  {
    id: 'cloud-tenant',
    category: 'network',
    question: 'Is it a tenant of Qlik Cloud?',
    needs: ['network-answer'],
    async run({ readFront, deployment: { url } }) {
      const { answer } = await readFront()
      const { status, headers, text, call } = answer
      const evidence = `${call}: ${status} ${headers.get('content-type') ?? ''}`.trim()
      const { composition } = parseJsonObject(text) ?? {}
      const type = isObject(composition) ? String(composition.deploymentType) : undefined
      if (type === 'qlikcloudservices')
        return [
          {
            verdict: 'passed',
            title: 'It is a tenant of Qlik Cloud, which has no releases',
            evidence,
          },
        ]
      if (status === 403)
        return [
          failed(
            `What answers at ${url} refuses this machine, before anybody logs in`,
            evidence,
            'Most likely the tenant has an IP allowlist without the public IPv4 address of this machine: have an administrator at an allowed address add it (Administration, IP allowlists), and that of the machine of the gateway. Or a firewall on the way does it: try from another network.',
            policySource,
          ),
        ]
      const { code } = parseQlikProblem(text, [])
      if (code === 'LOGIN-2')
        return [
          failed(
            `No tenant has the address ${url}`,
            `${evidence}: LOGIN-2, No authentication configured for this hostname`,
            'Take the address that the browser shows after a login at the tenant, with its region, such as https://acme.eu.qlikcloud.com.',
            'Qlik Community, article 1710940',
          ),
        ]
      const isServer =
        type === 'QlikSenseServer' ||
        /Qlik|^X-Qlik/i.test(`${headers.get('server')}`) ||
        headers.has('x-qlik-session')
      if (isServer || /http request header is incorrect/i.test(text))
        return [
          failed(
            `What answers at ${url} is client-managed Qlik Sense, not Qlik Cloud`,
            evidence,
            'Set the product of the deployment to `client-managed`, with the prefix of its virtual proxy; its tokens are others. Or give the address of the tenant.',
          ),
        ]
      if (status === 429 || status >= 500)
        return [
          failed(
            `What answers at ${url} does not work at present: ${status}`,
            evidence,
            status === 429
              ? 'This machine or the tenant has made too many calls: wait a minute, and try again.'
              : 'Try again later. When it lasts, look at Qlik Cloud’s status page, and at what lies between.',
          ),
        ]
      const location = URL.parse(headers.get('location') ?? '', url)
      const leads =
        location === null || location.origin === url ? '' : `, which leads to ${location.origin}`
      return [
        failed(
          `What answers at ${url} is not Qlik Cloud`,
          `${evidence}${leads}`,
          'Compare `url` with the address that the browser shows. A network that wants a log-in first, and a proxy server that shows a page of its own, answer like this too: open the address in a browser on this machine.',
        ),
      ]
    },
  },
  {
    id: 'cloud-administrator',
    category: 'set-up',
    question: 'May the administrator of the settings read how the tenant is set up?',
    needs: ['cloud-tenant'],
    async run({ administrator, apiKey, listIdentityProviders }) {
      if (administrator === undefined)
        return [
          {
            verdict: 'not-checked',
            title: 'How the tenant is set up was not read: there is no access as an administrator',
            hint: 'Give an API key of a user with the role TenantAdmin (`administrator.apiKey` of the deployment, or `--api-key-env NAME`), or an OAuth machine client (`administrator.oauth`). Without it doctor says only what a refusal may come from.',
          },
        ]
      try {
        await listIdentityProviders()
        return [{ verdict: 'passed', title: 'The tenant’s set-up can be read' }]
      } catch (error) {
        if (isJotgateError(error, 'ERR_QLIK_NOT_LOGGED_IN') && apiKey === undefined)
          return [
            failed(
              'The tenant does not take the OAuth client of the administrator',
              error.message,
              'Compare `administrator.oauth` of the deployment with Administration, OAuth: client ID, and secret or key. It needs the grant client_credentials and the consent method trusted.',
              'https://qlik.dev/authenticate/oauth/',
            ),
          ]
        if (isJotgateError(error, 'ERR_QLIK_NOT_LOGGED_IN'))
          return [
            failed(
              'The tenant does not know the administrator’s API key',
              error.message,
              'Make a new API key in the profile of a user with the role TenantAdmin; keys expire, and are for one tenant.',
              'https://qlik.dev/authenticate/api-key/',
            ),
          ]
        if (isJotgateError(error, 'ERR_QLIK_REFUSED'))
          return [
            failed(
              apiKey === undefined
                ? 'The OAuth client may not read how the tenant is set up'
                : 'The owner of the API key is not an administrator of the tenant',
              error.message,
              apiKey === undefined
                ? 'Give the bot user of the client the role TenantAdmin (Administration, Users).'
                : 'Give the user the role TenantAdmin (Administration, Users), or take an API key of one who has it.',
              'https://qlik.dev/apis/rest/identity-providers/',
            ),
          ]
        throw error
      }
    },
  },
  {
    id: 'cloud-ip-policy',
    category: 'set-up',
    question: 'From which addresses may the tenant be reached?',
    needs: ['cloud-administrator'],
    async run({ administrator }) {
      try {
        const policies = (await administrator?.list('/api/core/ip-policies')) ?? []
        const enabled = policies.filter((one) => one.enabled === true)
        if (enabled.length === 0)
          return [{ verdict: 'passed', title: 'No IP allowlist is on: from every address' }]
        return [
          {
            verdict: 'passed',
            title:
              'An IP allowlist is on, and lets this machine in; everybody’s browser, or the gateway, must come from it too',
            evidence: `IP policies: ${enabled.map(inPolicy).join('; ')}`,
          },
        ]
      } catch (error) {
        if (!isJotgateError(error, 'ERR_QLIK_REFUSED')) throw error
        return [
          {
            verdict: 'not-checked',
            title: `Whether an IP allowlist is on was not read: ${error.message}`,
            hint: 'It lets this machine in. The role TenantAdmin may read the policies: Administration, IP allowlists.',
          },
        ]
      }
    },
  },
]

function inPolicy({ name, allowedIps }: JsonObject): string {
  const addresses = Array.isArray(allowedIps) ? allowedIps.map(String) : []
  const more = addresses.length - 5
  return `“${name}” has ${addresses.slice(0, 5).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

const failed = (title: string, evidence: string, hint: string, from = source): Outcome => ({
  verdict: 'failed',
  title,
  evidence,
  hint,
  source: from,
})
