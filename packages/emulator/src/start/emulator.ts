import { type CloudOptions, cloudTenant } from '../cloud/product.ts'
import type { TenantView } from '../cloud/state-view.ts'
import type { CloudSwitches } from '../cloud/switch-definitions.ts'
import type { Engine } from '../engine/index.ts'
import {
  createEmulators,
  type EmulatorControl,
  type Emulators,
  type ProductEmulator,
  type SharedOptions,
  startEmulators,
} from './emulators.ts'

/** What the emulator of a Cloud tenant is made of; everything can be omitted. */
export interface EmulatorOptions extends SharedOptions, CloudOptions {}

/** A running Cloud tenant. */
export interface Emulator
  extends EmulatorControl,
    Omit<ProductEmulator<CloudSwitches, TenantView>, 'urls'> {}

function toEmulator(emulators: Emulators<readonly [ReturnType<typeof cloudTenant>]>): Emulator {
  const { products, ...control } = emulators
  const { url, port, switches, state } = products.cloud
  return {
    ...control,
    get requests() {
      return emulators.requests
    },
    url,
    port,
    switches,
    state,
  }
}

/** Parts the options into those of the tenant and those of the workbench. */
function plugIn<Options extends EmulatorOptions>({
  port = 0,
  switches = {},
  publicUrl,
  state,
  ...shared
}: Options) {
  const own = publicUrl === undefined ? {} : { publicUrl }
  return { ...shared, products: [cloudTenant({ port, switches, state, ...own })] as const }
}

/** Starts a Cloud tenant in front of an engine; `createEmulator` brings its own. */
export async function startEmulator(
  options: Omit<EmulatorOptions, 'apps'> & { engine: Engine },
): Promise<Emulator> {
  return toEmulator(await startEmulators(plugIn(options)))
}

/**
 * Starts a local Qlik Cloud tenant on loopback: JWT login, REST, engine web sockets.
 *
 * @param options.host 127.0.0.1 (the default), ::1 or localhost
 * @param options.port 0 (the default) takes any free port
 * @param options.adminKey the administrator's key, 1 to 512 visible ASCII characters; random when omitted
 * @param options.apps from `createMoviesApp` or `readAppFile`; Movies alone when omitted
 * @param options.switches changes from the defaults of what is not known of Qlik Cloud
 * @param options.clock where real time comes from; `() => new Date()` when omitted
 * @param options.tls serves https and wss with keys of this folder, made when it is empty; http when omitted
 * @param options.publicUrl the address in links and redirects; the one that was asked when omitted
 * @param options.state what `state.export()` gave; a tenant that trusts nobody when omitted
 * @throws `EmulatorError` when an option is wrong or the port is taken
 * @example
 * const emulator = await createEmulator({ switches: { defaultClockToleranceSec: 0 } })
 * const headers = { authorization: `Bearer ${emulator.adminKey}` }
 * await fetch(`${emulator.url}/api/v1/identity-providers`, { headers })
 * await emulator.close()
 */
export async function createEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  return toEmulator(await createEmulators(plugIn(options)))
}
