import type { GatewaySettings, IdentifySettings } from '../../config/index.ts'
import type { IdentifierFactory } from '../../gateway/index.ts'
import { definedOf } from '../../values/index.ts'
import type { Problems } from '../problems.ts'

/** Reads how it is known who sends a request, with keys and providers as when the gateway starts. */
export async function readIdentifiers(
  { assertion, provider }: IdentifySettings,
  publicUrl: string,
  { attempt }: Problems,
): Promise<IdentifierFactory[]> {
  const { identifyByAssertion, identifyByProvider } = await import('../../gateway/index.ts')
  const found: (IdentifierFactory | undefined)[] = []
  if (assertion !== undefined) {
    const { keyFiles, jwksUrl = '', claims, ...others } = assertion
    const key = keyFiles === undefined ? { jwksUrl } : { file: keyFiles }
    found.push(
      await attempt(() =>
        identifyByAssertion({
          key,
          ...toIssuer(others),
          ...definedOf({ claims: toClaims(claims) }),
        }),
      ),
    )
  }
  if (provider !== undefined) {
    const { claims, ...others } = provider
    found.push(
      await attempt(() =>
        identifyByProvider({ ...toIssuer(others), ...definedOf({ claims: toClaims(claims) }) }),
      ),
    )
  }
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
