export { provisionErrors } from './errors.ts'
export * from './public.ts'
