// npm install jotgate enigma.js @nebula.js/stardust @nebula.js/sn-pie-chart
import pieChart from '@nebula.js/sn-pie-chart'
import { embed } from '@nebula.js/stardust'
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

// One engine session for the page and its frame: they share their selections. Other tabs have their own.
const identity = crypto.randomUUID()

const frame = document.body.appendChild(document.createElement('iframe'))
frame.title = 'US gross by genre'
frame.width = '600'
frame.height = '400'
frame.src = qlik.singleUrl(appId, { objectId: 'movies-by-genre', identity })

const session = enigma.create({
  schema,
  url: qlik.webSocketUrl(appId, { identity }),
  createSocket: qlik.createSocket,
})
const engine = await session.open()
const app = await engine.openDoc(appId)

const chart = document.body.appendChild(document.createElement('div'))
chart.style.height = '25rem'
const nebula = embed(app, { types: [{ name: 'pie-chart', load: async () => pieChart }] })
await nebula.render({
  element: chart,
  type: 'pie-chart',
  fields: ['MPAA Rating', { qDef: { qDef: '=Count([Title])', qLabel: 'Films' } }],
})
