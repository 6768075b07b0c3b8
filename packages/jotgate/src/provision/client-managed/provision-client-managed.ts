import { X509Certificate } from 'node:crypto'
import type { Repository, VirtualProxy } from '../../qlik/index.ts'
import type { ClientManagedDeployment } from '../../token/index.ts'
import { provisionErrors } from '../errors.ts'
import type { MissingRight, Provisioning } from '../kind.ts'
import { isSetupId } from '../mark.ts'
import { keyOfLink, proxyLinkKind } from './proxy-link.ts'
import { readable } from './readable.ts'
import { securityRuleKind, serviceUserRules } from './security-rules.ts'
import { virtualProxyKind } from './virtual-proxy.ts'
import { type ClientManagedSetup, wantedObjects } from './wanted.ts'

/** What `provisionClientManaged` takes. */
export interface ProvisionClientManagedOptions {
  /** Whose virtual proxy it is: address, prefix, names of the claims, audience. */
  deployment: ClientManagedDeployment
  /** The certificate of the key that signs tokens, in PEM. */
  certificate: string
  setup: ClientManagedSetup
  /** By which way the server is changed: with a client certificate, or as `openServiceUser` gives it. */
  repository: Repository
  /** Whether the repository is called as the service user. Only who has the certificate writes security rules. */
  isServiceUser?: boolean
  /** Who gets the rights to plan and apply; without one no rules are made. */
  serviceUser?: { readonly directory: string; readonly id: string } | undefined
}

/**
 * What client-managed Qlik needs for logins by token: a virtual proxy, its links to the proxies that serve the
 * deployment's address, and security rules of least rights for a service user. Reads the server's nodes, proxies and
 * virtual proxies, since some of it follows from them.
 *
 * @param options see `ProvisionClientManagedOptions`
 * @throws ERR_PROVISION_OPTION for a wrong option; the errors of the part `qlik` when the server cannot be read
 * @see https://help.qlik.com/en-US/sense-developer/, Virtual proxy: create, and link
 * @example
 * import type { ClientManagedDeployment } from 'jotgate'
 * import { provisionClientManaged } from 'jotgate/provision'
 * import type { Repository } from 'jotgate/qlik'
 *
 * async function planFor(deployment: ClientManagedDeployment, certificate: string, repository: Repository) {
 *   const setup = { id: '5f2c90ab', origins: ['https://www.acme.example'] }
 *   return provisionClientManaged({ deployment, certificate, setup, repository })
 * }
 */
