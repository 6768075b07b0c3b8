export { callRepository } from './client-managed/qrs/repository.ts'
export { qlikErrors } from './errors.ts'
export * from './public.ts'
export { checkRestHeader } from './rest-headers.ts'
