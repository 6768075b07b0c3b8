export { failureOf } from './failures.ts'
export { hostRefusal } from './host-refusal.ts'
export { cloudRefusal, proxyRefusal } from './login-refusal.ts'
export { wrongOption } from './option-problems.ts'
