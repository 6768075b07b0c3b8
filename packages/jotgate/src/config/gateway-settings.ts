import { resolve } from 'node:path'
import { definedOf } from '../values/index.ts'
import { parseDuration } from './duration.ts'
import { configErrors } from './errors.ts'
import type { GatewayConfig } from './gateway-schema.ts'
import { configFileName, readConfig } from './read-config.ts'
import type { Duration } from './schema-forms.ts'

/** The settings of `jotgate gateway`, with defaults: files from the folder of the configuration, times in seconds. */
export interface GatewaySettings
  extends Omit<GatewayConfig, 'listen' | 'identify' | 'session' | 'store' | 'audit'> {
  readonly listen: { readonly host: string; readonly port: number }
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
  const { listen, identify, session, store, audit, ...others } = config
  const { assertion, provider } = identify
  const at = (file: string) => resolve(folder, file)
  return {
    ...others,
    listen: { host: listen?.host ?? '127.0.0.1', port: listen?.port ?? 8080 },
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
      file: at(store?.file ?? 'jotgate-data/sessions.db'),
      keysFile: at(store?.keysFile ?? 'jotgate-secrets/store-keys.json'),
    },
    audit: {
      folder: at(audit?.folder ?? 'jotgate-data/audit'),
      keyFile: at(audit?.keyFile ?? 'jotgate-secrets/audit.key'),
    },
  }
}

function toProvider({
  maxLifetime,
  ...provider
}: NonNullable<GatewayConfig['identify']['provider']>) {
  return { ...provider, ...definedOf({ maxLifetimeSeconds: secondsOf(maxLifetime) }) }
}

const secondsOf = (duration: Duration | undefined) =>
  duration === undefined ? undefined : parseDuration(duration)
