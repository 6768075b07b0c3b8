import { type CspDirective, cspDirectives } from '../../qlik/index.ts'
import type { CloudDeployment } from '../../token/index.ts'
import type { WantedObject } from '../kind.ts'
import { cspOriginKind, keyOfCspOrigin } from './csp-origin.ts'
import { groupSettingsKey, groupSettingsKind } from './groups.ts'
import { fingerprintOf, identityProviderKind, keyOfProvider } from './identity-provider.ts'
import { comparableMember, type SpaceMember, spaceKind } from './spaces.ts'
import { webIntegrationKind } from './web-integration.ts'

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
  /** Whether Qlik makes the groups that a token names. Default true. */
  readonly createGroups?: boolean
  /** Further entries of the Content Security Policy: for an origin its directives, such as `imgSrc`. */
  readonly contentSecurityPolicy?: Readonly<Record<string, readonly string[]>>
  /** Spaces, and who has which roles in them. */
  readonly spaces?: readonly CloudSpace[]
}

/** A space that a setup wants. */
export interface CloudSpace {
  readonly name: string
  readonly type: 'shared' | 'managed' | 'data'
  readonly description?: string
  /** All users and groups who are in it; left alone when omitted. */
  readonly members?: readonly SpaceMember[]
}

/** The gateway before Qlik. */
export interface CloudGateway {
  /** Its own origins: of each site that leads to the tenant. */
  readonly publicUrls: readonly string[]
  /** Whether it carries Qlik’s `/single` pages. */
  readonly carriesSingle: boolean
}

/** What the wanted state follows from. */
export interface CloudSource {
  readonly deployment: CloudDeployment
  readonly kid: string
  readonly certificateLine: string
  readonly setup: CloudSetup
  readonly gateway?: CloudGateway | undefined
}

/** What a login through the deployment needs at the tenant, in the order in which it is made. */
export function wantedObjects(source: CloudSource): readonly WantedObject[] {
  return [
    wantedProvider(source),
    ...wantedIntegration(source),
    ...wantedCspOrigins(source),
    wantedGroupSettings(source),
    ...wantedSpaces(source),
  ]
}

/** What objects are called where the setup does not say. */
const titleOf = ({ deployment, setup }: CloudSource) => setup.title ?? deployment.issuer

function wantedProvider(source: CloudSource): WantedObject {
  const { deployment, kid, certificateLine, setup } = source
  const { issuer } = deployment
  const { clockToleranceSeconds } = setup
  return {
    kind: identityProviderKind,
    key: keyOfProvider(issuer, kid),
    fields: {
      issuer,
      keyId: kid,
      certificate: fingerprintOf(certificateLine),
      active: true,
      description: titleOf(source),
      ...(clockToleranceSeconds === undefined ? {} : { clockToleranceSeconds }),
    },
    because: 'the issuer, the key ID and the certificate of the signing key',
  }
}

function wantedIntegration(source: CloudSource): WantedObject[] {
  const { setup, gateway } = source
  const direct = (setup.origins ?? []).map(originOf)
  const single = gateway?.carriesSingle === true ? gateway.publicUrls.map(originOf) : []
  const origins = [...new Set([...direct, ...single])]
  if (origins.length === 0) return []
  const reasons = [
    ...(direct.length === 0 ? [] : ['setup.origins: pages that call Qlik from a browser']),
    ...(single.length === 0 ? [] : ['gateway.publicUrl: its allowed paths have /single']),
  ]
  const name = titleOf(source)
  return [
    {
      kind: webIntegrationKind,
      key: name,
      fields: { name, origins },
      because: reasons.join('; '),
    },
  ]
}

/** One entry for each origin, with everything that it is allowed. */
function wantedCspOrigins(source: CloudSource): WantedObject[] {
  const { origins = [], contentSecurityPolicy = {} } = source.setup
  const entries = new Map<string, { directives: Set<string>; reasons: Set<string> }>()
  const add = (origin: string, directives: readonly string[], reason: string) => {
    const key = keyOfCspOrigin(originOf(origin))
    const entry = entries.get(key) ?? { directives: new Set(), reasons: new Set() }
    for (const directive of directives) entry.directives.add(directive)
    entry.reasons.add(reason)
    entries.set(key, entry)
  }
  for (const origin of origins)
    add(origin, ['frameAncestors'], 'setup.origins: its pages show Qlik in a frame')
  for (const [origin, directives] of Object.entries(contentSecurityPolicy))
    add(origin, directives, 'setup.contentSecurityPolicy')
  return [...entries].map(([key, { directives, reasons }]) => ({
    kind: cspOriginKind,
    key,
    fields: {
      name: `${titleOf(source)} at ${key}`,
      ...Object.fromEntries([...directives].map((one) => [one, true])),
    },
    because: [...reasons].join('; '),
  }))
}

function wantedGroupSettings({ setup }: CloudSource): WantedObject {
  const { createGroups } = setup
  return {
    kind: groupSettingsKind,
    key: groupSettingsKey,
    fields: { createGroups: createGroups ?? true },
    because:
      createGroups === undefined
        ? 'groups in tokens, which Qlik drops where it may not create them'
        : 'setup.createGroups',
  }
}

function wantedSpaces({ setup }: CloudSource): WantedObject[] {
  return (setup.spaces ?? []).map(({ name, type, description, members }) => ({
    kind: spaceKind,
    key: name,
    fields: {
      type,
      ...(description === undefined ? {} : { description }),
      ...(members === undefined ? {} : { members: members.map(comparableMember) }),
    },
    because: 'setup.spaces',
  }))
}

/** As a browser sends it. */
const originOf = (address: string) => new URL(address).origin

/** Whether a text is the name of a directive. */
export const isCspDirective = (text: string): text is CspDirective =>
  cspDirectives.some((one) => one === text)
