import { failureError } from './failure.ts'

/** Where client-managed Qlik is, and who the person is there. */
export interface ServerConfig {
  url: string
  prefix: string
  appId: string
  userId: string
}

/** What the portal answers to its own page: who is signed in, and where Qlik is. Nothing is secret. */
export interface PortalConfig {
  user: { name: string; role: string; subject: string }
  /** Where Qlik is for this page: Qlik itself, or a gateway, which needs no web integration. */
  qlik: { url: string; webIntegrationId?: string; appId: string }
  /** How this page reaches Qlik. */
  way: 'direct' | 'gateway'
  /** Where pages take the other way, if there is one: this address, where people can switch, or another. */
  otherWayUrl?: string
  /** Where client-managed Qlik is, if the portal has one. */
  server?: ServerConfig
  /** The portal's first address. Direct mode may work at that one only. */
  mainUrl: string
}

/** Asks the portal. */
export async function readPortalConfig(
  fetch: typeof globalThis.fetch = globalThis.fetch,
): Promise<PortalConfig> {
  const response = await fetch('/config.json').catch(() => undefined)
  if (response?.status === 401)
    throw failureError({
      title: 'Your session at the portal has ended',
      reason: 'The portal answered that nobody is signed in.',
      remedy: 'Sign in again.',
      wayOut: 'sign-in',
    })
  if (!response?.ok)
    throw failureError({
      title: 'The portal does not answer',
      reason: response
        ? `It answered ${response.status} when this page asked who is signed in.`
        : 'No answer came when this page asked who is signed in.',
      remedy: 'Check that the portal runs and that you are online, then try again.',
      code: 'PORTAL_UNREACHABLE',
      wayOut: 'try-again',
    })
  return response.json()
}
