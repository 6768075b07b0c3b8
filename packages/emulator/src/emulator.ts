import { type Emulator, type StartOptions, startEmulator } from './start-emulator.ts'

export interface EmulatorOptions extends Omit<StartOptions, 'engine'> {}

/**
 * Starts a local Qlik Cloud tenant on loopback: JWT login, REST, engine web sockets.
 *
 * @param options.host 127.0.0.1 (the default), ::1 or localhost
 * @param options.port 0 (the default) takes any free port
 * @param options.adminKey the administrator's key; random when left out
 * @param options.switches changes from the defaults of what is not known of Qlik Cloud
 * @param options.clock where real time comes from; `() => new Date()` when left out
 * @throws `EmulatorError` when an option is wrong or the port is taken
 * @example
 * const emulator = await createEmulator({ switches: { defaultClockToleranceSec: 0 } })
 * const headers = { authorization: `Bearer ${emulator.adminKey}` }
 * await fetch(`${emulator.url}/api/v1/identity-providers`, { headers })
 * await emulator.close()
 */
export async function createEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  // Until the engine joins: sockets end with the code of a tenant that has none to give.
  const engine = {
    apps: () => [],
    hasApp: () => false,
    mayOpen: () => false,
    accept: (socket: import('ws').WebSocket) =>
      socket.close(4240, 'There are currently no engines available'),
    closeSessionsOf: () => {},
    reset: () => {},
    close: () => {},
  }
  return await startEmulator({ ...options, engine })
}
