export { qlikErrors } from './errors.ts'
export * from './public.ts'
export { checkRestHeader } from './rest-headers.ts'
