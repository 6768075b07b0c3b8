// npm install jotgate @qlik/embed-web-components
import { connect } from 'jotgate/browser'

const appId = 'your-app-id'
const host = 'https://your-tenant.eu.qlikcloud.com'
const webIntegrationId = 'your-web-integration-id'

// jotgate's login comes first: <qlik-embed> uses the session that it opens.
await connect({
  mode: 'direct',
  url: host,
  webIntegrationId,
  token: { url: '/token' },
  // Nothing of a person who has signed out stays on the page.
  onEvent: ({ state }) => state === 'ended' && location.reload(),
})

const settings = {
  host,
  'web-integration-id': webIntegrationId,
  'auth-type': 'cookie',
  // Without a session it would leave for Qlik's login page.
  'auto-redirect': 'false',
}
for (const [name, content] of Object.entries(settings)) {
  const meta = document.head.appendChild(document.createElement('meta'))
  meta.name = `qlik-embed-${name}`
  meta.content = content
}
// It reads these settings when it is loaded.
await import('@qlik/embed-web-components')

const chart = document.body.appendChild(document.createElement('qlik-embed'))
chart.style.display = 'block'
chart.style.height = '25rem'
chart.setAttribute('ui', 'analytics/chart')
chart.setAttribute('app-id', appId)
chart.setAttribute('object-id', 'movies-by-genre')
