import { defineConfig } from 'vitest/config'

const resolve = { conditions: ['jotgate-source', 'node', 'import', 'module', 'default'] }
const ssr = { resolve: { conditions: resolve.conditions, externalConditions: ['jotgate-source'] } }

// Limits are for a test that hangs. A machine that is slow and busy must never reach them, so no test has
// a shorter one of its own; `npm run test:long` takes many times as many inputs.
const scale = Number(process.env.JOTGATE_TEST_SCALE ?? 1)
const common = {
  testTimeout: 900_000 * Math.max(scale, 1),
  hookTimeout: 600_000,
  teardownTimeout: 120_000,
  // `expect.poll` gives up after a second otherwise.
  expect: { poll: { timeout: 120_000 } },
  setupFiles: ['scripts/test/loopback.ts'],
}

export default defineConfig({
  resolve,
  ssr,
  test: {
    // Vitest leaves one processor free; on the two of a build machine that is half of the time.
    maxWorkers: '100%',
    projects: [
      {
        resolve,
        ssr,
        test: {
          name: 'unit',
          include: [
            'packages/*/{src,pages}/**/*.test.ts',
            'examples/*/{page,server}/**/*.test.ts',
            'scripts/**/*.test.ts',
          ],
          // Starting a process and loading the parts for each file took longer than the tests in it.
          isolate: false,
          ...common,
          setupFiles: [...common.setupFiles, 'scripts/test/property-tests.ts'],
        },
      },
      {
        resolve,
        ssr,
        test: { name: 'package', include: ['test/package/**/*.test.ts'], ...common },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'packed',
          include: ['test/packed/**/*.test.ts'],
          globalSetup: ['test/packed/packed-packages.ts'],
          ...common,
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['scripts/test/built-pages.ts'],
          ...common,
        },
      },
    ],
  },
})
