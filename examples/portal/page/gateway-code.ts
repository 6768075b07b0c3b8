/**
 * Makes of a script that reaches Qlik directly the same through a gateway: another `connect`, and no web integration.
 *
 * @param code one of the scripts in `copy/`
 */
export function toGatewayCode(code: string): string {
  return code
    .replace("mode: 'direct'", "mode: 'gateway'")
    .replace("token: { url: '/token' },", assertion)
    .replaceAll(/^.*(const webIntegrationId =|'?web-?integration-?id'?(:.*)?,$).*\n/gim, '')
    .replaceAll(', webIntegrationId }', ' }')
}

const assertion = `// Your server says who is logged in there, signed for the gateway.
  assertion: async () => {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch('/assertion', { method: 'POST', headers, body: '{}' })
    if (answer.status === 401) return null
    return (await answer.json()).token
  },`
