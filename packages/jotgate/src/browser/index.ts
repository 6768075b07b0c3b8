export { browserErrors } from './errors.ts'
