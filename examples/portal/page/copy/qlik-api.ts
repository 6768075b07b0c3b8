// npm install jotgate @qlik/api
import { createQlikApi } from '@qlik/api'
import { connect } from 'jotgate/browser'

const appId = 'your-app-id'
const host = 'https://your-tenant.eu.qlikcloud.com'
const webIntegrationId = 'your-web-integration-id'

// jotgate's login comes first: @qlik/api uses the session that it opens.
await connect({
  mode: 'direct',
  url: host,
  webIntegrationId,
  token: { url: '/token' },
  // Nothing of a person who has signed out stays on the page.
  onEvent: ({ state }) => state === 'ended' && location.reload(),
})

const qlikApi = createQlikApi({ hostConfig: { authType: 'cookie', host, webIntegrationId } })
const app = await qlikApi.qix.openAppSession({ appId }).getDoc()
const cube = await app.createSessionObject({
  qInfo: { qType: 'gross-by-genre' },
  qHyperCubeDef: {
    qDimensions: [{ qDef: { qFieldDefs: ['Major Genre'] }, qNullSuppression: true }],
    qMeasures: [{ qDef: { qDef: '=Sum([Worldwide Gross])' }, qSortBy: { qSortByNumeric: -1 } }],
    qInterColumnSortOrder: [1, 0],
    qInitialDataFetch: [{ qTop: 0, qLeft: 0, qWidth: 2, qHeight: 50 }],
  },
})
const { qHyperCube } = await cube.getLayout()

const table = document.body.appendChild(document.createElement('table'))
for (const [genre, gross] of qHyperCube?.qDataPages?.[0]?.qMatrix ?? []) {
  const row = table.insertRow()
  row.insertCell().textContent = genre?.qText ?? ''
  row.insertCell().textContent = gross?.qText ?? ''
}
