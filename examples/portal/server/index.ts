export { type BuiltPage, buildPage } from './build-page.ts'
export type { PortalEvent } from './events.ts'
export { createPortal, type Portal, type PortalOptions, type QlikPlace } from './portal.ts'
export { type DemoUser, demoUsers } from './users.ts'
