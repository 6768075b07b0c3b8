import {
  type ClientManagedEmulator,
  type ClientManagedEmulatorOptions,
  createClientManagedEmulator,
} from '../start/client-managed-emulator.ts'
import { createEmulator, type Emulator, type EmulatorOptions } from '../start/emulator.ts'
import { forbidRealTenants } from './real-tenant-guard.ts'

/** How the fixture of a test is made; everything can be omitted. */
export interface EmulatorFixtureOptions extends EmulatorOptions {
  /** Hosts beside this machine that a test may reach; all others fail it. `'all'` switches the guard off. */
  allow?: readonly string[] | 'all'
}

/** The fixture `emulator`, as Vitest's and Playwright Test's `test.extend` take it. */
export interface EmulatorFixture {
  // biome-ignore lint/complexity/noBannedTypes: a fixture that uses no other one
  emulator: (fixtures: {}, use: (emulator: Emulator) => Promise<void>) => Promise<void>
}

/**
 * Makes a fixture for Vitest and Playwright Test: each test that names `emulator` has its own, and fails when it
 * tries to reach another machine.
 *
 * @param options those of `createEmulator`
 * @param options.state a state that was exported: each test starts with it
 * @param options.allow hosts beside this machine that a test may reach; none by default
 * @example
 * import { test as base } from 'vitest'
 * import { emulatorFixture } from 'jotgate-emulator/for-tests'
 * const test = base.extend(emulatorFixture())
 * test('nobody is logged in at first', ({ emulator }) => {
 *   if (emulator.state.sessions().length > 0) throw new Error('somebody is')
 * })
 */
export function emulatorFixture(options: EmulatorFixtureOptions = {}): EmulatorFixture {
  const { allow = [], ...rest } = options
  return {
    // Both runners read the names of the fixtures from this pattern: none.
    // biome-ignore lint/correctness/noEmptyPattern: the runners ask for a pattern
    emulator: ({}, use) => useGuarded(() => createEmulator(rest), allow, use),
  }
}

/** How the fixture of client-managed Qlik is made; everything can be omitted. */
export interface ClientManagedFixtureOptions extends ClientManagedEmulatorOptions {
  /** Hosts beside this machine that a test may reach; all others fail it. `'all'` switches the guard off. */
  allow?: readonly string[] | 'all'
}

/** The fixture `emulator` for client-managed Qlik, as Vitest's and Playwright Test's `test.extend` take it. */
export interface ClientManagedFixture {
  // biome-ignore lint/complexity/noBannedTypes: a fixture that uses no other one
  emulator: (fixtures: {}, use: (emulator: ClientManagedEmulator) => Promise<void>) => Promise<void>
}

/**
 * Does the same for client-managed Qlik Sense: each test that names `emulator` has a server of its own.
 *
 * @param options those of `createClientManagedEmulator`
 * @param options.allow hosts beside this machine that a test may reach; none by default
 * @example
 * import { test as base } from 'vitest'
 * import { clientManagedFixture } from 'jotgate-emulator/for-tests'
 * const test = base.extend(clientManagedFixture())
 * test('nobody is logged in at first', async ({ emulator }) => {
 *   const answer = await fetch(`${emulator.url}/qps/user`)
 *   if ((await answer.json()).session !== 'inactive') throw new Error('somebody is')
 * })
 */
export function clientManagedFixture(
  options: ClientManagedFixtureOptions = {},
): ClientManagedFixture {
  const { allow = [], ...rest } = options
  return {
    // biome-ignore lint/correctness/noEmptyPattern: the runners ask for a pattern
    emulator: ({}, use) => useGuarded(() => createClientManagedEmulator(rest), allow, use),
  }
}

/** Starts an emulator for one test, and ends it and the guard after it. */
async function useGuarded<Started extends { close(): Promise<void> }>(
  start: () => Promise<Started>,
  allow: readonly string[] | 'all',
  use: (emulator: Started) => Promise<void>,
): Promise<void> {
  const emulator = await start()
  const guard = allow === 'all' ? undefined : forbidRealTenants({ allow })
  try {
    await use(emulator)
  } finally {
    await emulator.close()
    guard?.end()
  }
}
