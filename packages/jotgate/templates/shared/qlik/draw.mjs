// qlik/draw.mjs: runs in the page. Logs the person in to Qlik and draws a chart of what they may see.
import barChart from '@nebula.js/sn-bar-chart'
import { embed } from '@nebula.js/stardust'
import enigma from 'enigma.js'
import schema from 'enigma.js/schemas/12.2027.0.json' with { type: 'json' }
import { connect } from 'jotgate/browser'
import settings from './settings.json' with { type: 'json' }

/** Draws into the element. Gives a function that takes the chart away again. */
export async function drawChart(element) {
  const { url, webIntegrationId, appId } = settings
  const say = (text) => {
    element.textContent = text
  }
  try {
    const qlik = await connect({
      mode: 'direct',
      url,
      webIntegrationId,
      token: { url: '/chart/token' },
      onEvent: ({ state, reason }) => {
        if (state === 'ended' && reason !== 'closed') say(`The session has ended (${reason})`)
      },
    })
    // Taken away meanwhile, as React does once in development.
    if (!element.isConnected) {
      qlik.close()
      return () => undefined
    }
    const session = enigma.create({
      schema,
      url: qlik.webSocketUrl(appId),
      createSocket: qlik.createSocket,
    })
    const app = await (await session.open()).openDoc(appId)
    const nebula = embed(app, { types: [{ name: 'barchart', load: async () => barChart }] })
    // A field and a measure of your app. For a chart that the app has: render({ element, id }).
    const fields = ['Major Genre', '=Sum([Worldwide Gross])']
    const chart = await nebula.render({ element, type: 'barchart', fields })
    return async () => {
      await chart.destroy()
      await session.close()
      qlik.close()
    }
  } catch (error) {
    say([error.message, error.hint].filter(Boolean).join('. '))
    return () => undefined
  }
}
