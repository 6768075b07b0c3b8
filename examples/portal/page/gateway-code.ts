/**
 * Makes of a script that reaches Qlik directly the same through a gateway: another `connect`, and no web integration. The
 * gateway says which product it is, and below which prefix.
 *
 * @param code one of the scripts in `copy/`
 */
export function toGatewayCode(code: string): string {
  return code
    .replace("mode: 'direct'", "mode: 'gateway'")
    .replace(/token: \{ url: '\/token(.*)' \},/, (_, product: string) => assertionOf(product))
    .replaceAll(/^.*(const webIntegrationId =|'?web-?integration-?id'?(:.*)?,$).*\n/gim, '')
    .replaceAll(', webIntegrationId }', ' }')
    .replaceAll(/^ {2}(product: 'client-managed'|prefix(: '.*')?),\n/gm, '')
    .replace('qlik.hubUrl()', "'https://your-server.example/your-prefix/hub/'")
}

const assertionOf = (
  product: string,
) => `// Your server says who is logged in there, signed for the gateway.
  assertion: async () => {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch('/assertion${product}', { method: 'POST', headers, body: '{}' })
    if (answer.status === 401) return null
    return (await answer.json()).token
  },`
