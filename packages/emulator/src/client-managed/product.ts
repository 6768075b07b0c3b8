import type { Listener, Product } from '../control/product.ts'
import { servedBelowPrefix } from './below-prefix.ts'
import type { ClientManaged } from './client-managed.ts'
import { siteAdviceOn } from './console/advice.ts'
import { showSiteError } from './console/show-error.ts'
import { siteConsoleRoutes } from './console/site-routes.ts'
import { clientManagedErrors } from './errors/client-managed-errors.ts'
import { toFaultAnswer } from './errors/fault-answer.ts'
import { endSessionsByChange } from './proxy/end-by-change.ts'
import { createProxyApp } from './proxy/proxy-app.ts'
import { createProxySessions } from './proxy/sessions.ts'
import { createTempContents } from './proxy/temp-contents.ts'
import { createTickets } from './proxy/tickets.ts'
import { createProxySockets } from './proxy/web-socket/upgrades.ts'
import { qpsPort } from './qps/qps-port.ts'
import { qrsPort } from './qrs/qrs-port.ts'
import { createRepository } from './repository/repository.ts'
import { type SiteView, toSiteView } from './site-view.ts'
import { type ClientManagedSwitches, clientManagedSwitches } from './switches.ts'
import {
  checkVirtualProxyOptions,
  toVirtualProxyFields,
  type VirtualProxyOptions,
} from './virtual-proxy-options.ts'

/** How a client-managed Qlik Sense is started; everything can be omitted. */
export interface ClientManagedOptions {
  /** The port of the proxy; 0 (the default) takes any free port. */
  port?: number
  /** The port of the second node’s proxy; 0 (the default) takes any free port. */
  secondPort?: number
  /** The port of QRS; 0 (the default) takes any free port. */
  qrsPort?: number
  /** The port of QPS; 0 (the default) takes any free port, as the second node’s always does. */
  qpsPort?: number
  /** How many nodes, each with its proxy: 1 (the default) or 2. */
  nodes?: 1 | 2
  /** Beside the default one. */
  virtualProxies?: readonly VirtualProxyOptions[]
  /** Changes from the defaults of the switches. */
  switches?: Partial<ClientManagedSwitches>
  /** The address in links and redirects, as of a reverse proxy in front; the one asked for when omitted. */
  publicUrl?: string
}

/**
 * A client-managed Qlik Sense for `createEmulators`: virtual proxies, sessions, the Personal API, engine web sockets, QRS and QPS.
 *
 * @param options.port the port of the proxy; 0 (the default) takes any free port
 * @param options.secondPort the port of the second node’s proxy; 0 (the default) takes any free port
 * @param options.qrsPort the port of QRS; 0 (the default) takes any free port
 * @param options.qpsPort the port of QPS; 0 (the default) takes any free port
 * @param options.nodes how many nodes, 1 (the default) or 2
 * @param options.virtualProxies beside the default one: each with its prefix, and with its certificate for JWT
 * @param options.switches changes from the defaults of what is not known of client-managed Qlik
 * @param options.publicUrl the address in links and redirects; the one that was asked when omitted
 */
export function clientManaged(
  options: ClientManagedOptions = {},
): Product<'client-managed', ClientManagedSwitches, SiteView> {
  const { port = 0, secondPort = 0, nodes = 1, virtualProxies = [], publicUrl } = options
  const ports = { qrs: options.qrsPort ?? 0, qps: options.qpsPort ?? 0 }
  checkVirtualProxyOptions(virtualProxies)
  return {
    name: 'client-managed',
    title: 'client-managed Qlik Sense',
    switches: clientManagedSwitches,
    switchChanges: options.switches ?? {},
    errors: clientManagedErrors,
    run(workbench) {
      const now = () => workbench.clock.now()
      const newRepository = () => {
        const repository = createRepository({
          now,
          apps: workbench.engine.apps(),
          nodes: nodes === 2 ? ['Central', 'Rim'] : ['Central'],
          attributesAreProperties: () =>
            workbench.switches.get().attributesOfSessions === 'user-and-environment',
          virtualProxies: virtualProxies.map(toVirtualProxyFields),
        })
        repository.onVirtualProxyChange((change) => endSessionsByChange(site, change))
        return repository
      }
      const site: ClientManaged = {
        ...workbench,
        sessions: createProxySessions({
          now,
          switches: workbench.switches,
          timeoutMinutesOf: (id) =>
            site.repository.virtualProxies.find(id)?.sessionInactivityTimeout,
        }),
        tickets: createTickets(now),
        tempContents: createTempContents(),
        get repository() {
          return current
        },
      }
      let current = newRepository()
      const sockets = [0, 1].slice(0, nodes).map((index) => createProxySockets(site, index))
      const proxies = sockets.map((own, index): Listener => {
        const app = createProxyApp(site, index, servedBelowPrefix(site))
        return {
          name: index === 0 ? 'proxy' : 'proxy2',
          port: index === 0 ? port : secondPort,
          ...(publicUrl === undefined ? {} : { publicUrl }),
          // As much as a proxy service can be set to: its own limit is for the product to obey.
          maxHeaderBytes: 140_000,
          fetch: app.fetch,
          upgrade: own.handle,
        }
      })
      const services: Listener[] = [
        {
          name: 'qrs',
          port: ports.qrs,
          asksClientCertificate: true,
          fetch: qrsPort(site).fetch,
        },
        ...proxies.map(
          (_proxy, index): Listener => ({
            name: index === 0 ? 'qps' : 'qps2',
            port: index === 0 ? ports.qps : 0,
            asksClientCertificate: true,
            fetch: qpsPort(site, index).fetch,
          }),
        ),
      ]
      return {
        listeners: [...proxies, ...services],
        state: toSiteView(site),
        consoleRoutes: siteConsoleRoutes(site),
        adviceOn: siteAdviceOn,
        answerFault: toFaultAnswer,
        showError: (error) => showSiteError(site, error),
        endOverdue: site.sessions.endOverdue,
        cutSockets: (code, reason) => sockets.reduce((cut, own) => cut + own.cut(code, reason), 0),
        endSessions() {
          site.sessions.endWhere(() => true, 'OnSessionClosed')
        },
        reset() {
          site.sessions.clear()
          site.tickets.clear()
          site.tempContents.clear()
          current = newRepository()
        },
        close() {
          for (const own of sockets) own.close()
        },
      }
    },
  }
}
