import { toCertificateLine } from '../../keys/index.ts'
import type { Administration } from '../../qlik/index.ts'
import type { CloudDeployment } from '../../token/index.ts'
import type { Provisioning } from '../kind.ts'
import { createIdentityProviderKind } from './identity-provider.ts'
import { type CloudSetup, wantedObjects } from './wanted.ts'

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
  gateway?:
    | {
        /** Its own origin. */
        readonly publicUrl: string
        /** Whether it carries Qlik’s `/single` pages. */
        readonly carriesSingle: boolean
      }
    | undefined
}

/**
 * What a Qlik Cloud tenant needs for logins by token: a JWT identity provider, and what follows from where the pages
 * are.
 *
 * @param options see `ProvisionCloudOptions`
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
  const { deployment, kid, setup, administration } = options
  const certificateLine = toCertificateLine(options.certificate)
  const { clockToleranceSeconds } = setup
  const tolerance =
    clockToleranceSeconds === undefined ? {} : { clockToleranceSec: clockToleranceSeconds }
  return {
    kinds: [
      createIdentityProviderKind({
        administration,
        setupId: setup.id,
        wanted: { issuer: deployment.issuer, kid, certificateLine, ...tolerance },
      }),
    ],
    wanted: wantedObjects({ deployment, kid, certificateLine, setup }),
    notChecked: [],
    missingRights: async () => [],
  }
}
