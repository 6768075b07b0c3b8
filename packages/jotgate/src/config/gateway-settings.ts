import { dirname, join, resolve } from 'node:path'
import { definedOf, ownMember } from '../values/index.ts'
import { parseDuration } from './duration.ts'
import { configErrors } from './errors.ts'
import type { GatewayConfig } from './gateway-schema.ts'
import { namedDeployments } from './named-deployments.ts'
import { configFileName, readConfig } from './read-config.ts'
import type { Duration } from './schema-forms.ts'

/** How it is known who sends a request. */
export interface IdentifySettings {
  readonly assertion?: GatewayConfig['identify']['assertion']
  readonly provider?:
    | (Omit<NonNullable<GatewayConfig['identify']['provider']>, 'maxLifetime'> & {
        readonly maxLifetimeSeconds?: number
      })
    | undefined
}

type SiteConfig = NonNullable<GatewayConfig['sites']>[number]

/** One site of the gateway. */
export interface SiteSettings extends Omit<SiteConfig, 'identify'> {
  readonly identify?: IdentifySettings
}

/** What the gateway is told of one deployment. */
export type GatewayDeploymentSettings = NonNullable<GatewayConfig['deployments']>[string]

/** The settings of `jotgate gateway`, with defaults: files from the folder of the configuration, times in seconds. */
export interface GatewaySettings
  extends Omit<
    GatewayConfig,
    | 'publicUrl'
    | 'allowedOrigins'
    | 'deployment'
    | 'loginUrl'
    | 'sameOrigin'
    | 'sites'
    | 'deployments'
    | keyof GatewayDeploymentSettings
    | 'listen'
    | 'identify'
    | 'session'
    | 'store'
    | 'audit'
    | 'admin'
  > {
  /** The one that is described, or those of the list. */
  readonly sites: readonly [SiteSettings, ...SiteSettings[]]
  /** Whether they came as a list: then every deployment has a name. */
  readonly hasList: boolean
  /** Of each deployment that a site or a rule names, and of the only one by the empty name. */
  readonly deployments: ReadonlyMap<string, GatewayDeploymentSettings>
  readonly paths?: GatewayConfig['paths']
  readonly listen: {
    readonly host: string
    readonly port: number
    /** One for each host name; empty without TLS. */
    readonly tls: readonly { readonly certificateFile: string; readonly keyFile: string }[]
  }
  readonly identify: IdentifySettings
  readonly session: {
    readonly idleSeconds?: number
    readonly absoluteSeconds?: number
    readonly maxSessions?: number
  }
  readonly store: { readonly file: string; readonly keysFile: string }
  readonly audit: { readonly folder: string; readonly keyFile: string }
  readonly admin: AdminSettings
}

/** Where the administration listens. */
export interface AdminSettings {
  /** The Unix socket; undefined where there is none. */
  readonly socket: string | undefined
  /** Whether the file names the socket: then the gateway does not start without it. */
  readonly isSocketNamed: boolean
  readonly address:
    | {
        readonly host: string
        readonly port: number
        readonly bearerFile: string
        readonly tls: { readonly certificateFile: string; readonly keyFile: string } | undefined
      }
    | undefined
}

/**
 * Reads the member `gateway` of the configuration file.
 *
 * @throws ERR_CONFIG_FILE, ERR_CONFIG_OWNER, ERR_CONFIG_JSON, ERR_CONFIG_INVALID, ERR_CONFIG_GATEWAY
 */
export async function readGatewaySettings(options: {
  file?: string | undefined
  folder: string
}): Promise<GatewaySettings> {
  const read = await readConfig(options)
  if (read?.config.gateway === undefined)
    throw configErrors.ERR_CONFIG_GATEWAY({ file: read?.file ?? configFileName })
  return toGatewaySettings(read.config.gateway, read.folder)
}

