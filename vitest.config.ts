import { defineConfig } from 'vitest/config'

const resolve = { conditions: ['jotgate-source', 'node', 'import', 'module', 'default'] }
const ssr = { resolve: { conditions: resolve.conditions, externalConditions: ['jotgate-source'] } }

// Limits are for a test that hangs. A busy machine with two cores must never reach them.
const limits = (testSeconds: number) => ({
  testTimeout: testSeconds * 1000,
  hookTimeout: 180_000,
  teardownTimeout: 60_000,
})

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
          setupFiles: ['scripts/test/property-tests.ts'],
          ...limits(60),
        },
      },
      {
        resolve,
        ssr,
        test: { name: 'package', include: ['test/package/**/*.test.ts'], ...limits(180) },
      },
      {
        resolve,
        ssr,
        test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], ...limits(120) },
      },
    ],
  },
})
