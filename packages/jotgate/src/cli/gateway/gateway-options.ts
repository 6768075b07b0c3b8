import type { GatewaySettings } from '../../config/index.ts'
import type { GatewayOptions, IdentifierFactory, SqliteStore } from '../../gateway/index.ts'
import { productFor } from '../../qlik/index.ts'
import { definedOf, valueOrThrow } from '../../values/index.ts'
import type { Call } from '../command.ts'
import { gatherProblems, type Problems } from '../problems.ts'
import { readTransport } from '../session/transport.ts'
import { findSigner, type KeyInFiles, keyInFiles } from '../signing.ts'
import { findTarget } from '../target.ts'
import { readAdminTls } from './administration.ts'
import { readQlikEnding } from './qlik-ending.ts'
import { type ReadTls, readTls } from './read-tls.ts'

/** What a gateway is made of, but for what opening it opens: the store. */
export interface ReadGateway {
  readonly options: Omit<GatewayOptions, 'store'>
  /** Undefined when it serves HTTP. */
  readonly tls: ReadTls | undefined
  readonly openStore: () => Promise<SqliteStore>
  /** The signing key, where it can be read again. */
  readonly signingKey: KeyInFiles | undefined
  /** Called after the gateway was closed. */
  readonly close: () => Promise<void>
}

/**
 * Reads everything that a gateway needs, and tells all that is wrong with it at once. Nothing is opened or written.
 */
export async function readGateway(call: Call, settings: GatewaySettings): Promise<ReadGateway> {
  const gateway = await import('../../gateway/index.ts')
  const problems = gatherProblems(call)
  const { attempt } = problems
  const { publicUrl, allowedOrigins, paths, trustedProxies, authorise } = settings

  const target = await findTarget(
    choosing(call, settings.deployment),
    { needsUrl: true, attributes: [] },
    problems,
  )
  const signing = await findSigner(call, target, problems)
  const { deployment } = target
  const site = await attempt(() => gateway.readSite(publicUrl, allowedOrigins))
  const tls = site && (await attempt(() => readTls(settings.listen.tls, [site.publicUrl])))
  await attempt(() =>
    valueOrThrow(
      gateway.readTrustedProxies('trustedProxies', trustedProxies ?? []),
      gateway.gatewayErrors.ERR_GATEWAY_OPTION,
    ),
  )
  await attempt(() =>
    valueOrThrow(
      gateway.readHostNames('hostNames', settings.hostNames),
      gateway.gatewayErrors.ERR_GATEWAY_OPTION,
    ),
  )
  await attempt(() => gateway.readSessionLimits(settings.session))
  if (deployment !== undefined) {
    await attempt(() =>
      valueOrThrow(
        gateway.readNodes('nodes', settings.nodes, deployment),
        gateway.gatewayErrors.ERR_GATEWAY_OPTION,
      ),
    )
    await attempt(() =>
      gateway.createAllowList({
        rules: productFor(deployment).gatewayRules,
        ...definedOf(paths ?? {}),
      }),
    )
  }
  const authorises = await attempt(() => gateway.createAuthorise(toAuthorise(authorise)))
  const identify = await readIdentifiers(settings, problems)
  const hasProxies = deployment !== undefined && 'prefix' in deployment
  const ending = hasProxies
    ? await attempt(() => readQlikEnding(call, target.settings, settings.proxyApis))
    : undefined
  const keys = await attempt(() => gateway.readKeyRing({ file: settings.store.keysFile }))
  const auditKey = await attempt(() => gateway.readAuditKey(settings.audit.keyFile))
  if (keys) await attempt(() => gateway.assertKeysElsewhere(settings.store.file, keys))
  if (auditKey) await attempt(() => gateway.checkAuditFolder(settings.audit.folder, auditKey))
  const { address } = settings.admin
  if (address) await attempt(() => gateway.readAdminBearer(address.bearerFile))
  const adminTls = address?.tls
  if (adminTls) await attempt(() => readAdminTls(adminTls))
  problems.tell()
  if (!deployment || !signing || !authorises || !keys || !auditKey)
    throw new Error('Something is missing, and no problem was told')
  const transport = await readTransport(call, target.settings)
  const { lifetimeSeconds } = target.settings
  return {
    options: {
      publicUrl,
      allowedOrigins,
      upstream: {
        deployment,
        key: signing.key,
        ...definedOf({
          lifetimeSeconds,
          hostNames: settings.hostNames,
          nodes: settings.nodes,
          atRoot: settings.atRoot,
          isolate: settings.isolate,
          transport,
          endSession: ending?.endSession,
        }),
      },
      identify,
      authorise: authorises,
      audit: { folder: settings.audit.folder, key: auditKey },
      session: settings.session,
      ...definedOf({
        paths: paths && definedOf(paths),
        sameOrigin: settings.sameOrigin,
        loginUrl: settings.loginUrl,
        trustedProxies,
      }),
    },
    tls,
    openStore: () => gateway.sqliteStore({ file: settings.store.file, keys }),
    signingKey: keyInFiles(call, target.settings),
    async close() {
      await Promise.all([transport?.close(), ending?.close()])
    },
  }
}

/** The deployment of the gateway, unless the command line or the environment names another. */
function choosing(call: Call, deployment: string | undefined): Call {
  const { values } = call
  const text: Call['values']['text'] = (name) =>
    values.text(name) ?? (name === 'deployment' ? deployment : undefined)
  return { ...call, values: { ...values, text } }
}

async function readIdentifiers(
  { identify, publicUrl }: GatewaySettings,
  { attempt }: Problems,
): Promise<IdentifierFactory[]> {
  const { identifyByAssertion, identifyByProvider } = await import('../../gateway/index.ts')
  const { assertion, provider } = identify
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
  // Keys are read, and a provider is asked, as when the gateway starts.
  for (const factory of factories)
    await attempt(() => factory({ publicUrl, clock: Date.now }).prepare?.())
  return factories
}

const toIssuer = <Values extends { issuer: string }>(values: Values) =>
  definedOf(values) as { [Name in keyof Values]: Exclude<Values[Name], undefined> }

type Claims = NonNullable<GatewaySettings['identify']['assertion']>['claims']

const toClaims = (claims: Claims) => claims && definedOf(claims)

function toAuthorise(authorise: GatewaySettings['authorise'] = {}) {
  const { groups, allow, deny, ...others } = authorise
  return definedOf({
    ...others,
    groups: groups && { allow: groups.allow, ...definedOf(groups) },
    allow: allow?.map(definedOf),
    deny: deny?.map(definedOf),
  })
}
