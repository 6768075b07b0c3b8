export {
  type Category,
  type Check,
  type CheckResult,
  categories,
  type Outcome,
  type Verdict,
} from './check.ts'
export { runChecks } from './run-checks.ts'
