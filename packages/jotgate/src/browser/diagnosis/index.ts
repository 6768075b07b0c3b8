export { cloudRefusal } from './cloud-refusal.ts'
export { failureOf } from './failures.ts'
export { hostRefusal } from './host-refusal.ts'
export { wrongOption } from './option-problems.ts'
