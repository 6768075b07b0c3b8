export {
  defineErrors,
  type ErrorDefinition,
  type ErrorFactory,
  isJotgateError,
  JotgateError,
} from './errors.ts'
