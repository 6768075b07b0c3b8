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
    emulator: async ({}, use) => {
      const emulator = await createEmulator(rest)
      const guard = allow === 'all' ? undefined : forbidRealTenants({ allow })
      try {
        await use(emulator)
      } finally {
        await emulator.close()
        guard?.end()
      }
    },
  }
}
