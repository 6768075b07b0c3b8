export { keyErrors } from './errors.ts'
export * from './public.ts'