export async function provisionClientManaged(
  options: ProvisionClientManagedOptions,
): Promise<Provisioning> {
  checkOptions(options)
  const { repository, setup, deployment, isServiceUser = false, serviceUser } = options
  const [virtualProxies, services, nodes] = await Promise.all([
    readable(() => repository.listVirtualProxies()),
    readable(() => repository.listProxyServices()),
    readable(() => repository.listNodes()),
  ])
  const wanted = wantedObjects({
    ...options,
    certificate: new X509Certificate(options.certificate).toString(),
    serviceUser: isServiceUser ? undefined : serviceUser,
    nodes,
    services,
    virtualProxies,
  })
  checkCookieName(wanted[0]?.fields.sessionCookieHeaderName, deployment.prefix, virtualProxies)
  const kindOptions = { repository, setupId: setup.id }
  const kinds = [virtualProxyKind(kindOptions), proxyLinkKind(kindOptions)]
  const rules = serviceUserRules({
    user: serviceUser ?? { directory: 'DIRECTORY', id: 'user' },
    prefix: deployment.prefix,
    setupId: setup.id,
  })
  return {
    kinds: isServiceUser ? kinds : [...kinds, securityRuleKind(kindOptions)],
    wanted,
    notChecked: isServiceUser
      ? [
          'The security rules of the service user: only who has the client certificate may read and write rules, because whoever writes rules can give themselves every right.',
        ]
      : [],
    async missingRights() {
      const givenBy = (at: number) => {
        const { name, resourceFilter, rule, actions } = rules[at] ?? rules[0] ?? {}
        return isServiceUser
          ? `the security rule “${name}”: resource filter ${resourceFilter}, actions ${actions?.join(' and ')}, conditions ${rule}`
          : 'the role RootAdmin, or a call as INTERNAL\\sa_api'
      }
      // Each server has all three: a virtual proxy, a proxy and a node are there from its installation on.
      const missing: MissingRight[] = [
        { is: virtualProxies.length === 0, what: 'read virtual proxies', at: 0 },
        { is: services.length === 0, what: 'read proxy services', at: 1 },
        { is: nodes.length === 0, what: 'read nodes', at: 2 },
      ].flatMap(({ is, what, at }) => (is ? [{ what, givenBy: givenBy(at) }] : []))
      const own = virtualProxies.find(({ prefix }) => prefix === deployment.prefix)
      const asked = [
        ...(own === undefined
          ? []
          : [
              {
                type: 'virtualproxyconfig' as const,
                id: own.id,
                what: `change the virtual proxy ${own.prefix}`,
                at: 0,
              },
            ]),
        ...services
          .filter(
            ({ serverNodeConfiguration: { name }, settings }) =>
              wanted.some(({ key }) => key === keyOfLink(deployment.prefix, name)) &&
              !settings.virtualProxies.some(({ id }) => id === own?.id),
          )
          .map(({ id, serverNodeConfiguration: { name } }) => ({
            type: 'proxyservice' as const,
            id,
            what: `link virtual proxies at the proxy of ${name}`,
            at: 1,
          })),
      ]
      for (const { type, id, what, at } of asked) {
        const privileges = await repository.readPrivileges(type, id)
        if (privileges?.includes('update') === false) missing.push({ what, givenBy: givenBy(at) })
      }
      return missing
    },
  }
}

function checkOptions({
  deployment,
  certificate,
  setup,
  serviceUser,
}: ProvisionClientManagedOptions) {
  const refuse = (option: string, problem: string) =>
    provisionErrors.ERR_PROVISION_OPTION({ option, problem })
  if (deployment.prefix === '')
    throw refuse(
      'deployment.prefix',
      'is empty: that is the default virtual proxy, by which administrators log in. Give this one a prefix of its own',
    )
  if (!isSetupId(setup.id)) throw refuse('setup.id', 'must be 8 to 32 of a-z and 0-9')
  for (const part of [serviceUser?.directory, serviceUser?.id])
    if (part !== undefined && !/^[^"\\\p{Cc}]{1,255}$/u.test(part))
      throw refuse('serviceUser', 'has a character that a security rule cannot hold')
  if (!isRsaCertificate(certificate))
    throw refuse(
      'certificate',
      'must be one X.509 certificate in PEM, of an RSA key with 2048 bits or more: client-managed Qlik takes RS256, RS384 and RS512 only',
    )
}

function isRsaCertificate(pem: string): boolean {
  if (pem.split('-----BEGIN ').length !== 2) return false
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = new X509Certificate(pem).publicKey
    return asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= 2048
  } catch {
    return false
  }
}

/** With one name, the sessions of two virtual proxies would log each other out; Qlik refuses it too. */
function checkCookieName(name: unknown, prefix: string, all: readonly VirtualProxy[]) {
  const lower = String(name).toLowerCase()
  const other = all.find(
    (one) => one.prefix !== prefix && one.sessionCookieHeaderName.toLowerCase() === lower,
  )
  if (other === undefined) return
  throw provisionErrors.ERR_PROVISION_OPTION({
    option: 'setup.virtualProxy.sessionCookieName',
    problem: `is ${name}, which the virtual proxy ${other.prefix === '' ? 'without a prefix' : other.prefix} has already: each needs its own`,
  })
}
