export { checkFolder } from './create/folder-rights.ts'
export { keyErrors } from './errors.ts'
export * from './public.ts'
