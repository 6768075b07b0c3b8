// npm install jotgate
import { connect } from 'jotgate/browser'

const qlik = await connect({
  mode: 'direct',
  url: 'https://your-tenant.eu.qlikcloud.com',
  webIntegrationId: 'your-web-integration-id',
  token: { url: '/token' },
  // Nothing of a person who has signed out stays on the page.
  onEvent: ({ state }) => state === 'ended' && location.reload(),
})

const response = await qlik.fetch('/api/v1/items?resourceType=app')
if (!response.ok) throw new Error(`Qlik answered ${response.status}`)
const { data } = await response.json()

const list = document.body.appendChild(document.createElement('ul'))
for (const { name, resourceId } of data) {
  const item = list.appendChild(document.createElement('li'))
  item.textContent = `${name}, app ${resourceId}`
}
