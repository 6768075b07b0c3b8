import { type AppDefinition, createEngine, createMoviesApp } from './engine/index.ts'
import { type Emulator, type StartOptions, startEmulator } from './start-emulator.ts'

/** What an emulator is made of; everything can be left out. */
export interface EmulatorOptions extends Omit<StartOptions, 'engine'> {
  /** The tenant's apps; Movies alone when left out. */
  apps?: readonly AppDefinition[]
}

/**
 * Starts a local Qlik Cloud tenant on loopback: JWT login, REST, engine web sockets.
 *
 * @param options.host 127.0.0.1 (the default), ::1 or localhost
 * @param options.port 0 (the default) takes any free port
 * @param options.adminKey the administrator's key, 1 to 512 visible ASCII characters; random when left out
 * @param options.apps from `createMoviesApp` or `readAppFile`; Movies alone when left out
 * @param options.switches changes from the defaults of what is not known of Qlik Cloud
 * @param options.clock where real time comes from; `() => new Date()` when left out
 * @param options.tls serves https and wss with keys of this folder, made when it is empty; http when left out
 * @param options.publicUrl the address in links and redirects; the one that was asked when left out
 * @throws `EmulatorError` when an option is wrong or the port is taken
 * @example
 * const emulator = await createEmulator({ switches: { defaultClockToleranceSec: 0 } })
 * const headers = { authorization: `Bearer ${emulator.adminKey}` }
 * await fetch(`${emulator.url}/api/v1/identity-providers`, { headers })
 * await emulator.close()
 */
export async function createEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { apps = [await createMoviesApp()], ...rest } = options
  return await startEmulator({ ...rest, engine: createEngine({ apps }) })
}