/** The settings of a gateway in the file, with its paths resolved from the folder of the file. */
export function toGatewaySettings(config: GatewayConfig, folder: string): GatewaySettings {
  const { listen, identify, session, store, audit, admin, ...shared } = config
  const { publicUrl, allowedOrigins, deployment, loginUrl, sameOrigin, ...unplaced } = shared
  const { sites, deployments, hostNames, nodes, atRoot, isolate, proxyApis, ...others } = unplaced
  const at = (file: string) => resolve(folder, file)
  const storeFile = at(store?.file ?? 'jotgate-data/sessions.db')
  const toIdentify = ({ assertion, provider }: GatewayConfig['identify']): IdentifySettings =>
    definedOf({
      assertion: assertion && {
        ...assertion,
        ...definedOf({ keyFiles: assertion.keyFiles?.map(at) }),
      },
      provider: provider && toProvider(provider),
    })
  const toSite = ({ identify: own, ...site }: SiteConfig): SiteSettings => ({
    ...site,
    ...definedOf({ identify: own && toIdentify(own) }),
  })
  // The schema wants both without a list.
  const only = { publicUrl: publicUrl ?? '', allowedOrigins: allowedOrigins ?? [] }
  const [first = only, ...further] = sites ?? [
    { ...only, ...definedOf({ deployment, loginUrl, sameOrigin }) },
  ]
  return {
    ...others,
    sites: [toSite(first), ...further.map(toSite)],
    hasList: sites !== undefined,
    deployments:
      sites === undefined
        ? new Map([['', definedOf({ hostNames, nodes, atRoot, isolate, proxyApis })]])
        : deploymentsOf(config),
    listen: {
      host: listen?.host ?? '127.0.0.1',
      port: listen?.port ?? 8080,
      tls: tlsFilesOf(listen?.tls).map(({ certificateFile, keyFile }) => ({
        certificateFile: at(certificateFile),
        keyFile: at(keyFile),
      })),
    },
    identify: toIdentify(identify),
    session: definedOf({
      idleSeconds: secondsOf(session?.idle),
      absoluteSeconds: secondsOf(session?.absolute),
      maxSessions: session?.maxSessions,
    }),
    store: {
      file: storeFile,
      keysFile: at(store?.keysFile ?? 'jotgate-secrets/store-keys.json'),
    },
    audit: {
      folder: at(audit?.folder ?? 'jotgate-data/audit'),
      keyFile: at(audit?.keyFile ?? 'jotgate-secrets/audit.key'),
    },
    admin: toAdmin(admin, at, dirname(storeFile)),
  }
}

function toAdmin(
  { socket, host = '127.0.0.1', port, bearerFile, tls }: NonNullable<GatewayConfig['admin']> = {},
  at: (file: string) => string,
  dataFolder: string,
): AdminSettings {
  const usual = process.platform === 'win32' ? undefined : join(dataFolder, 'admin.sock')
  return {
    socket: socket === undefined ? usual : at(socket),
    isSocketNamed: socket !== undefined,
    address:
      port === undefined
        ? undefined
        : {
            host,
            port,
            bearerFile: at(bearerFile ?? 'jotgate-secrets/admin-bearer.txt'),
            tls: tls && { certificateFile: at(tls.certificateFile), keyFile: at(tls.keyFile) },
          },
  }
}

/** Those that are named anywhere, in the order in which they come. */
function deploymentsOf(config: GatewayConfig): ReadonlyMap<string, GatewayDeploymentSettings> {
  const { deployments = {} } = config
  return new Map(
    namedDeployments(config).map(({ name }) => [name, ownMember(deployments, name) ?? {}]),
  )
}

function toProvider({
  maxLifetime,
  ...provider
}: NonNullable<GatewayConfig['identify']['provider']>) {
  return { ...provider, ...definedOf({ maxLifetimeSeconds: secondsOf(maxLifetime) }) }
}

const tlsFilesOf = (tls: NonNullable<GatewayConfig['listen']>['tls']) =>
  tls === undefined ? [] : [tls, ...(tls.others ?? [])]

const secondsOf = (duration: Duration | undefined) =>
  duration === undefined ? undefined : parseDuration(duration)
