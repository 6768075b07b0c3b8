import type { GatewaySettings, SiteSettings } from '../../config/index.ts'
import type {
  GatewayOptions,
  SiteOptions,
  SqliteStore,
  UpstreamOptions,
} from '../../gateway/index.ts'
import { definedOf, valueOrThrow } from '../../values/index.ts'
import { type Call, nameOfOption } from '../command.ts'
import { gatherProblems, type Problems } from '../problems.ts'
import { choiceOptions, settingOptions } from '../setting-options.ts'
import type { KeyInFiles } from '../signing.ts'
import { readAdminTls } from './administration.ts'
import { readIdentifiers, toAuthoriseOptions } from './gateway-people.ts'
import { type ReadUpstream, readUpstream } from './gateway-upstream.ts'
import { type ReadTls, readTls } from './read-tls.ts'

/** What a gateway is made of, but for what opening it opens: the store. */
export interface ReadGateway {
  readonly options: Omit<GatewayOptions, 'store'>
  /** Undefined when it serves HTTP. */
  readonly tls: ReadTls | undefined
  readonly openStore: () => Promise<SqliteStore>
  /** The signing keys that can be read again, by the upstream of each; undefined names the only one. */
  readonly signingKeys: readonly {
    readonly upstream: string | undefined
    readonly key: KeyInFiles
  }[]
  /** What is allowed, and seldom meant. */
  readonly warnings: readonly string[]
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
  const { hasList, paths, trustedProxies } = settings

  if (hasList) problems.add(...ofOneDeployment(call))
  const upstreams = new Map<string, ReadUpstream>()
  for (const [name, own] of settings.deployments) {
    const named = hasList ? name : settings.sites[0].deployment
    const problemsOf = {
      file: hasList ? problems.within(`deployments.${name}`) : problems,
      gateway: hasList ? problems.within(`gateway.deployments.${name}`) : problems,
    }
    const read = await readUpstream(call, { name: named, own, paths }, problemsOf)
    if (read !== undefined) upstreams.set(name, read)
  }
  await attempt(() =>
    valueOrThrow(
      gateway.readTrustedProxies('trustedProxies', trustedProxies ?? []),
      gateway.gatewayErrors.ERR_GATEWAY_OPTION,
    ),
  )
  await attempt(() => gateway.readSessionLimits(settings.session))
  const authorise = await attempt(() =>
    gateway.createAuthorise(toAuthoriseOptions(settings.authorise)),
  )
  const identify = await readIdentifiers(settings.identify, settings.sites[0].publicUrl, problems)
  const sites: SiteOptions[] = []
  for (const [at, site] of settings.sites.entries())
    sites.push(await readSite(site, hasList ? `sites[${at}]` : undefined, problems))
  const publicUrls = settings.sites.map(({ publicUrl }) => publicUrl)
  const tls = await attempt(() => readTls(settings.listen.tls, publicUrls))
  const keys = await attempt(() => gateway.readKeyRing({ file: settings.store.keysFile }))
  const auditKey = await attempt(() => gateway.readAuditKey(settings.audit.keyFile))
  if (keys) await attempt(() => gateway.assertKeysElsewhere(settings.store.file, keys))
  if (auditKey) await attempt(() => gateway.checkAuditFolder(settings.audit.folder, auditKey))
  const { address } = settings.admin
  if (address) await attempt(() => gateway.readAdminBearer(address.bearerFile))
  const adminTls = address?.tls
  if (adminTls) await attempt(() => readAdminTls(adminTls))
  problems.tell()
  if (upstreams.size < settings.deployments.size || !authorise || !keys || !auditKey)
    throw new Error('Something is missing, and no problem was told')

  const close = async () => {
    await Promise.all([...upstreams.values()].map((one) => one.close()))
  }
  try {
    const connected = new Map<string, UpstreamOptions>()
    for (const [name, read] of upstreams) connected.set(name, await read.connect())
    const only = connected.get('')
    const [first] = sites
    const options: Omit<GatewayOptions, 'store'> = {
      ...(only === undefined
        ? { sites, upstreams: Object.fromEntries(connected) }
        : { ...first, upstream: only }),
      identify,
      authorise,
      audit: { folder: settings.audit.folder, key: auditKey },
      session: settings.session,
      ...definedOf({ paths: paths && definedOf(paths), trustedProxies }),
    }
    // What is wrong with one site beside another.
    const read = await attempt(() => gateway.readSites(options))
    problems.tell()
    const signingKeys = [...upstreams].flatMap(([name, { keyInFiles: key }]) =>
      key === undefined ? [] : [{ upstream: hasList ? name : undefined, key }],
    )
    const { file } = settings.store
    const openStore = () => gateway.sqliteStore({ file, keys })
    return { options, tls, openStore, signingKeys, warnings: read?.warnings ?? [], close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Reads one site, with what is its own. @param place where it is in the member `gateway`, when there is a list */
async function readSite(
  { publicUrl, allowedOrigins, deployment, identify, authorise, ...others }: SiteSettings,
  place: string | undefined,
  problems: Problems,
): Promise<SiteOptions> {
  const gateway = await import('../../gateway/index.ts')
  const own = place === undefined ? problems : problems.within(`gateway.${place}`)
  await own.attempt(() => gateway.readSite(publicUrl, allowedOrigins))
  const ofAuthorise = own.within('authorise')
  return {
    publicUrl,
    allowedOrigins,
    ...definedOf({
      ...others,
      upstream: place === undefined ? undefined : deployment,
      identify: identify && (await readIdentifiers(identify, publicUrl, own.within('identify'))),
      authorise:
        authorise &&
        (await ofAuthorise.attempt(() => gateway.createAuthorise(toAuthoriseOptions(authorise)))),
    }),
  }
}

/** What the command line or the environment says of a deployment, when there may be several. */
function ofOneDeployment({ values }: Call): string[] {
  const options = [
    ...choiceOptions.filter(({ flags }) => !flags.startsWith('--config')),
    ...settingOptions(({ group }) => group === 'deployment' || group === 'signing'),
  ]
  return options
    .filter(({ flags }) => values.source(nameOfOption(flags)) !== undefined)
    .map(
      ({ flags }) =>
        `${flags.split(' ')[0]}, or its environment variable, is of one deployment, and the gateway has a list of sites: write it in the file`,
    )
}
