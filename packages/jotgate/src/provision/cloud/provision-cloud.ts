import { toCertificateLine } from '../../keys/index.ts'
import { type Administration, cspDirectives } from '../../qlik/index.ts'
import type { CloudDeployment } from '../../token/index.ts'
import { readOrigin, stringProblem } from '../../values/index.ts'
import { provisionErrors } from '../errors.ts'
import type { Provisioning } from '../kind.ts'
import { isSetupId, withoutMark } from '../mark.ts'
import { createCspOriginKind } from './csp-origin.ts'
import { createGroupSettingsKind } from './groups.ts'
import { createIdentityProviderKind } from './identity-provider.ts'
import { findMissingRights } from './rights.ts'
import { createSpaceKind } from './spaces.ts'
import { type CloudGateway, type CloudSetup, isCspDirective, wantedObjects } from './wanted.ts'
import { createWebIntegrationKind, webIntegrationKind } from './web-integration.ts'

/** What `provisionCloud` takes. */
export interface ProvisionCloudOptions {
  /** The tenant, and the issuer of its tokens. */
  deployment: CloudDeployment
  /** The key ID of the key that signs tokens. */
  kid: string
  /** The certificate of that key, in PEM, with or without line breaks. */
  certificate: string
  setup: CloudSetup
  /** The tenant’s administration, as `createAdministration` gives it. */
  administration: Administration
  /** The gateway before Qlik, when there is one. */
  gateway?: CloudGateway | undefined
}

/**
 * What a Qlik Cloud tenant needs for logins by token: a JWT identity provider, and what follows from where the pages
 * are.
 *
 * In gateway mode the tenant needs no entry of its Content Security Policy, and a web integration only when the gateway
 * carries `/single`. In direct mode pages call Qlik themselves: a web integration with their origins, and an entry of
 * the policy for each.
 *
 * @param options see `ProvisionCloudOptions`
 * @throws ERR_PROVISION_OPTION for a wrong option, and the errors of `jotgate/keys` for the certificate; what comes
 * back throws the errors of the part `qlik`, ERR_PROVISION_NO_MEMBER and ERR_PROVISION_NOT_EMPTY
 * @see https://qlik.dev/apis/rest/identity-providers/
 * @example
 * import { cloud } from 'jotgate'
 * import { readCertificate } from 'jotgate/keys'
 * import { provisionCloud } from 'jotgate/provision'
 * import { createAdministration } from 'jotgate/qlik'
 *
 * const deployment = cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' })
 * const { certificatePem } = await readCertificate({ file: 'keys/qlik.cer' })
 * const provisioning = await provisionCloud({
 *   deployment,
 *   kid: 'acme-1',
 *   certificate: certificatePem,
 *   setup: { id: '5f2c90ab', origins: ['https://www.acme.example'] },
 *   administration: createAdministration({ deployment, apiKey: 'from your secrets' }),
 * })
 */
export async function provisionCloud(options: ProvisionCloudOptions): Promise<Provisioning> {
  checkSetup(options)
  const { deployment, kid, setup, administration, gateway } = options
  const certificateLine = toCertificateLine(options.certificate)
  const { id: setupId, clockToleranceSeconds, spaces } = setup
  const tolerance =
    clockToleranceSeconds === undefined ? {} : { clockToleranceSec: clockToleranceSeconds }
  const wanted = wantedObjects({ deployment, kid, certificateLine, setup, gateway })
  const integration = wanted.find(({ kind }) => kind === webIntegrationKind)
  return {
    kinds: [
      createIdentityProviderKind({
        administration,
        setupId,
        wanted: { issuer: deployment.issuer, kid, certificateLine, ...tolerance },
      }),
      createWebIntegrationKind({ administration, setupId, wantedKey: integration?.key }),
      createCspOriginKind({ administration, setupId }),
      createGroupSettingsKind(administration),
      // Who names no spaces has no rights to them, or leaves them to others.
      ...(spaces === undefined
        ? []
        : [
            createSpaceKind({
              administration,
              setupId,
              wantedNames: spaces.map(({ name }) => name),
            }),
          ]),
    ],
    wanted,
    notChecked:
      spaces === undefined
        ? [
            'Spaces: `setup.spaces` is not set. With an empty list, those that this setup has made would be removed.',
          ]
        : [],
    missingRights: () => findMissingRights(administration, spaces !== undefined),
  }
}

function checkSetup({ kid, setup, gateway }: ProvisionCloudOptions): void {
  const wrong = (option: string, problem: string) =>
    provisionErrors.ERR_PROVISION_OPTION({ option, problem })
  if (stringProblem(kid, 256) !== undefined) throw wrong('kid', 'must be 1 to 256 characters')
  if (!isSetupId(setup?.id ?? '')) throw wrong('setup.id', 'must be 8 to 32 of a-z and 0-9')
  const { title, origins = [], contentSecurityPolicy = {}, spaces = [] } = setup
  if (title !== undefined && stringProblem(title, 200) !== undefined)
    throw wrong('setup.title', 'must be 1 to 200 characters')
  if (title !== undefined && withoutMark(title) !== title)
    throw wrong('setup.title', 'must not hold the mark of a setup')
  const addresses = [
    ...origins.map((origin, at) => [`setup.origins[${at}]`, origin] as const),
    ...(gateway?.publicUrls ?? []).map((url, at) => [`gateway.publicUrls[${at}]`, url] as const),
  ]
  for (const [option, address] of addresses) {
    const [problem] = readOrigin(option, address).problems ?? []
    if (problem !== undefined) throw wrong(option, problem.problem)
  }
  for (const [origin, directives] of Object.entries(contentSecurityPolicy)) {
    const option = 'setup.contentSecurityPolicy'
    const [problem] = readOrigin(option, origin).problems ?? []
    if (problem !== undefined) throw wrong(option, `has an origin that ${problem.problem}`)
    if (directives.length === 0 || !directives.every(isCspDirective))
      throw wrong(option, `must name for each origin some of ${cspDirectives.join(', ')}`)
  }
  const names = spaces.map(({ name }) => name)
  if (new Set(names).size < names.length) throw wrong('setup.spaces', 'has a name twice')
}
