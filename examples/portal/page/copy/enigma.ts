// npm install jotgate enigma.js
import enigma from 'enigma.js'
import schema from 'enigma.js/schemas/12.2027.0.json' with { type: 'json' }
import { connect } from 'jotgate/browser'

const appId = 'your-app-id'
const qlik = await connect({
  mode: 'direct',
  url: 'https://your-tenant.eu.qlikcloud.com',
  webIntegrationId: 'your-web-integration-id',
  token: { url: '/token' },
  // Nothing of a person who has signed out stays on the page.
  onEvent: ({ state }) => state === 'ended' && location.reload(),
})

const session = enigma.create({
  schema,
  url: qlik.webSocketUrl(appId),
  createSocket: qlik.createSocket,
})
const engine = await session.open()
const app = await engine.openDoc(appId)
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
