import { createQlikApi } from '@qlik/api'
import type { ChartLayout } from './chart-layout.ts'
import { onConnectionLost } from './connection-events.ts'
import { enterServer } from './enter-server.ts'
import { filmsMeasure, toCube, toDimension } from './films.ts'
import { dollars, showNumbers, wholeNumber } from './number-table.ts'
import type { ServerConfig } from './portal-config.ts'
import { openServerApp } from './server-app.ts'
import { asStep } from './steps.ts'

const charts = Promise.all([import('./nebula.ts'), import('./charts.ts')])
charts.catch(() => {})

/** The same session by Qlik's own client. */
async function showByApi({ url, prefix, appId }: ServerConfig): Promise<void> {
  const api = createQlikApi({
    // jotgate has logged in: the client only uses the cookie, and has no token to ask for.
    hostConfig: { authType: 'windowscookie', host: `${url}/${prefix}`, loginUri: location.href },
  })
  const appSession = api.qix.openAppSession({ appId })
  const doc = await appSession.getDoc()
  const cube = await doc.createSessionObject(toCube('Major Genre', 'Sum([Worldwide Gross])', 50))
  showNumbers((await cube.getLayout()) as ChartLayout, {
    frameId: 'api-frame',
    caption: 'US dollars, the highest first',
    format: dollars,
  })
  addEventListener('pagehide', () => void appSession.close())
}

enterServer(async ({ qlik, server }) => {
  const app = await asStep('engine', () =>
    openServerApp(qlik, { appId: server.appId, onLost: onConnectionLost }),
  )
  const [{ createNebula }, { keepNumbers }] = await charts
  const nebula = createNebula(app)
  const [pie] = await Promise.all([
    nebula.draw('chart', { type: 'pie-chart', fields: [toDimension('MPAA Rating'), filmsMeasure] }),
    nebula.showSelections('selections'),
    showByApi(server),
  ])
  await keepNumbers(pie, 'numbers-frame', 'Films by MPAA rating', wholeNumber)
})
