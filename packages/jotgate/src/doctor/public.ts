export {
  type Category,
  type Check,
  type CheckResult,
  categories,
  type Outcome,
  type Verdict,
} from './check.ts'
export { cleanHar } from './har/clean-har.ts'
export { diagnoseHar } from './har/diagnose-har.ts'
export { type Har, readHar } from './har/read-har.ts'
export type { HarFinding, HarReport, HarStep } from './har/report.ts'
export { runChecks } from './run-checks.ts'
