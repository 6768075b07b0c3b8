export { checkFolder } from './create/folder-rights.ts'
export { keyErrors } from './errors.ts'
export { pfxPassphraseProblem } from './pfx/to-pfx.ts'
export * from './public.ts'
