import { recordedFetch } from './sent-requests.ts'

/**
 * Makes what asks the portal who is logged in here, signed for a gateway: null when nobody is.
 *
 * @param path the endpoint that signs for this gateway
 */
export function assertionFrom(path: string): () => Promise<string | null> {
  return async () => {
    const answer = await recordedFetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    })
    if (answer.status === 401) return null
    if (!answer.ok) throw new Error(`The portal answered ${answer.status} at ${path}`)
    const { token } = await answer.json()
    return token
  }
}
