export {
  type Category,
  type Check,
  type CheckResult,
  categories,
  type Outcome,
  type Verdict,
} from './check.ts'
export { checksFor, type OptionsOf } from './checks-for.ts'
export { clientManagedChecks } from './client-managed/client-managed-checks.ts'
export {
  type ClientManagedContext,
  type ClientManagedOptions,
  createClientManagedContext,
  type SiteSetUp,
  type TestLogin,
} from './client-managed/context.ts'
export type { CloudDoctorOptions } from './cloud/cloud-context.ts'
export type { DoctorOptions } from './doctor-options.ts'
export type { GatewayContext, GatewayIdentify } from './gateway/context.ts'
export { gatewayChecks } from './gateway/gateway-checks.ts'
export { cleanHar } from './har/clean-har.ts'
export { diagnoseHar } from './har/diagnose-har.ts'
export { type Har, readHar } from './har/read-har.ts'
export type { HarFinding, HarReport, HarStep } from './har/report.ts'
export { runChecks } from './run-checks.ts'
