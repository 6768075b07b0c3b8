import { isJotgateError } from '../../errors/index.ts'
import {
  createAllowList,
  createTls,
  gatewayErrors,
  identifyByAssertion,
  identifyByProvider,
  readSite,
  readTlsFiles,
  readTrustedProxies,
} from '../../gateway/index.ts'
import { productFor } from '../../qlik/index.ts'
import { definedOf, valueOrThrow } from '../../values/index.ts'
import type { Check, Outcome } from '../check.ts'
import type { GatewayContext, GatewayIdentify } from './context.ts'

const guide = 'docs/guides/gateway.md of the project'

/** What the gateway would refuse at its start, and what is allowed and seldom meant. */
export const gatewaySettingChecks: readonly Check<GatewayContext>[] = [
  {
    id: 'gateway-site',
    category: 'gateway',
    question: 'Are the gateway and its pages one site to a browser?',
    needs: [],
    async run({ sites }) {
      const read = sites.map(({ publicUrl, allowedOrigins }, at) =>
        readSite(publicUrl, allowedOrigins, sites.length === 1 ? '' : `sites[${at}].`),
      )
      const hosts = read.map(({ publicUrl }) => new URL(publicUrl).hostname)
      const twice = hosts.find((host, at) => hosts.indexOf(host) < at)
      if (twice !== undefined)
        return [
          {
            verdict: 'failed',
            title: `Two sites have the host name ${twice}: a browser sends the cookie of the one to the other`,
            hint: 'Give each site a host name of its own; another port is not enough.',
            source: 'RFC 6265 section 8.5',
          },
        ]
      return [
        {
          verdict: 'passed',
          title: `${read.map((one) => one.publicUrl).join(', ')} and the pages are one site`,
        },
      ]
    },
  },
  {
    id: 'gateway-allow-list',
    category: 'gateway',
    question: 'Does the allow-list fit the product?',
    needs: [],
    async run({ deployments }) {
      const reporting: string[] = []
      for (const { name = '', deployment, paths = {} } of deployments) {
        createAllowList({ rules: productFor(deployment).gatewayRules, ...definedOf(paths) })
        if (paths.unlisted === 'report') reporting.push(name || deployment.url)
      }
      if (reporting.length > 0)
        return [
          {
            verdict: 'warning',
            title: `The gateway carries every path of ${reporting.join(', ')} that no rule closes: \`paths.unlisted\` is \`report\``,
            hint: 'Add the paths that its log reports to `paths.allowPaths`, and set `paths.unlisted` to `deny`.',
            source: guide,
          },
        ]
      return [{ verdict: 'passed', title: 'The allow-list fits the product' }]
    },
  },
  {
    id: 'gateway-tls',
    category: 'gateway',
    question:
      'Does the gateway have a certificate for its name, or something in front of it that ends TLS?',
    needs: ['gateway-site'],
    async run({ sites, tls = [], trustedProxies, clock = Date.now }) {
      valueOrThrow(
        readTrustedProxies('trustedProxies', trustedProxies ?? []),
        gatewayErrors.ERR_GATEWAY_OPTION,
      )
      if (tls.length > 0) {
        const read = sites.map(({ publicUrl }) => readSite(publicUrl, []))
        const notices = createTls(await Promise.all(tls.map(readTlsFiles)), {
          sites: read,
          clock,
        }).notices()
        if (notices.length === 0)
          return [{ verdict: 'passed', title: 'The certificates are for the names of the gateway' }]
        return notices.map(
          (title): Outcome => ({
            verdict: 'warning',
            title,
            hint: 'Renew the certificate and write it to the same files: the running gateway reads them again.',
            source: guide,
          }),
        )
      }
      const isSecure = sites.some(({ publicUrl }) => publicUrl.startsWith('https:'))
      if (isSecure && trustedProxies === undefined)
        return [
          {
            verdict: 'warning',
            title:
              '`gateway.trustedProxies` is not set: everybody who comes by the server that ends TLS counts as one address',
            hint: 'Set `gateway.trustedProxies` to the addresses of the server in front, or `gateway.listen.tls` to a certificate and its key.',
            source: guide,
          },
        ]
      return [
        {
          verdict: 'passed',
          title: 'TLS ends in front of the gateway, or it is on this machine alone',
        },
      ]
    },
  },
  {
    id: 'gateway-identify',
    category: 'gateway',
    question: 'Can the keys be read of those who say who somebody is?',
    needs: ['gateway-site'],
    async run({ sites, identify, clock = Date.now }) {
      const outcomes: Outcome[] = []
      for (const { publicUrl, identify: own = identify } of sites)
        for (const { issuer, factory } of factoriesOf(own)) {
          const problems: string[] = []
          const onEvent = ({ type, problem = 'no answer' }: { type: string; problem?: string }) => {
            if (type === 'issuer-failed') problems.push(problem)
          }
          // The gateway starts without them, and asks again; doctor does not.
          await factory({ publicUrl, clock, onEvent }).prepare?.()
          const [problem] = problems
          outcomes.push(
            problem === undefined
              ? { verdict: 'passed', title: `The keys of ${issuer} can be read` }
              : {
                  verdict: 'failed',
                  title: `The keys of ${issuer} cannot be read: nobody can log in by its tokens`,
                  evidence: problem,
                  hint: 'Compare `issuer` with the provider’s own, character for character: its description is at /.well-known/openid-configuration below. Let the machine of the gateway reach it.',
                  source: 'OpenID Connect Discovery 1.0 section 4',
                },
          )
        }
      return outcomes.length === 0
        ? [{ verdict: 'passed', title: 'The host application itself is asked who somebody is' }]
        : outcomes
    },
  },
]

/** What the gateway itself would say at its start, when nothing above does. */
export const gatewayStartChecks: readonly Check<GatewayContext>[] = [
  {
    id: 'gateway-start',
    category: 'gateway',
    question: 'Would the gateway start with these settings?',
    needs: ['gateway-place'],
    explainedBy: [
      'key-certificate',
      'gateway-site',
      'gateway-allow-list',
      'gateway-tls',
      'gateway-identify',
      'gateway-store',
      'gateway-audit',
    ],
    async run({ readAll }) {
      if (readAll === undefined) return []
      try {
        const warnings = await readAll()
        if (warnings.length === 0)
          return [{ verdict: 'passed', title: 'The gateway starts with these settings' }]
        return warnings.map(
          (title): Outcome => ({
            verdict: 'warning',
            title,
            hint: 'Change it in the configuration file, if it is not meant: the gateway runs as it is.',
            source: guide,
          }),
        )
      } catch (error) {
        if (!isJotgateError(error)) throw error
        return [
          {
            verdict: 'failed',
            title: 'The gateway does not start with these settings',
            evidence: error.message,
            hint: 'Mend it in the configuration file: `jotgate gateway --check` tells it in the same words, and says when it is mended.',
            source: guide,
          },
        ]
      }
    },
  },
]

function factoriesOf({ assertion, provider }: GatewayIdentify) {
  return [
    ...(assertion === undefined
      ? []
      : [{ issuer: assertion.issuer, factory: identifyByAssertion(assertion) }]),
    ...(provider === undefined
      ? []
      : [{ issuer: provider.issuer, factory: identifyByProvider(provider) }]),
  ]
}
