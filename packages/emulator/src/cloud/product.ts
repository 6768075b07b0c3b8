import type { Product } from '../control/product.ts'
import type { Cloud } from './cloud.ts'
import { createCloudApp } from './cloud-app.ts'
import { adviceOn } from './console/advice.ts'
import { showError } from './console/show-error.ts'
import { tenantConsoleRoutes } from './console/tenant-routes.ts'
import { cloudErrors } from './errors/cloud-errors.ts'
import { toFaultAnswer } from './errors/fault-answer.ts'
import { endSessionsOverdue, endSessionsWhere } from './sessions/sessions.ts'
import { createCloudState } from './state/state.ts'
import { type TenantView, toTenantView } from './state-view.ts'
import { type CloudSwitches, cloudSwitches } from './switch-definitions.ts'
import { readSnapshot } from './tenant-snapshot.ts'
import { createCloudSockets } from './web-socket/upgrades.ts'

/** How a Cloud tenant is started; everything can be omitted. */
export interface CloudOptions {
  /** 0 (the default) takes any free port. */
  port?: number
  /** Changes from the defaults of the switches. */
  switches?: Partial<CloudSwitches>
  /** The address in links and redirects, as of a proxy in front; the one asked for when omitted. */
  publicUrl?: string
  /** What `state.export()` gave: the tenant starts with it, and a reset leads back to it. Empty when omitted. */
  state?: unknown
}

/**
 * A Qlik Cloud tenant for `createEmulators`: JWT login, REST, engine web sockets, on one port.
 *
 * @param options.port 0 (the default) takes any free port
 * @param options.switches changes from the defaults of what is not known of Qlik Cloud
 * @param options.publicUrl the address in links and redirects; the one that was asked when omitted
 * @param options.state what `state.export()` gave; a tenant that trusts nobody when omitted
 */
export function cloudTenant(
  options: CloudOptions = {},
): Product<'cloud', CloudSwitches, TenantView> {
  const { port = 0, switches = {}, publicUrl, state: snapshot } = options
  return {
    name: 'cloud',
    title: 'Qlik Cloud',
    switches: cloudSwitches,
    switchChanges: switches,
    errors: cloudErrors,
    run(workbench) {
      const newState = () =>
        snapshot === undefined
          ? createCloudState(workbench.clock.now())
          : readSnapshot(workbench, snapshot)
      const cloud: Cloud = { ...workbench, state: newState() }
      const app = createCloudApp(cloud)
      const sockets = createCloudSockets(cloud)
      return {
        listeners: [
          {
            name: 'tenant',
            port,
            ...(publicUrl === undefined ? {} : { publicUrl }),
            fetch: app.fetch,
            upgrade: sockets.handle,
          },
        ],
        state: toTenantView(cloud),
        consoleRoutes: tenantConsoleRoutes(cloud, app),
        adviceOn,
        answerFault: toFaultAnswer,
        showError: (error) => showError(cloud, error),
        endOverdue: () => endSessionsOverdue(cloud),
        cutSockets: sockets.cut,
        endSessions: (reason) => {
          endSessionsWhere(cloud.state, () => true, reason)
        },
        reset() {
          cloud.state = newState()
        },
        close: sockets.close,
      }
    },
  }
}
