import { onConnectionLost } from './connection-events.ts'
import { openApp } from './engine-app.ts'
import { enter } from './enter.ts'
import { asStep } from './steps.ts'

// The charts are large: they come while the login is under way.
const charts = import('./charts.ts')
charts.catch(() => {})

enter(async ({ qlik, config }) => {
  const { appId } = config.qlik
  const app = await asStep('engine', () => openApp(qlik, { appId, onLost: onConnectionLost }))
  await (await charts).drawDashboard(app)
})
