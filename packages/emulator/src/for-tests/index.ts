export {
  type ClientManagedFixture,
  type ClientManagedFixtureOptions,
  clientManagedFixture,
  type EmulatorFixture,
  type EmulatorFixtureOptions,
  emulatorFixture,
} from './emulator-fixture.ts'
export {
  forbidRealTenants,
  type RealTenantGuard,
  type RoutablePage,
} from './real-tenant-guard.ts'
