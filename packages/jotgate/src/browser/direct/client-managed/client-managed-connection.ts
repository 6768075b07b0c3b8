import type { ClientManagedConnection } from '../../connection.ts'
import type { ClientManagedOptions } from '../../options.ts'
import { openConnection } from '../direct-connection.ts'
import { clientManaged } from './client-managed.ts'

/** The way `direct` to client-managed Qlik. */
export async function connectToServer(
  options: ClientManagedOptions,
): Promise<ClientManagedConnection> {
  const connection = await openConnection(options, clientManaged)
  const base = new URL(options.prefix ? `/${options.prefix}/` : '/', options.url)
  return Object.assign(connection, {
    hubUrl() {
      if (connection.state.state === 'ended') throw connection.state.error
      return new URL('hub/', base).href
    },
  })
}
