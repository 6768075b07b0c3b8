/** Asks the portal who is logged in here, signed for the gateway; null when nobody is. */
export async function getAssertion(): Promise<string | null> {
  const answer = await fetch('/assertion', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
  if (answer.status === 401) return null
  if (!answer.ok) throw new Error(`The portal answered ${answer.status} at /assertion`)
  const { token } = await answer.json()
  return token
}
