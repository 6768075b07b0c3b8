import type { SessionPlace } from './gateway-session.ts'

/** Where tests open sessions that are not about several sites: requests of fixtures come to the same one. */
export const here: SessionPlace = { site: 'https://qlik.acme.example', upstream: 'acme' }
