export {
  type DetailsOf,
  defineErrors,
  type ErrorDefinition,
  isJotgateError,
  JotgateError,
  type JotgateErrorCode,
} from './errors.ts'
export { messageForm } from './message-form.ts'
