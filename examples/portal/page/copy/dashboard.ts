// npm install jotgate enigma.js @nebula.js/stardust @nebula.js/sn-bar-chart
import barChart from '@nebula.js/sn-bar-chart'
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

const session = enigma.create({
  schema,
  url: qlik.webSocketUrl(appId),
  createSocket: qlik.createSocket,
})
const engine = await session.open()
const app = await engine.openDoc(appId)

// Where the parts stand: elements of your page with a height.
const selections = document.body.appendChild(document.createElement('div'))
const list = document.body.appendChild(document.createElement('div'))
const chart = document.body.appendChild(document.createElement('div'))
list.style.height = '15rem'
chart.style.height = '25rem'

const nebula = embed(app, { types: [{ name: 'bar-chart', load: async () => barChart }] })
const selectionsBar = await nebula.selections()
selectionsBar.mount(selections)
const creativeType = await nebula.field('Creative Type')
creativeType.mount(list)
await nebula.render({
  element: chart,
  type: 'bar-chart',
  fields: ['Major Genre', { qDef: { qDef: '=Sum([Worldwide Gross])', qLabel: 'Worldwide gross' } }],
})
