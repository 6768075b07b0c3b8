import { failureError } from './failure.ts'

/** What the portal tells its own page: who is signed in, and where Qlik is. Nothing secret. */
export interface PortalConfig {
  user: { name: string; role: string; subject: string }
  qlik: { url: string; webIntegrationId: string; appId: string }
  /** The portal's first address; where this page is at another, direct mode may work at that one only. */
  mainUrl: string
}

/** Asks the portal. */
export async function readPortalConfig(
  fetch: typeof globalThis.fetch = globalThis.fetch,
): Promise<PortalConfig> {
  const response = await fetch('/config.json').catch(() => undefined)
  if (response?.status === 401)
    throw failureError({
      title: 'The portal no longer knows you',
      reason: 'Your session at the portal is over.',
      remedy: 'Sign in again.',
      wayOut: 'sign-in',
    })
  if (!response?.ok)
    throw failureError({
      title: 'The portal does not answer',
      reason: response
        ? `It answered ${response.status} where this page asked who you are.`
        : 'No answer came where this page asked who you are.',
      remedy: 'See that the portal runs and that you are online, then try again.',
      code: 'PORTAL_UNREACHABLE',
      wayOut: 'try-again',
    })
  return response.json()
}
