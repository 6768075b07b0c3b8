// npm install jotgate enigma.js @qlik/api @nebula.js/stardust @nebula.js/sn-pie-chart
import pieChart from '@nebula.js/sn-pie-chart'
import { embed } from '@nebula.js/stardust'
import { createQlikApi } from '@qlik/api'
import enigma from 'enigma.js'
import schema from 'enigma.js/schemas/12.2027.0.json' with { type: 'json' }
import { connect } from 'jotgate/browser'

const appId = 'your-app-id'
const url = 'https://your-server.example'
const prefix = 'your-prefix'
const qlik = await connect({
  mode: 'direct',
  product: 'client-managed',
  url,
  prefix,
  token: { url: '/token/client-managed' },
  // Nothing of a person who has signed out stays on the page.
  onEvent: ({ state }) => state === 'ended' && location.reload(),
})

// A chart of your own page, by nebula.js and enigma.js.
const session = enigma.create({
  schema,
  url: qlik.webSocketUrl(appId),
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

// The same session, by @qlik/api.
const qlikApi = createQlikApi({
  hostConfig: { authType: 'windowscookie', host: `${url}/${prefix}`, loginUri: location.href },
})
const doc = await qlikApi.qix.openAppSession({ appId }).getDoc()
const layout = await doc.getAppLayout()
document.body.appendChild(document.createElement('p')).textContent = layout.qTitle ?? ''
