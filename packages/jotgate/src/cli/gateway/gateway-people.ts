import type { GatewaySettings, IdentifySettings } from '../../config/index.ts'
import type { AssertionOptions, IdentifierFactory, ProviderOptions } from '../../gateway/index.ts'
import { definedOf } from '../../values/index.ts'
import type { Problems } from '../problems.ts'

/** How it is known who sends a request, as options of the part gateway. */
export function toIdentifyOptions({ assertion, provider }: IdentifySettings): {
  readonly assertion?: AssertionOptions
  readonly provider?: ProviderOptions
} {
  return definedOf({
    assertion: assertion && toAssertion(assertion),
    provider: provider && toProvider(provider),
  })
}

function toAssertion(settings: NonNullable<IdentifySettings['assertion']>): AssertionOptions {
  const { keyFiles, jwksUrl = '', claims, ...others } = settings
  const key = keyFiles === undefined ? { jwksUrl } : { file: keyFiles }
  return { key, ...toIssuer(others), ...definedOf({ claims: toClaims(claims) }) }
}

function toProvider(settings: NonNullable<IdentifySettings['provider']>): ProviderOptions {
  const { claims, ...others } = settings
  return { ...toIssuer(others), ...definedOf({ claims: toClaims(claims) }) }
}

/** Reads how it is known who sends a request, with keys and providers as when the gateway starts. */
export async function readIdentifiers(
  settings: IdentifySettings,
  publicUrl: string,
  { attempt }: Problems,
): Promise<IdentifierFactory[]> {
  const { identifyByAssertion, identifyByProvider } = await import('../../gateway/index.ts')
  const { assertion, provider } = toIdentifyOptions(settings)
  const found = [
    assertion && (await attempt(() => identifyByAssertion(assertion))),
    provider && (await attempt(() => identifyByProvider(provider))),
  ]
  const factories = found.filter((one) => one !== undefined)
  for (const factory of factories)
    await attempt(() => factory({ publicUrl, clock: Date.now }).prepare?.())
  return factories
}

const toIssuer = <Values extends { issuer: string }>(values: Values) =>
  definedOf(values) as { [Name in keyof Values]: Exclude<Values[Name], undefined> }

type Claims = NonNullable<IdentifySettings['assertion']>['claims']

const toClaims = (claims: Claims) => claims && definedOf(claims)

/** The options of `createAuthorise`: a deployment of the file is an upstream of the gateway. */
export function toAuthoriseOptions(authorise: GatewaySettings['authorise'] = {}) {
  const { groups, allow, deny, deployments, ...others } = authorise
  return definedOf({
    ...others,
    groups: groups && { allow: groups.allow, ...definedOf(groups) },
    allow: allow?.map(definedOf),
    deny: deny?.map(definedOf),
    upstreams: deployments?.map(({ deployment, ...person }) => ({
      ...definedOf(person),
      upstream: deployment,
    })),
  })
}
