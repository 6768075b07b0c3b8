import type { CloudDeployment } from '../../token/index.ts'
import type { WantedObject } from '../kind.ts'
import { fingerprintOf, identityProviderKind, keyOfProvider } from './identity-provider.ts'

/** What a setup of a Qlik Cloud tenant says beside the deployment; everything but the ID can be omitted. */
export interface CloudSetup {
  /** Marks what this setup made: 8 to 32 of a-z and 0-9. */
  readonly id: string
  /** What the objects are called in Qlik’s console. Default the issuer. */
  readonly title?: string
  /** Origins of pages that open Qlik themselves (direct mode). None in gateway mode. */
  readonly origins?: readonly string[]
  /** Whole seconds, 0 to 86400; Qlik’s own default when omitted. */
  readonly clockToleranceSeconds?: number
}

/** What the wanted state follows from. */
export interface CloudSource {
  readonly deployment: CloudDeployment
  readonly kid: string
  readonly certificateLine: string
  readonly setup: CloudSetup
}

/** What a login through the deployment needs at the tenant, in the order in which it is made. */
export function wantedObjects(source: CloudSource): readonly WantedObject[] {
  return [wantedProvider(source)]
}

function wantedProvider({ deployment, kid, certificateLine, setup }: CloudSource): WantedObject {
  const { issuer } = deployment
  const { title = issuer, clockToleranceSeconds } = setup
  return {
    kind: identityProviderKind,
    key: keyOfProvider(issuer, kid),
    fields: {
      issuer,
      keyId: kid,
      certificate: fingerprintOf(certificateLine),
      active: true,
      description: title,
      ...(clockToleranceSeconds === undefined ? {} : { clockToleranceSeconds }),
    },
    because: 'the issuer, the key ID and the certificate of the signing key',
  }
}
