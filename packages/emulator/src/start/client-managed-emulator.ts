import { type ClientManagedOptions, clientManaged } from '../client-managed/product.ts'
import type { SiteView } from '../client-managed/site-view.ts'
import type { ClientManagedSwitches } from '../client-managed/switches.ts'
import {
  createEmulators,
  type EmulatorControl,
  type ProductEmulator,
  type SharedOptions,
} from './emulators.ts'

/** What the emulator of a client-managed Qlik Sense is made of; everything can be omitted. */
export interface ClientManagedEmulatorOptions extends SharedOptions, ClientManagedOptions {}

/** A running client-managed Qlik Sense. */
export interface ClientManagedEmulator
  extends EmulatorControl,
    ProductEmulator<ClientManagedSwitches, SiteView> {}

/**
 * Starts a local client-managed Qlik Sense on loopback: virtual proxies, sessions, engine web sockets, QRS and QPS.
 *
 * @param options.host 127.0.0.1 (the default), ::1 or localhost
 * @param options.port the port of the proxy; 0 (the default) takes any free port
 * @param options.virtualProxies beside the default one: each with its prefix, and with its certificate for JWT
 * @param options.nodes how many nodes, 1 (the default) or 2; their addresses are in `urls`
 * @param options.apps from `createMoviesApp` or `readAppFile`; Movies alone when omitted
 * @param options.switches changes from the defaults of what is not known of client-managed Qlik
 * @param options.tls serves https and wss with keys of this folder, made when it is empty; http when omitted
 * @param options.authority keeps the keys of the authority of QRS and QPS in this folder; in memory when omitted
 * @throws `EmulatorError` when an option is wrong or a port is taken
 * @example
 * const server = await createClientManagedEmulator({ switches: { parallelSessions: 2 } })
 * console.log(await (await fetch(`${server.url}/qps/user`)).json(), server.state.sessions())
 * await server.close()
 */
export async function createClientManagedEmulator(
  options: ClientManagedEmulatorOptions = {},
): Promise<ClientManagedEmulator> {
  const { host, adminKey, apps, clock, tls, authority, ...own } = options
  const shared = { host, adminKey, apps, clock, tls, authority }
  const given = Object.fromEntries(
    Object.entries(shared).filter(([, value]) => value !== undefined),
  ) as SharedOptions
  const emulators = await createEmulators({ ...given, products: [clientManaged(own)] })
  const { products, ...control } = emulators
  return {
    ...control,
    get requests() {
      return emulators.requests
    },
    ...products['client-managed'],
  }
}
