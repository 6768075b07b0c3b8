export {
  defineErrors,
  type ErrorDefinition,
  isJotgateError,
  JotgateError,
} from './errors.ts'
