export { refuseWhatCannotBe } from './apply.ts'
export { provisionErrors } from './errors.ts'
export * from './public.ts'
