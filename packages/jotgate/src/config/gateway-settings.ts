import { dirname, join, resolve } from 'node:path'
import { definedOf } from '../values/index.ts'
import { parseDuration } from './duration.ts'
import { configErrors } from './errors.ts'
import type { GatewayConfig } from './gateway-schema.ts'
import { configFileName, readConfig } from './read-config.ts'
import type { Duration } from './schema-forms.ts'

/** The settings of `jotgate gateway`, with defaults: files from the folder of the configuration, times in seconds. */
export interface GatewaySettings
  extends Omit<GatewayConfig, 'listen' | 'identify' | 'session' | 'store' | 'audit' | 'admin'> {
  readonly listen: {
    readonly host: string
    readonly port: number
    /** One for each host name; empty without TLS. */
    readonly tls: readonly { readonly certificateFile: string; readonly keyFile: string }[]
  }
  readonly identify: {
    readonly assertion?: GatewayConfig['identify']['assertion']
    readonly provider?:
      | (Omit<NonNullable<GatewayConfig['identify']['provider']>, 'maxLifetime'> & {
          readonly maxLifetimeSeconds?: number
        })
      | undefined
  }
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
  const { listen, identify, session, store, audit, admin, ...others } = config
  const { assertion, provider } = identify
  const at = (file: string) => resolve(folder, file)
  const storeFile = at(store?.file ?? 'jotgate-data/sessions.db')
  return {
    ...others,
    listen: {
      host: listen?.host ?? '127.0.0.1',
      port: listen?.port ?? 8080,
      tls: tlsFilesOf(listen?.tls).map(({ certificateFile, keyFile }) => ({
        certificateFile: at(certificateFile),
        keyFile: at(keyFile),
      })),
    },
    identify: definedOf({
      assertion: assertion && {
        ...assertion,
        ...definedOf({ keyFiles: assertion.keyFiles?.map(at) }),
      },
      provider: provider && toProvider(provider),
    }),
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
